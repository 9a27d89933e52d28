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
Import-Module Pester -MinimumVersion 5.5.0
Write-Host "PowerShell $($PSVersionTable.PSVersion), Pester $((Get-Module Pester).Version), $([Environment]::OSVersion.VersionString), uid $(id -u)"

$configuration = New-PesterConfiguration
$configuration.Run.Path = @(Get-ChildItem $PSScriptRoot/*.Tests.ps1 | Where-Object Name -Like $filter | ForEach-Object FullName)
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.StackTraceVerbosity = 'FirstLine'
$result = Invoke-Pester -Configuration $configuration

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
