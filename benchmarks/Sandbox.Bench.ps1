# New-NamespaceProcess with files of its own against bwrap and a C floor that makes the same calls: eight binds, /proc, a tmpfs and a small /dev.
. $PSScriptRoot/common.ps1

$start = [Diagnostics.ProcessStartInfo]::new((Get-Floor floor-sandbox))
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true
$floor = [Diagnostics.Process]::Start($start)
$binds = '/usr/bin', '/usr/lib', '/usr/share', '/usr/sbin', '/usr/include', '/etc', '/var', '/opt', '/usr/lib64'
$files = @{
    Tmpfs = '/', '/tmp:mode=1777'; ReadOnlyBind = $binds; Dev = $true; MountProc = $true; Type = 'Pid', 'Mnt'
    Symlink = @{ '/bin' = 'usr/bin'; '/lib' = 'usr/lib'; '/lib64' = 'usr/lib64' }
}
$words = @('--unshare-pid') + ($binds | ForEach-Object { '--ro-bind', $_, $_ }) +
    @('--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64', '--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--tmpfs', '/tmp', '/bin/true')

"New-NamespaceProcess with files, $(bwrap --version), $([Environment]::ProcessorCount) processors"

# A session that has just begun is not what is measured: the runtime's compiler takes its time.
foreach ($round in 1..4) {
    for ($i = 0; $i -lt 300; $i++) { $null = New-NamespaceProcess @files -Wait /bin/true }
    Start-Sleep -Milliseconds 800
}

foreach ($i in 1..5) { bwrap $words }

$ours = $theirs = $least = @()
foreach ($round in 1..100) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt 10; $i++) { $null = New-NamespaceProcess @files -Wait /bin/true }
    $ours += $watch.Elapsed.TotalMilliseconds / 10
    $floor.StandardInput.WriteLine('10')
    $least += [double]$floor.StandardOutput.ReadLine() / 1e6
    $watch.Restart()
    for ($i = 0; $i -lt 3; $i++) { bwrap $words }
    $theirs += $watch.Elapsed.TotalMilliseconds / 3
}

$mine = Get-Median $ours
'New-NamespaceProcess {0:n2} ms, bwrap {1:n2} ms, C floor {2:n2} ms' -f $mine, (Get-Median $theirs), (Get-Median $least)
Write-Ratio 'bwrap / New-NamespaceProcess, eight binds, proc, dev, tmpfs' ((Get-Median $theirs) / $mine) x 'at least 4'
Write-Ratio 'New-NamespaceProcess / C floor, the same' ($mine / (Get-Median $least)) x 'at most 1.4'
$floor.StandardInput.Close()
$floor.WaitForExit()
