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

# One line for each reason: a log that is cut keeps its end.
$result.Skipped |
    Group-Object {
        # Only root's own tests are left out without a word of theirs.
        $_.ErrorRecord ? $_.ErrorRecord.Exception.Message : 'needs root'
    } |
    ForEach-Object {
        Write-Host "Skipped: $($_.Count) $($_.Name)"
        $_.Group | Select-Object -First 5 | ForEach-Object { Write-Host "  $($_.ExpandedPath)" }
    }

Write-Host 'Slowest:'
$result.Tests | Sort-Object Duration -Descending | Select-Object -First 15 | ForEach-Object {
    Write-Host ('{0,6:n1} s  {1}: {2}' -f $_.Duration.TotalSeconds, (Split-Path $_.ScriptBlock.File -Leaf), $_.ExpandedPath)
}

foreach ($failure in @($result.Failed) + @($result.FailedBlocks) + @($result.FailedContainers)) {
    $name = $failure.PSObject.Properties['ExpandedPath'] ? $failure.ExpandedPath : $failure.Item
    Write-Host "Failed: ${name}: $($failure.ErrorRecord | Select-Object -First 1 | ForEach-Object { $_.Exception.Message })"
}

# A file or block that could not even start counts as one failure.
@{
    Passed  = $result.PassedCount
    Failed  = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
    Skipped = $result.SkippedCount + $result.NotRunCount
} | ConvertTo-Json | Set-Content $ResultPath
