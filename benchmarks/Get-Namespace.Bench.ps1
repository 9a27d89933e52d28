# Get-Namespace against lsns and C floors, on a herd of sleeping processes.
. $PSScriptRoot/common.ps1

$floorPath = Get-Floor floor-scan
$lsns = $env:LSNS ? $env:LSNS : 'lsns'

# The floor of the task iterator: C with libbpf, the program by clang.
$folder = Split-Path $floorPath
$tasksPath = Join-Path $folder floor-tasks
clang -O2 -g -target bpf -c (Join-Path $PSScriptRoot floor-tasks.bpf.c) -o "$tasksPath.o"
if ($LASTEXITCODE -ne 0) { throw 'clang could not compile floor-tasks.bpf.c.' }
gcc -Wall -Werror -O2 -o $tasksPath (Join-Path $PSScriptRoot floor-tasks.c) -lbpf
if ($LASTEXITCODE -ne 0) { throw 'gcc could not compile floor-tasks.c.' }

# The engine alone, without what is made of it: the scan of every process.
$assembly = [LinuxNamespaces.NamespaceInfo].Assembly
$hidden = [Reflection.BindingFlags]'NonPublic, Public, Static, Instance'
$openProc = $assembly.GetType('LinuxNamespaces.Kernel.Processes.ProcFileSystem').GetMethod('Open', $hidden)
$runScan = $assembly.GetType('LinuxNamespaces.Operations.Find.ProcessScan').GetMethod('Run', $hidden)
$optionsType = $assembly.GetType('LinuxNamespaces.Operations.Find.InventoryOptions')
function Measure-Engine {
    $options = [Activator]::CreateInstance($optionsType, $true)
    $optionsType.GetProperty('Sources', $hidden).SetValue($options, [LinuxNamespaces.NamespaceSource]::Process)
    $proc = $openProc.Invoke($null, @())
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $scan = $runScan.Invoke($null, @($proc, $options, [Threading.CancellationToken]::None))
    $elapsed = $watch.Elapsed.TotalMilliseconds
    $scan.Dispose()
    $proc.Dispose()
    $elapsed
}

function Start-Floor {
    param([string] $Path, [string[]] $Arguments)
    $start = [Diagnostics.ProcessStartInfo]::new($Path)
    $Arguments | Where-Object { $_ } | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    [Diagnostics.Process]::Start($start)
}

function Measure-Floor {
    param([Diagnostics.Process] $Floor)
    $Floor.StandardInput.WriteLine()
    [double]$Floor.StandardOutput.ReadLine() / 1e6
}

function Use-Engine {
    param([string] $Name, [scriptblock] $Script)
    $env:LINUXNAMESPACES_ENGINE = $Name
    & $Script
}

# A first call of a session, import not included.
function Measure-First {
    param([string] $Engine)
    $command = "`$env:LINUXNAMESPACES_ENGINE = '$Engine'; Import-Module '$ModulePath'; `$w = [Diagnostics.Stopwatch]::StartNew(); `$null = Get-Namespace -WarningAction Ignore; `$w.Elapsed.TotalMilliseconds"
    [double](& ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $command)
}

function Measure-Scan {
    param([int] $Processes, [int] $Sets, [switch] $Quick)
    $herd = Start-Helper herd $Sets, $Processes
    $floor = Start-Floor $floorPath
    $tasks = Start-Floor $tasksPath "$tasksPath.o"
    try {
        $contenders = [ordered]@{
            'bpf'    = { Use-Engine bpf { $null = Get-Namespace } }
            'engine' = { Use-Engine bpf { Measure-Engine } }
            'tasks'  = { Measure-Floor $tasks }
            'proc'   = { Use-Engine proc { $null = Get-Namespace } }
            'floor'  = { Measure-Floor $floor }
        }
        if (-not $Quick) {
            $contenders['bpf all'] = { Use-Engine bpf { $null = Get-Namespace -Source All } }
            $contenders['proc all'] = { Use-Engine proc { $null = Get-Namespace -Source All } }
            $contenders['lsns'] = { $null = & $lsns }
        }

        if (-not $Quick) {
            Invoke-WarmUp ($contenders.Keys -ne 'lsns' | ForEach-Object { $contenders[$_] })
        }

        # After the second that lsns takes, the processor has to wake up: the first call takes three times as long as those that follow, lsns or not.
        $medians = Measure-SideBySide $contenders -Rounds 7 -WarmUp 1 -Calls 5
        if (-not $Quick) {
            $first = Measure-SideBySide ([ordered]@{ bpf = { Measure-First bpf }; proc = { Measure-First proc } }) -Rounds 7 -WarmUp 1
            $medians['first bpf'], $medians['first proc'] = $first.bpf, $first.proc
        }

        $env:LINUXNAMESPACES_ENGINE = 'bpf'
        $before = [GC]::GetTotalAllocatedBytes($true)
        $null = Get-Namespace
        $medians['bytes'] = [GC]::GetTotalAllocatedBytes($true) - $before
        $medians
    }
    finally {
        Remove-Item Env:LINUXNAMESPACES_ENGINE -ErrorAction Ignore
        foreach ($program in $floor, $tasks) {
            $program.StandardInput.Close()
            $program.WaitForExit()
        }

        Stop-Helper $herd

        # The kernel takes its time with that many namespaces.
        while (Get-Process herd* -ErrorAction Ignore) { Start-Sleep -Milliseconds 100 }
    }
}

"Get-Namespace, $(& $lsns --version), $([Environment]::ProcessorCount) processors"
$small = Measure-Scan 300 6 -Quick
$main = Measure-Scan 3000 60

# As many as there are numbers for, with some left for others.
$many = [int](Get-Content /proc/sys/kernel/pid_max) -ge 32768 ? 30000 : 10000
$large = Measure-Scan $many 60 -Quick
'3,000 processes in 60 sets: by the task iterator {0:n1} ms, from /proc {1:n1} ms, lsns {2:n1} ms' -f $main.bpf, $main.proc, $main.lsns
Write-Ratio 'lsns / Get-Namespace, 3,000 processes' ($main.lsns / $main.bpf) x 'at least 100'
Write-Ratio '/proc / task iterator, 3,000 processes' ($main.proc / $main.bpf) x 'at least 15'
Write-Ratio '/proc / task iterator, 3,000 processes, -Source All' ($main.'proc all' / $main.'bpf all') x 'at least 15'
Write-Ratio 'engine / C floor with libbpf, 3,000 processes' ($main.engine / $main.tasks) x 'at most 2'
Write-Ratio "engine / C floor with libbpf, $($many.ToString('N0')) processes" ($large.engine / $large.tasks) x 'at most 2'
Write-Ratio 'first call of a session, task iterator / proc' ($main.'first bpf' / $main.'first proc') x 'at most 1.3'
Write-Ratio 'Allocated for each further process' (($large.bytes - $main.bytes) / ($many - 3000)) B 'at most 32'
Write-Ratio 'lsns / Get-Namespace from /proc, 3,000 processes' ($main.lsns / $main.proc) x 'at least 6'
Write-Ratio 'Get-Namespace from /proc / C floor, 3,000 processes' ($main.proc / $main.floor) x 'at most 1.2'
Write-Ratio 'Get-Namespace from /proc / C floor, 300 processes' ($small.proc / $small.floor) x
Write-Ratio "Get-Namespace from /proc / C floor, $($many.ToString('N0')) processes" ($large.proc / $large.floor) x

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
