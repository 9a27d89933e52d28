# Net namespaces by name, and what is in them. Dot-sourced by steps.ps1.
$blue, $red = "$($prefix)b", "$($prefix)r"

function New-Pair {
    New-NetNamespace $blue, $red -LoopbackUp
}

# Whether this kernel makes a device of a kind, by ip in a namespace of its own.
function Test-Kind {
    param([string] $Kind)
    if (-not $isRoot) { return $true }
    modprobe --quiet "rtnl-link-$Kind" 2>$null
    modprobe --quiet rtnl-link-veth 2>$null
    $lower = $Kind -in 'vlan', 'macvlan', 'ipvlan' ? 'link low0' : ''
    $own = @{ vlan = 'id 5'; vxlan = 'id 7 dstport 4789 remote 10.0.0.9' }[$Kind]
    unshare --net sh -c "ip link add low0 type veth peer name low1 && ip link add $lower name t0 type $Kind $own" 2>$null
    $LASTEXITCODE -eq 0
}

Step Net 'New-NetNamespace makes what ip lists' -Root {
    New-NetNamespace $blue -LoopbackUp
    Assert-True (@(ip netns list) -match "^$blue\b") 'ip does not list it'
    Assert-True ("$(ip -n $blue -o link show lo)" -match '[<,]UP[,>]') 'lo is down'
    Assert-Equal (stat -L -c %i "/run/netns/$blue") (ip netns exec $blue stat -L -c %i /proc/self/ns/net)
}

Step Net 'Get-NetNamespace lists what ip makes' -Root {
    if (-not $isRoot) { New-NetNamespace $blue }
    ip netns add $blue
    Assert-Equal "$((Get-NetNamespace $blue).Inode)" (stat -L -c %i "/run/netns/$blue")
    Assert-Equal (Get-Namespace -Name $blue).Name $blue
}

Step Net 'Remove-NetNamespace removes one' -Root {
    if (-not $isRoot) { New-NetNamespace $blue }
    ip netns add $blue
    Remove-NetNamespace $blue -Confirm:$false
    Assert-Equal (@(ip netns list) -match "^$blue\b") @()
}

Step Net 'Set-NetNamespace gives an id' -Root {
    New-NetNamespace $blue
    Set-NetNamespace $blue 77
    Assert-True ("$(ip netns list)" -match "$blue \(id: 77\)") 'ip shows another id'
    Assert-Equal (Get-NetNamespace $blue).NetNsId 77
}

Step Net 'Connect-NetNamespace joins two with a cable' -Root {
    New-Pair
    Connect-NetNamespace $blue $red -Address 10.9.0.1/24 -PeerAddress 10.9.0.2/24
    Assert-True ("$(ip -n $blue -o -4 address)" -match '10\.9\.0\.1/24') 'ip shows no address'
    ip netns exec $blue busybox ping -c 1 -W 20 10.9.0.2 | Out-Null
    Assert-Equal $LASTEXITCODE 0
    Disconnect-NetNamespace $blue $red -Confirm:$false
    Assert-Equal (@(ip -n $red -o link) -notmatch '^1:') @()
}

Step Net 'Connect-NetNamespace puts one on a bridge' -Root -Needs { Test-Kind bridge } -Lacks 'this kernel makes no bridge' {
    New-NetNamespace $blue -LoopbackUp
    $bridge = "$($prefix)br"
    try {
        Connect-NetNamespace $blue -Address 10.9.1.2/24 -Bridge $bridge -PeerAddress 10.9.1.1/24 -DefaultGateway 10.9.1.1
        ip netns exec $blue busybox ping -c 1 -W 20 10.9.1.1 | Out-Null
        Assert-Equal $LASTEXITCODE 0
        Assert-True ("$(ip -n $blue route)" -match 'default via 10\.9\.1\.1') 'there is no gateway'
    }
    finally { if ($isRoot) { ip link delete $bridge 2>$null } }
}

Step Net 'Get-NetNamespaceInterface shows what ip shows' -Root {
    New-Pair
    Connect-NetNamespace $blue $red -Address 10.9.0.1/24 -PeerAddress 10.9.0.2/24
    $lines = ip -n $blue -o link | ForEach-Object { if ($_ -match '^(\d+): ([^:@]+).* mtu (\d+)') { "$($Matches[1]) $($Matches[2]) $($Matches[3])" } }
    Assert-Equal (Get-NetNamespaceInterface $blue | ForEach-Object { "$($_.InterfaceIndex) $($_.InterfaceName) $($_.Mtu)" }) $lines
    $veth = Get-NetNamespaceInterface $blue | Where-Object Kind -eq veth
    Assert-Equal $veth.PeerNamespace, $veth.Address[0] $red, '10.9.0.1/24'
}

