# Sockets, routes and moves of net namespaces against ss and ip from the same session.
. $PSScriptRoot/common.ps1

$prefix = New-UniqueName
$names = 0..99 | ForEach-Object { "$prefix$_" }
foreach ($name in $names) {
    ip netns add $name
    ip -n $name link set lo up
}

# A socket in each, so that there is something to list.
$script = Join-Path ([IO.Path]::GetTempPath()) "$prefix.py"
Set-Content $script @"
import ctypes, socket, sys, time
keep = []
libc = ctypes.CDLL(None)
for number in range(100):
    with open('/run/netns/$prefix%d' % number) as file:
        libc.setns(file.fileno(), 0)
    server = socket.socket()
    server.bind(('127.0.0.1', 8080))
    server.listen(5)
    keep.append(server)
print('ready', flush=True)
sys.stdin.read()
"@
$start = [Diagnostics.ProcessStartInfo]::new('python3', $script)
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true
$listeners = [Diagnostics.Process]::Start($start)
$null = $listeners.StandardOutput.ReadLine()
$a, $b = $names[0, 1]
ip -n $a link add mv0 type veth peer name mv1
try {
    Invoke-WarmUp { Get-NetNamespaceConnection -All }, { Get-NetNamespaceRoute -All }
    $look = Measure-SideBySide -Rounds 7 -WarmUp 1 ([ordered]@{
            sockets = { $null = Get-NetNamespaceConnection -All }
            ss      = { foreach ($name in $names) { $null = ss -N $name -a -n -H 2> $null } }
            routes  = { $null = Get-NetNamespaceRoute -All }
            ip      = { foreach ($name in $names) { $null = ip -n $name -j route show table all | ConvertFrom-Json } }
        })
    Write-Ratio 'ss -N over 100 net namespaces / Get-NetNamespaceConnection -All' ($look.ss / $look.sockets) -Target 'at least 15'
    Write-Ratio 'ip -n N -j route with ConvertFrom-Json over 100 / Get-NetNamespaceRoute -All' ($look.ip / $look.routes) -Target 'at least 15'
    $start = [Diagnostics.ProcessStartInfo]::new('nsenter', [string[]]@("--net=/run/netns/$a", (Get-Floor floor-move), "/run/netns/$b", 'mv0'))
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $floor = [Diagnostics.Process]::Start($start)
    $move = Measure-SideBySide -Rounds 9 -WarmUp 2 ([ordered]@{
            ours = { Move-NetNamespaceInterface $a mv0 $b; Move-NetNamespaceInterface $b mv0 $a }
            ip   = { ip -n $a link set mv0 netns $b; ip -n $b link set mv0 netns $a }
            c    = { $floor.StandardInput.WriteLine('1'); [double]$floor.StandardOutput.ReadLine() / 1e6 }
        })
    $floor.StandardInput.Close()
    $floor.WaitForExit()
    Write-Ratio 'ip in and out / Move-NetNamespaceInterface there and back' ($move.ip / $move.ours) -Target 'at least 5'
    Write-Ratio 'the same / C floor, two messages of rtnetlink' ($move.ip / $move.c)
    Write-Ratio 'Move-NetNamespaceInterface there and back / C floor' ($move.ours / $move.c)
}
finally {
    $listeners.Kill()
    Remove-Item $script
    foreach ($name in $names) { ip netns delete $name }
}
