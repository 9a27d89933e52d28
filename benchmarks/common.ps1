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
# contender gives nothing (it is timed) or the milliseconds it measured itself.
function Measure-SideBySide {
    param(
        [Parameter(Mandatory)] [System.Collections.Specialized.OrderedDictionary] $Contenders,
        [int] $Rounds = 15,
        [int] $WarmUp = 3
    )

    $times = @{}
    foreach ($round in 1..($WarmUp + $Rounds)) {
        foreach ($name in $Contenders.Keys) {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $own = & $Contenders[$name]
            $elapsed = $watch.Elapsed.TotalMilliseconds
            if ($round -gt $WarmUp) {
                $times[$name] += , [double]($own ?? $elapsed)
            }
        }
    }

    $medians = [ordered]@{}
    foreach ($name in $Contenders.Keys) {
        $medians[$name] = Get-Median $times[$name]
    }

    $medians
}

# One line of the table in docs/benchmarks.md.
function Write-Ratio {
    param([string] $What, [double] $Value, [string] $Unit = 'x', [string] $Target)
    '{0,-72} {1,9:n2} {2,-3} {3}' -f $What, $Value, $Unit, $Target
}