foreach ($kind in 'Dummy', 'Bridge', 'Veth', 'Macvlan', 'Ipvlan', 'Vlan', 'Vxlan', 'Wireguard', 'Netkit') {
    $name = $kind.ToLowerInvariant()
    $code = @"
    New-NetNamespace `$blue
    ip -n `$blue link add low0 type veth peer name low1
    ip -n `$blue link set low0 up
    `$lower = if ('$kind' -in 'Macvlan', 'Ipvlan', 'Vlan') { @{ LowerInterfaceName = 'low0' } } else { @{} }
    if ('$kind' -eq 'Vlan') { `$lower.VlanId = 5 }
    if ('$kind' -eq 'Vxlan') { `$lower.VxlanId = 7; `$lower.Port = 4789; `$lower.RemoteAddress = '10.0.0.9' }
    `$made = @(New-NetNamespaceInterface `$blue $kind if0 @lower -Mtu 1300 -Address 10.44.0.1/24 -Up)[0]
    `$shown = ip -n `$blue -d -j address show if0 | ConvertFrom-Json
    Assert-Equal `$shown.linkinfo.info_kind, `$shown.mtu, (`$shown.flags -contains 'UP'), (`$shown.addr_info.local -contains '10.44.0.1') '$name', 1300, True, True
    Assert-Equal `$made.Kind, `$made.InterfaceIndex, `$made.Mtu, `$made.IsUp '$name', `$shown.ifindex, 1300, True
    if ('$kind' -in 'Macvlan', 'Ipvlan', 'Vlan') { Assert-Equal `$made.LowerInterfaceName `$shown.link }
    if ('$kind' -eq 'Vlan') { Assert-Equal `$shown.linkinfo.info_data.id 5 }
    if ('$kind' -eq 'Vxlan') { Assert-Equal `$shown.linkinfo.info_data.id, `$shown.linkinfo.info_data.port, `$shown.linkinfo.info_data.remote 7, 4789, '10.0.0.9' }
    Remove-NetNamespaceInterface `$blue if0 -Confirm:`$false
    Assert-Equal (@(ip -n `$blue -o link) -match '\bif0\b') @()
"@
    Step Net "New-NetNamespaceInterface makes a $name" -Root -Lacks "this kernel or its ip makes no $name" -Needs ([scriptblock]::Create("Test-Kind $name")) ([scriptblock]::Create($code))
}

Step Net 'Move-NetNamespaceInterface moves a device' -Root -Needs { Test-Kind veth } -Lacks 'this kernel makes no veth' {
    New-Pair
    ip -n $blue link add dm0 type veth peer name dm1
    ip -n $blue address add 10.9.2.1/24 dev dm0
    Move-NetNamespaceInterface $blue dm0 -Destination $red -NewName eth0 -KeepConfiguration
    Assert-True ("$(ip -n $red -o -4 address show eth0)" -match '10\.9\.2\.1/24') 'the address is gone'
}

Step Net 'Set-NetNamespaceInterface changes a device' -Root -Needs { Test-Kind veth } -Lacks 'this kernel makes no veth' {
    New-NetNamespace $blue
    ip -n $blue link add dm0 type veth peer name dm1
    Set-NetNamespaceInterface $blue dm0 -NewName eth0 -Mtu 1400 -AddAddress 10.9.3.1/24 -Up
    $line = "$(ip -n $blue -o address show eth0) $(ip -n $blue -o link show eth0)"
    Assert-True ($line -match '10\.9\.3\.1/24' -and $line -match 'mtu 1400' -and $line -match '[<,]UP[,>]') "ip shows $line"
}

Step Net 'routes are added, shown and removed' -Root -Needs { Test-Kind veth } -Lacks 'this kernel makes no veth' {
    New-NetNamespace $blue
    ip -n $blue link add dm0 type veth peer name dm1
    ip -n $blue link set dm0 up
    ip -n $blue link set dm1 up
    ip -n $blue address add 10.9.4.1/24 dev dm0
    Add-NetNamespaceRoute $blue 10.10.0.0/16 10.9.4.2 -Metric 50
    Assert-True ("$(ip -n $blue route show 10.10.0.0/16)" -match 'via 10\.9\.4\.2 dev dm0 metric 50') 'ip shows no route'
    $shown = Get-NetNamespaceRoute $blue -Table main | ForEach-Object { "$($_.Destination)" } | Where-Object { $_ -notmatch ':' } | Sort-Object
    Assert-Equal $shown (ip -n $blue -4 route | ForEach-Object { (-split $_)[0] } | Sort-Object)
    Remove-NetNamespaceRoute $blue 10.10.0.0/16 -Confirm:$false
    Assert-Equal (ip -n $blue route show 10.10.0.0/16) @()
    Assert-True (@(Get-NetNamespaceRoute $blue -Rule).Count -ge 3) 'rules are missing'
}

