<#
.SYNOPSIS
    Runs Pester files in this PowerShell, one after the other, and writes what each gave to a file.
.DESCRIPTION
    The folder of results lists the files in files.txt. Several PowerShells may share a folder: each takes the next file that nobody has taken yet.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ResultPath,
    [string[]] $Tag = @()
)

$ErrorActionPreference = 'Stop'
Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 6.999
Write-Host "PowerShell $($PSVersionTable.PSVersion), Pester $((Get-Module Pester).Version), $([Environment]::OSVersion.VersionString), uid $(id -u)"

# What a test that was left out while it was found says by a tag, its own or its block's. Only root's own tests have none.
function Get-Need {
    param([Parameter(Mandatory)] [object] $Test)
    for ($item = $Test; $item; $item = $item.PSObject.Properties['Block'] ? $item.Block : $item.Parent) {
        if ($need = $item.Tag -like 'needs *' | Select-Object -First 1) {
            return $need
        }
    }

    'needs root'
}

$start = [DateTime]::Now
foreach ($path in Get-Content (Join-Path $ResultPath 'files.txt')) {
    $file = Get-Item -LiteralPath $path
    try {
        [IO.File]::Open((Join-Path $ResultPath "$($file.Name).taken"), 'CreateNew').Dispose()
    }
    catch [IO.IOException] {
        continue
    }

    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $file.FullName
    $configuration.Run.PassThru = $true
    $configuration.Filter.Tag = $Tag
    $configuration.Output.Verbosity = 'Normal'
    $configuration.Output.StackTraceVerbosity = 'FirstLine'
    $result = Invoke-Pester -Configuration $configuration

    # A file or block that could not even start counts as one failure.
    @{
        Passed   = $result.PassedCount
        Failed   = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
        Skipped  = $result.SkippedCount + ($Tag ? 0 : $result.NotRunCount)
        Failures = @(foreach ($failure in @($result.Failed) + @($result.FailedBlocks) + @($result.FailedContainers)) {
                $name = $failure.PSObject.Properties['ExpandedPath'] ? $failure.ExpandedPath : $failure.Item
                "$($file.Name): ${name}: $($failure.ErrorRecord | Select-Object -First 1 | ForEach-Object { $_.Exception.Message })"
            })
        Skips    = @(foreach ($test in $result.Skipped) {
                @{ Name = "$($file.Name): $($test.ExpandedPath)"; Reason = $test.ErrorRecord ? $test.ErrorRecord.Exception.Message : (Get-Need $test) }
            })
        Slowest  = @($result.Tests | Sort-Object Duration -Descending | Select-Object -First 15 | ForEach-Object {
                @{ Name = "$($file.Name): $($_.ExpandedPath)"; Seconds = $_.Duration.TotalSeconds }
            })
    } | ConvertTo-Json -Depth 4 | Set-Content (Join-Path $ResultPath "$($file.Name).json")
}

# A PowerShell that a test has killed cannot take its sockets away itself. Their names have the process's number.
Get-ChildItem ([IO.Path]::GetTempPath()) -Force -ErrorAction Ignore |
    Where-Object { $_.Name -match '^(?:CoreFxPipe_PSHost\.\w+\.|clr-debug-pipe-|dotnet-diagnostic-)(\d+)[.-]' -and $_.LastWriteTime -gt $start -and -not (Test-Path "/proc/$($Matches[1])") } |
    Remove-Item -Force -ErrorAction Ignore

# The C programs that common.ps1 has compiled, and what others wrote.
Set-Location /
Remove-Item (Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-helpers-$PID"), (Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-home-$PID") -Recurse -Force -ErrorAction Ignore
