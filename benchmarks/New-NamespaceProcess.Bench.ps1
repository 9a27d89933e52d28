# New-NamespaceProcess against unshare and a C floor: start /bin/true in new namespaces and wait for it.
. $PSScriptRoot/common.ps1

$start = [Diagnostics.ProcessStartInfo]::new((Get-Floor floor-spawn))
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true
$floor = [Diagnostics.Process]::Start($start)
$unshare = $env:UNSHARE ? $env:UNSHARE : 'unshare'
$batch = 20

function Measure-Start {
    param([string] $What, [string] $Kind, [scriptblock] $Ours, [scriptblock] $Theirs)

    # The compiler of the runtime takes its time: a session that has just begun is not what is measured.
    foreach ($i in 1..400) { $null = & $Ours }
    Start-Sleep -Milliseconds 500
    foreach ($i in 1..100) { $null = & $Ours }
    $medians = Measure-SideBySide -Rounds 25 ([ordered]@{
        ours   = {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            foreach ($i in 1..$batch) { $null = & $Ours }
            $watch.Elapsed.TotalMilliseconds / $batch
        }
        floor  = {
            $floor.StandardInput.WriteLine("$Kind $batch")
            [double]$floor.StandardOutput.ReadLine() / 1e6
        }
        theirs = {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            foreach ($i in 1..3) { $null = & $Theirs }
            $watch.Elapsed.TotalMilliseconds / 3
        }
    })
    '{0}: New-NamespaceProcess {1:n2} ms, unshare {2:n2} ms, C floor {3:n2} ms' -f $What, $medians.ours, $medians.theirs, $medians.floor
    Write-Ratio "unshare / New-NamespaceProcess, $What" ($medians.theirs / $medians.ours) x 'at least 3'
    Write-Ratio "New-NamespaceProcess / C floor, $What" ($medians.ours / $medians.floor) x 'at most 1.5'
}

"New-NamespaceProcess, $(& $unshare --version), $([Environment]::ProcessorCount) processors"
Measure-Start 'new uts' uts { New-NamespaceProcess -Type Uts /bin/true -Wait } { & $unshare --uts /bin/true }
Measure-Start 'new user with root map' user { New-NamespaceProcess -MapRootUser /bin/true -Wait } { & $unshare --map-root-user /bin/true }
Measure-Start 'new pid and mnt with /proc' pid { New-NamespaceProcess -Type Pid, Mnt -MountProc /bin/true -Wait } { & $unshare --pid --fork --mount-proc /bin/true }
$floor.StandardInput.Close()
$floor.WaitForExit()