Step Net 'Get-NetNamespaceNeighbor shows what ip shows' -Root -Needs { Test-Kind veth } -Lacks 'this kernel makes no veth' {
    New-NetNamespace $blue
    ip -n $blue link add dm0 type veth peer name dm1
    ip -n $blue link set dm0 up
    ip -n $blue link set dm1 up
    ip -n $blue address add 10.9.5.1/24 dev dm0
    ip -n $blue neighbour add 10.9.5.9 lladdr 02:00:00:00:00:09 dev dm0 nud permanent
    $shown = Get-NetNamespaceNeighbor $blue -State Permanent | Where-Object IPAddress -eq '10.9.5.9'
    Assert-Equal "$($shown.MacAddress)" '02:00:00:00:00:09'
}

Step Net 'Get-NetNamespaceConnection shows who listens' -Root -Needs busybox {
    New-NetNamespace $blue -LoopbackUp
    $children.Add([Diagnostics.Process]::Start('ip', [string[]]('netns', 'exec', $blue, 'busybox', 'nc', '-l', '-p', '4567')))
    Wait-True { "$(ip netns exec $blue busybox netstat -lnt)" -match ':4567 ' }
    $shown = @(Get-NetNamespaceConnection $blue -Protocol Tcp -State Listen)
    Assert-Equal $shown[0].LocalPort, $shown[0].ProcessId 4567, (pgrep -x -f 'busybox nc -l -p 4567')
    Assert-Equal @(Get-NetNamespaceConnection -All -Protocol Tcp -State Listen | Where-Object LocalPort -eq 4567).Count 1
}

# .NET makes no SCTP sockets, so libc is called, without a compiler.
function New-SctpListener {
    param([int] $Port)
    $builder = [Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly('Sctp', 'Run').DefineDynamicModule('Sctp').DefineType('Sctp', 'Public, Class')
    foreach ($signature in @{ Name = 'socket'; Types = [int], [int], [int] }, @{ Name = 'bind'; Types = [int], [byte[]], [int] }, @{ Name = 'listen'; Types = [int], [int] }) {
        $method = $builder.DefinePInvokeMethod($signature.Name, 'libc', 'Public, Static, PinvokeImpl', 'Standard', [int], [type[]]$signature.Types, 'Winapi', 'Auto')
        $method.SetImplementationFlags('PreserveSig')
    }

    $libc = $builder.CreateType()
    $socket = $libc::socket(2, 1, 132)
    if ($socket -lt 0) { throw [NotSupportedException]'this kernel makes no SCTP sockets' }
    if ($libc::bind($socket, [byte[]](2, 0, ($Port -shr 8), ($Port -band 255)) + [byte[]]::new(12), 16) -lt 0) { throw 'bind failed' }
    if ($libc::listen($socket, 5) -lt 0) { throw 'listen failed' }
    [Microsoft.Win32.SafeHandles.SafeFileHandle]::new([IntPtr]$socket, $true)
}

Step Net 'Get-NetNamespaceConnection shows SCTP' -Root -Lacks 'this kernel has no SCTP' -Needs { -not $isRoot -or $(modprobe --quiet --all sctp sctp_diag 2>$null; Test-Path /proc/net/sctp) } {
    New-NetNamespace $blue -LoopbackUp
    $socket = Invoke-NamespaceCommand -Name $blue -InProcess { New-SctpListener 5678 }
    try {
        Assert-True ("$(ip netns exec $blue cat /proc/net/sctp/eps)" -match ' 5678 ') '/proc shows no such socket'
        $shown = @(Get-NetNamespaceConnection $blue -Protocol Sctp)
        Assert-Equal $shown.Count, "$($shown[0].State)", $shown[0].LocalPort, $shown[0].ProcessId 1, Listen, 5678, $PID
    }
    finally { $socket.Dispose() }
}

Step Net 'a program runs in one by name' -Root {
    New-NetNamespace $blue
    Assert-Equal (Invoke-NamespaceCommand $blue -- ip -o link | ForEach-Object { (-split $_)[1] }) 'lo:'
    Assert-Equal (Invoke-NamespaceCommand $blue -- readlink /proc/self/ns/net) "net:[$(stat -L -c %i "/run/netns/$blue")]"
}

Step Net 'a net namespace of an ordinary user' {
    $process = New-NamespaceProcess -Type Net -MapRootUser -LoopbackUp sleep 1000
    try { Assert-True ("$(nsenter --user --net --preserve-credentials --target $process.Id ip -o link show lo)" -match '[<,]UP[,>]') 'ip shows it down' }
    finally { $process | Stop-Process }
}

Step Net 'interfaces in another user namespace' {
    $process = New-NamespaceProcess -Type Net -MapRootUser -LoopbackUp sleep 1000
    try {
        $lo = Get-NetNamespaceInterface $process.Id
        Assert-Equal "$($lo.InterfaceName) $($lo.IsUp)" 'lo True'
    }
    finally { $process | Stop-Process }
}
