# Get-Namespace against lsns and a C floor, on a herd of sleeping processes.
. $PSScriptRoot/common.ps1

$floorPath = Get-Floor floor-scan
$lsns = $env:LSNS ? $env:LSNS : 'lsns'

function Measure-Scan {
    param([int] $Processes, [int] $Sets, [switch] $Quick)
    $herd = Start-Helper herd $Sets, $Processes
    $start = [Diagnostics.ProcessStartInfo]::new($floorPath)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $floor = [Diagnostics.Process]::Start($start)
    try {
        $contenders = [ordered]@{
            'Get-Namespace' = { $null = Get-Namespace }
            'floor'         = {
                $floor.StandardInput.WriteLine()
                [double]$floor.StandardOutput.ReadLine() / 1e6
            }
        }
        if (-not $Quick) {
            $contenders['lsns'] = { $null = & $lsns }
        }

        $medians = Measure-SideBySide $contenders -Rounds 11
        $before = [GC]::GetTotalAllocatedBytes($true)
        $null = Get-Namespace
        $medians['bytes'] = ([GC]::GetTotalAllocatedBytes($true) - $before) / $Processes
        $medians
    }
    finally {
        $floor.StandardInput.Close()
        $floor.WaitForExit()
        Stop-Helper $herd

        # The kernel takes its time with that many namespaces.
        while (Get-Process herd* -ErrorAction Ignore) { Start-Sleep -Milliseconds 100 }
    }
}

"Get-Namespace, $(& $lsns --version), $([Environment]::ProcessorCount) processors"
$small = Measure-Scan 300 6 -Quick
$main = Measure-Scan 3000 60
$large = Measure-Scan 10000 60 -Quick
'3,000 processes in 60 sets: Get-Namespace {0:n1} ms, lsns {1:n1} ms, C floor {2:n1} ms' -f $main['Get-Namespace'], $main.lsns, $main.floor
Write-Ratio 'lsns / Get-Namespace, 3,000 processes' ($main.lsns / $main['Get-Namespace']) x 'at least 6'
Write-Ratio 'Get-Namespace / C floor, 3,000 processes' ($main['Get-Namespace'] / $main.floor) x 'at most 1.2'
Write-Ratio 'Get-Namespace / C floor, 300 processes' ($small['Get-Namespace'] / $small.floor) x
Write-Ratio 'Get-Namespace / C floor, 10,000 processes' ($large['Get-Namespace'] / $large.floor) x
Write-Ratio 'Cost per process, 10,000 against 300' (($large['Get-Namespace'] / 10000) / ($small['Get-Namespace'] / 300)) x 'about 1 (linear)'
Write-Ratio 'Allocation per process, 3,000 processes' $main.bytes B 'under 2,048'

# Importing, against a module that does nothing, in fresh sessions.
$empty = Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-empty-$PID"
$null = New-Item -ItemType Directory -Force $empty
Add-Type -TypeDefinition 'using System.Management.Automation; [Cmdlet("Get", "Nothing")] public class GetNothingCommand : PSCmdlet { }' -OutputAssembly "$empty/Empty.dll"
function Measure-Import {
    param([string] $Module)
    $command = "`$w = [Diagnostics.Stopwatch]::StartNew(); Import-Module '$Module'; `$w.Elapsed.TotalMilliseconds"
    [double](& ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $command)
}

$import = Measure-SideBySide ([ordered]@{ ours = { Measure-Import $ModulePath }; empty = { Measure-Import "$empty/Empty.dll" } }) -Rounds 9 -WarmUp 1
Remove-Item $empty -Recurse
Write-Ratio 'Import-Module over an empty binary module' ($import.ours - $import.empty) ms 'at most 60'
