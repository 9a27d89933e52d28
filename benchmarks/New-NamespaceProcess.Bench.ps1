# New-NamespaceProcess against unshare and a C floor: start /bin/true in new namespaces and wait for it.
. $PSScriptRoot/common.ps1

$start = [Diagnostics.ProcessStartInfo]::new((Get-Floor floor-spawn))
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true
$floor = [Diagnostics.Process]::Start($start)
$unshare = $env:UNSHARE ? $env:UNSHARE : 'unshare'
$batch = 100

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

foreach ($case in $cases) {
    $medians = Measure-SideBySide -Rounds 15 ([ordered]@{
        ours   = {
            $times = $batch
            $watch = [Diagnostics.Stopwatch]::StartNew()
            . $case.Ours
            $watch.Elapsed.TotalMilliseconds / $times
        }
        floor  = {
            $floor.StandardInput.WriteLine("$($case.Kind) $batch")
            [double]$floor.StandardOutput.ReadLine() / 1e6
        }
        theirs = {
            $times = 10
            $watch = [Diagnostics.Stopwatch]::StartNew()
            . $case.Theirs
            $watch.Elapsed.TotalMilliseconds / $times
        }
    })
    '{0}: New-NamespaceProcess {1:n2} ms, unshare {2:n2} ms, C floor {3:n2} ms' -f $case.What, $medians.ours, $medians.theirs, $medians.floor
    Write-Ratio "unshare / New-NamespaceProcess, $($case.What)" ($medians.theirs / $medians.ours) x 'at least 3'
    Write-Ratio "New-NamespaceProcess / C floor, $($case.What)" ($medians.ours / $medians.floor) x 'at most 1.5'
}

$floor.StandardInput.Close()
$floor.WaitForExit()
