# Dot-sourced by every benchmark: side-by-side timing in one session, as ratios of medians.
$ErrorActionPreference = 'Stop'
$ProjectRoot = Split-Path $PSScriptRoot
. (Join-Path $ProjectRoot 'tests/common.ps1')

function Get-Median {
    param([double[]] $Values)
    $sorted = $Values | Sort-Object
    $sorted[[Math]::Floor($sorted.Count / 2)]
}

# Compiles a C program of benchmarks/.
function Get-Floor {
    param([Parameter(Mandatory)] [string] $Name)
    $program = Join-Path (Split-Path (Get-Helper herd)) $Name
    gcc -Wall -Werror -O2 -o $program (Join-Path $PSScriptRoot "$Name.c")
    if ($LASTEXITCODE -ne 0) {
        throw "gcc could not compile $Name.c."
    }

    $program
}

# Runs the contenders in turn, A B C A B C ..., so that a machine that changes its speed changes it for all. A
# contender gives nothing (it is timed) or the milliseconds it measured itself. With -Calls a turn is so many calls in a row, of which the median
# counts: what one contender leaves in the caches of the processor is then not what the next is measured by.
function Measure-SideBySide {
    param(
        [Parameter(Mandatory)] [System.Collections.Specialized.OrderedDictionary] $Contenders,
        [int] $Rounds = 15,
        [int] $WarmUp = 3,
        [int] $Calls = 1
    )

    $times = @{}
    foreach ($round in 1..($WarmUp + $Rounds)) {
        foreach ($name in $Contenders.Keys) {
            $turn = foreach ($call in 1..$Calls) {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                $own = & $Contenders[$name]
                $elapsed = $watch.Elapsed.TotalMilliseconds
                [double]($own ?? $elapsed)
            }

            if ($round -gt $WarmUp) {
                $times[$name] += , (Get-Median $turn)
            }
        }
    }

    $medians = [ordered]@{}
    foreach ($name in $Contenders.Keys) {
        $medians[$name] = Get-Median $times[$name]
    }

    $medians
}

# A session that has done the same before: the runtime begins to count calls after a pause, compiles a method of the image again after 30 of them,
# now with counters in it, and after 30 more at its best.
function Invoke-WarmUp {
    param([Parameter(Mandatory)] [scriptblock[]] $Script)
    foreach ($pass in 1..4) {
        foreach ($each in $Script) {
            foreach ($call in 1..40) { $null = & $each }
        }

        Start-Sleep -Seconds 1
    }
}

# One line of the table in docs/benchmarks.md.
function Write-Ratio {
    param([string] $What, [double] $Value, [string] $Unit = 'x', [string] $Target)
    '{0,-72} {1,9:n2} {2,-3} {3}' -f $What, $Value, $Unit, $Target
}
