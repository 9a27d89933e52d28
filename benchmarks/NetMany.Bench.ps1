# One question to 500 net namespaces, each with a listener: nothing may be left out, and the time must grow with the number alone.
. $PSScriptRoot/common.ps1

$prefix = New-UniqueName
$count = 500
$names = 1..$count | ForEach-Object { "$prefix$_" }
$names | ForEach-Object { "netns add $_" } | ip -batch -
$script = Join-Path ([IO.Path]::GetTempPath()) "$prefix.py"
Set-Content $script @"
import ctypes, fcntl, socket, struct, sys
keep = []
libc = ctypes.CDLL(None)
for number in range(1, $count + 1):
    with open('/run/netns/$prefix%d' % number) as file:
        libc.setns(file.fileno(), 0)
    server = socket.socket()
    fcntl.ioctl(server, 0x8914, struct.pack('16sh22x', b'lo', 0x49))
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
try {
    $found = @{
        sockets    = Get-NetNamespaceConnection -All -State Listen | Where-Object { $_.Namespace -like "$prefix*" -and $_.LocalPort -eq 8080 }
        routes     = Get-NetNamespaceRoute -All | Where-Object { $_.Namespace -like "$prefix*" -and $_.Destination -eq '127.0.0.1/32' }
        interfaces = Get-NetNamespaceInterface -All | Where-Object { $_.Namespace -like "$prefix*" -and $_.InterfaceName -eq 'lo' -and $_.IsUp }
    }
    foreach ($kind in $found.Keys) {
        if (@($found[$kind].Namespace | Sort-Object -Unique).Count -ne $count) { throw "$($found[$kind].Count) $kind of $count namespaces were found." }
    }

    $times = Measure-SideBySide -Rounds 3 -WarmUp 1 ([ordered]@{
            sockets    = { $null = Get-NetNamespaceConnection -All -State Listen }
            routes     = { $null = Get-NetNamespaceRoute -All }
            interfaces = { $null = Get-NetNamespaceInterface -All }
        })
    Write-Ratio "$count net namespaces, listeners of all" $times.sockets 'ms' ''
    Write-Ratio "$count net namespaces, routes of all" $times.routes 'ms' ''
    Write-Ratio "$count net namespaces, interfaces of all" $times.interfaces 'ms' ''
}
finally {
    $listeners.Kill()
    Remove-Item $script
    $names | ForEach-Object { "netns delete $_" } | ip -batch -
}
