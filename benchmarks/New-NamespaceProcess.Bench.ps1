# New-NamespaceProcess against unshare and a C floor: start /bin/true in new namespaces and wait for it.
. $PSScriptRoot/common.ps1

$start = [Diagnostics.ProcessStartInfo]::new((Get-Floor floor-spawn))
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true
$floor = [Diagnostics.Process]::Start($start)
$unshare = $env:UNSHARE ? $env:UNSHARE : 'unshare'

# Ours and theirs are loops, so that what is measured is the command and not the call of a script block around it.
$cases = @(
    @{
        What = 'new uts'; Kind = 'uts'
        Ours = { for ($i = 0; $i -lt $times; $i++) { $null = New-NamespaceProcess -Type Uts /bin/true -Wait } }
        Theirs = { for ($i = 0; $i -lt $times; $i++) { & $unshare --uts /bin/true } }
    }
    @{
        What = 'new user with root map'; Kind = 'user'
        Ours = { for ($i = 0; $i -lt $times; $i++) { $null = New-NamespaceProcess -MapRootUser /bin/true -Wait } }
        Theirs = { for ($i = 0; $i -lt $times; $i++) { & $unshare --map-root-user /bin/true } }
    }
    @{
        What = 'new pid and mnt with /proc'; Kind = 'pid'
        Ours = { for ($i = 0; $i -lt $times; $i++) { $null = New-NamespaceProcess -Type Pid, Mnt -MountProc /bin/true -Wait } }
        Theirs = { for ($i = 0; $i -lt $times; $i++) { & $unshare --pid --fork --mount-proc /bin/true } }
    }
)

"New-NamespaceProcess, $(& $unshare --version), $([Environment]::ProcessorCount) processors"

# The runtime's compiler takes its time, and begins anew with each thing that is new: a session that has just begun is not what
# is measured.
foreach ($round in 1..3) {
    foreach ($case in $cases) {
        $times = 500
        . $case.Ours
        $times = 20
        . $case.Theirs
    }

    Start-Sleep -Milliseconds 500
}

# Many short turns over a long while, because the scheduler, and what else runs on the machine, slow a contender down for seconds. Not in
# a function: what PowerShell pays for each scope around a command is not measured.
foreach ($round in 1..80) {
    foreach ($case in $cases) {
        $times = 40
        $watch = [Diagnostics.Stopwatch]::StartNew()
        . $case.Ours
        $case.OursTook += , ($watch.Elapsed.TotalMilliseconds / $times)
        $floor.StandardInput.WriteLine("$($case.Kind) $times")
        $case.FloorTook += , ([double]$floor.StandardOutput.ReadLine() / 1e6)
        $times = 4
        $watch.Restart()
        . $case.Theirs
        $case.TheirsTook += , ($watch.Elapsed.TotalMilliseconds / $times)
    }
}

foreach ($case in $cases) {
    $ours = Get-Median $case.OursTook
    $least = Get-Median $case.FloorTook
    $theirs = Get-Median $case.TheirsTook
    '{0}: New-NamespaceProcess {1:n2} ms, unshare {2:n2} ms, C floor {3:n2} ms' -f $case.What, $ours, $theirs, $least
    Write-Ratio "unshare / New-NamespaceProcess, $($case.What)" ($theirs / $ours) x 'at least 3'
    Write-Ratio "New-NamespaceProcess / C floor, $($case.What)" ($ours / $least) x 'at most 1.5'
    Write-Ratio "unshare / C floor, $($case.What)" ($theirs / $least) x
}

$floor.StandardInput.Close()
$floor.WaitForExit()
