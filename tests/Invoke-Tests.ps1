<#
.SYNOPSIS
    Runs Pester files in this PowerShell, one after the other, and writes what each gave to a file.
.DESCRIPTION
    Several PowerShells may share one folder of results: each takes the next file that nobody has taken yet. The largest come first,
    so that none is left alone with a long one at the end.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ResultPath
)

$ErrorActionPreference = 'Stop'
$filter = $env:LINUXNAMESPACES_FILTER ? $env:LINUXNAMESPACES_FILTER : '*'
Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 5.999
Write-Host "PowerShell $($PSVersionTable.PSVersion), Pester $((Get-Module Pester).Version), $([Environment]::OSVersion.VersionString), uid $(id -u)"

$start = [DateTime]::Now
foreach ($file in Get-ChildItem $PSScriptRoot/*.Tests.ps1 | Where-Object Name -Like $filter | Sort-Object Length -Descending) {
    try {
        [IO.File]::Open((Join-Path $ResultPath "$($file.Name).taken"), 'CreateNew').Dispose()
    }
    catch [IO.IOException] {
        continue
    }

    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $file.FullName
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Normal'
    $configuration.Output.StackTraceVerbosity = 'FirstLine'
    $result = Invoke-Pester -Configuration $configuration

    # A file or block that could not even start counts as one failure.
    @{
        Passed   = $result.PassedCount
        Failed   = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
        Skipped  = $result.SkippedCount + $result.NotRunCount
        Failures = @(foreach ($failure in @($result.Failed) + @($result.FailedBlocks) + @($result.FailedContainers)) {
                $name = $failure.PSObject.Properties['ExpandedPath'] ? $failure.ExpandedPath : $failure.Item
                "$($file.Name): ${name}: $($failure.ErrorRecord | Select-Object -First 1 | ForEach-Object { $_.Exception.Message })"
            })
        Skips    = @(foreach ($test in $result.Skipped) {
                # Only root's own tests are left out without a word of theirs.
                @{ Name = "$($file.Name): $($test.ExpandedPath)"; Reason = $test.ErrorRecord ? $test.ErrorRecord.Exception.Message : 'needs root' }
            })
        Slowest  = @($result.Tests | Sort-Object Duration -Descending | Select-Object -First 15 | ForEach-Object {
                @{ Name = "$($file.Name): $($_.ExpandedPath)"; Seconds = $_.Duration.TotalSeconds }
            })
    } | ConvertTo-Json -Depth 4 | Set-Content (Join-Path $ResultPath "$($file.Name).json")
}

# A PowerShell that a test has killed cannot take its socket away itself. Its name has the process's number.
Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'CoreFxPipe_PSHost.*' -Force -ErrorAction Ignore |
    Where-Object { $_.LastWriteTime -gt $start -and -not (Test-Path "/proc/$($_.Name.Split('.')[2])") } |
    Remove-Item -Force -ErrorAction Ignore

# The C programs that common.ps1 has compiled.
Remove-Item (Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-helpers-$PID") -Recurse -Force -ErrorAction Ignore
