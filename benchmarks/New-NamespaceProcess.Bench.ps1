# New-NamespaceProcess against unshare and a C floor: start /bin/true in new namespaces and wait for it.
. $PSScriptRoot/common.ps1

$start = [Diagnostics.ProcessStartInfo]::new((Get-Floor floor-spawn))
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true
$floor = [Diagnostics.Process]::Start($start)
$unshare = $env:UNSHARE ? $env:UNSHARE : 'unshare'
$batch = 100

# Ours and theirs are loops, so that what is measured is the command and not the call of a script block around it.
function Measure-Start {
    param([string] $What, [string] $Kind, [scriptblock] $Ours, [scriptblock] $Theirs)

    # The runtime's compiler takes its time: a session that has just begun is not what is measured.
    $times = 1500
    . $Ours
    Start-Sleep -Milliseconds 1000
    $times = 100
    . $Ours
    $medians = Measure-SideBySide -Rounds 15 ([ordered]@{
        ours   = {
            $times = $batch
            $watch = [Diagnostics.Stopwatch]::StartNew()
            . $Ours
            $watch.Elapsed.TotalMilliseconds / $times
        }
        floor  = {
            $floor.StandardInput.WriteLine("$Kind $batch")
            [double]$floor.StandardOutput.ReadLine() / 1e6
        }
        theirs = {
            $times = 10
            $watch = [Diagnostics.Stopwatch]::StartNew()
            . $Theirs
            $watch.Elapsed.TotalMilliseconds / $times
        }
    })
    '{0}: New-NamespaceProcess {1:n2} ms, unshare {2:n2} ms, C floor {3:n2} ms' -f $What, $medians.ours, $medians.theirs, $medians.floor
    Write-Ratio "unshare / New-NamespaceProcess, $What" ($medians.theirs / $medians.ours) x 'at least 3'
    Write-Ratio "New-NamespaceProcess / C floor, $What" ($medians.ours / $medians.floor) x 'at most 1.5'
}

"New-NamespaceProcess, $(& $unshare --version), $([Environment]::ProcessorCount) processors"
Measure-Start 'new uts' uts {
    for ($i = 0; $i -lt $times; $i++) { $null = New-NamespaceProcess -Type Uts /bin/true -Wait }
} {
    for ($i = 0; $i -lt $times; $i++) { & $unshare --uts /bin/true }
}
Measure-Start 'new user with root map' user {
    for ($i = 0; $i -lt $times; $i++) { $null = New-NamespaceProcess -MapRootUser /bin/true -Wait }
} {
    for ($i = 0; $i -lt $times; $i++) { & $unshare --map-root-user /bin/true }
}
Measure-Start 'new pid and mnt with /proc' pid {
    for ($i = 0; $i -lt $times; $i++) { $null = New-NamespaceProcess -Type Pid, Mnt -MountProc /bin/true -Wait }
} {
    for ($i = 0; $i -lt $times; $i++) { & $unshare --pid --fork --mount-proc /bin/true }
}
$floor.StandardInput.Close()
$floor.WaitForExit()
