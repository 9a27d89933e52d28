<#
.SYNOPSIS
    Runs the Pester tests in this PowerShell and writes the counts to a file.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ResultPath
)

$ErrorActionPreference = 'Stop'
$filter = $env:LINUXNAMESPACES_FILTER ? $env:LINUXNAMESPACES_FILTER : '*'
Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 5.999
Write-Host "PowerShell $($PSVersionTable.PSVersion), Pester $((Get-Module Pester).Version), $([Environment]::OSVersion.VersionString), uid $(id -u)"

$configuration = New-PesterConfiguration
$configuration.Run.Path = @(Get-ChildItem $PSScriptRoot/*.Tests.ps1 | Where-Object Name -Like $filter | ForEach-Object FullName)
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.StackTraceVerbosity = 'FirstLine'
$start = [DateTime]::Now
$result = Invoke-Pester -Configuration $configuration

# A PowerShell that a test has killed cannot take its socket away itself. Its name has the process's number.
Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'CoreFxPipe_PSHost.*' -Force -ErrorAction Ignore |
    Where-Object { $_.LastWriteTime -gt $start -and -not (Test-Path "/proc/$($_.Name.Split('.')[2])") } |
    Remove-Item -Force -ErrorAction Ignore

# The C programs that common.ps1 has compiled.
Remove-Item (Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-helpers-$PID") -Recurse -Force -ErrorAction Ignore

foreach ($test in $result.Skipped) {
    # Only root's own tests are left out without a word of theirs.
    $reason = $test.ErrorRecord ? $test.ErrorRecord.Exception.Message : 'needs root'
    Write-Host "Skipped: $($test.ExpandedPath): $reason"
}

# A file or block that could not even start counts as one failure.
@{
    Passed  = $result.PassedCount
    Failed  = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
    Skipped = $result.SkippedCount + $result.NotRunCount
} | ConvertTo-Json | Set-Content $ResultPath
