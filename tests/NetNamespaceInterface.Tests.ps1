BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $kinds = foreach ($kind in 'Dummy', 'Wireguard', 'Netkit', 'Macvlan', 'Ipvlan', 'Vlan', 'Vxlan', 'Bridge', 'Veth') { @{ Kind = $kind } }
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
    $prefix = New-UniqueName
}

Describe 'Interfaces of net namespaces' -Skip:(-not $isRoot) {
    BeforeEach {
        $a, $b = "$prefix-a", "$prefix-b"
        foreach ($name in $a, $b) {
            ip netns add $name
            ip -n $name link set lo up
        }

        ip link add eth0 netns $a type veth peer name port netns $b
    }

    AfterEach {
        foreach ($name in $a, $b) { ip netns delete $name }
    }

    It 'makes a <Kind>, or says which module the kernel lacks' -Tag T092 -ForEach $kinds {
        $more = switch ($Kind) {
            { $_ -in 'Macvlan', 'Ipvlan' } { @{ LowerInterfaceName = 'eth0' } }
            Vlan { @{ LowerInterfaceName = 'eth0'; VlanId = 5 } }
            Vxlan { @{ VxlanId = 7; RemoteAddress = '10.0.0.9'; LocalAddress = '10.0.0.1' } }
            default { @{} }
        }

        # What ip says is the oracle, also of what this kernel has.
        $ipArguments = switch ($Kind) {
            { $_ -in 'Macvlan', 'Ipvlan' } { 'link', 'eth0', 'name', 'try', 'type', $Kind.ToLower() }
            Vlan { 'link', 'eth0', 'name', 'try', 'type', 'vlan', 'id', '5' }
            Vxlan { 'try', 'type', 'vxlan', 'id', '7', 'dstport', '4789', 'remote', '10.0.0.9' }
            default { 'try', 'type', $Kind.ToLower() }
        }
        $said = ip -n $a link add @ipArguments 2>&1
        $has = "$said" -notmatch 'Unknown device type|not supported|Unknown device'
        if ($has) { ip -n $a link delete try 2> $null }
        if (-not $has) {
            $problem = { New-NetNamespaceInterface $a $Kind made @more -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceKindNotSupported,*' -PassThru
            $problem.ErrorDetails.RecommendedAction | Should -Match ($Kind -eq 'Vlan' ? '8021q' : $Kind.ToLower())
            return
        }

        $made = New-NetNamespaceInterface $a $Kind made @more -Address 10.44.0.1/24, fd00:44::1/64 -MacAddress 02:00:00:00:00:44 -Mtu 1300 -Alias 'a remark' -Up -ErrorVariable problems
        $problems | Should -BeNullOrEmpty
        $made[0].InterfaceName, $made[0].Kind, $made[0].Mtu, $made[0].Alias | Should -Be made, $Kind.ToLower(), 1300, 'a remark'
        $shown = ip -n $a -d -j addr show made | ConvertFrom-Json
        $shown.linkinfo.info_kind, $shown.mtu, $shown.ifalias | Should -Be $Kind.ToLower(), 1300, 'a remark'
        $shown.flags | Should -Contain UP
        if ($Kind -ne 'Ipvlan') { $shown.address | Should -Be 02:00:00:00:00:44 }
        $shown.addr_info.local | Should -Contain 10.44.0.1
        $shown.addr_info.local | Should -Contain fd00:44::1
        switch ($Kind) {
            Vlan { $shown.linkinfo.info_data.id | Should -Be 5 }
            Vxlan { $shown.linkinfo.info_data.id, $shown.linkinfo.info_data.remote, $shown.linkinfo.info_data.local, $shown.linkinfo.info_data.port | Should -Be 7, 10.0.0.9, 10.0.0.1, 4789 }
            Macvlan { $shown.linkinfo.info_data.mode | Should -Be bridge }
            Veth { $made | Should -HaveCount 2 }
        }

        Remove-NetNamespaceInterface $a made
        ip -n $a link show made 2>&1 | Should -Match 'does not exist'
    }

    It 'never takes another interface for one that was seen before: <Case>' -ForEach @(
        @{ Case = 'of the same name'; Replace = { ip -n $a link delete seen; ip -n $a link add seen index 3001 type veth peer name other } }
        @{ Case = 'of the same number'; Replace = { ip -n $a link delete seen; ip -n $a link add another index 3000 type veth peer name other } }
        @{ Case = 'of the same name and number, and another kind'; Replace = { ip -n $a link delete seen; ip -n $a link add seen index 3000 type bridge } }
    ) {
        ip -n $a link add seen index 3000 type veth peer name end
        $seen = Get-NetNamespaceInterface $a -InterfaceName seen
        & $Replace
        $before = ip -n $a -d -o link
        foreach ($change in { $seen | Set-NetNamespaceInterface -Up -Mtu 1300 -ErrorAction Stop }, { $seen | Move-NetNamespaceInterface -Destination $b -ErrorAction Stop }, { $seen | Remove-NetNamespaceInterface -ErrorAction Stop }) {
            $problem = $change | Should -Throw -ErrorId 'InterfaceChanged,*' -PassThru
            $problem.CategoryInfo.Category | Should -Be ObjectNotFound
        }

        ip -n $a -d -o link | Should -Be $before
    }

    It 'says that an interface is not there any more' {
        ip -n $a link add seen type veth peer name end
        $seen = Get-NetNamespaceInterface $a -InterfaceName seen
        ip -n $a link delete seen
        { $seen | Remove-NetNamespaceInterface -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotFound,*'
    }

    It 'knows an interface under its new name, also after a file' {
        ip -n $a link add seen type veth peer name end
        $seen = Get-NetNamespaceInterface $a -InterfaceName seen
        $seen | Set-NetNamespaceInterface -NewName renamed
        $seen | Set-NetNamespaceInterface -Mtu 1300
        (ip -n $a -j link show renamed | ConvertFrom-Json).mtu | Should -Be 1300
        $seen | ConvertTo-Csv | ConvertFrom-Csv | Remove-NetNamespaceInterface
        ip -n $a link show renamed 2>&1 | Should -Match 'does not exist'
    }

    # The kernel gives the inode of a removed namespace to the next one at once.
    It 'does not go to another namespace that has the inode of the one before' {
        $seen = Get-NetNamespaceInterface $a -InterfaceName eth0
        ip -n $a link set eth0 up
        ip -n $a route add 10.66.0.0/16 dev eth0
        $route = Get-NetNamespaceRoute $a | Where-Object Destination -EQ 10.66.0.0/16
        $route | Should -HaveCount 1
        ip netns delete $a

        # The kernel takes the other end away when it comes to it.
        Wait-Condition { -not (ip -n $b -o link show port 2>$null) }
        ip netns add $a
        ip -n $a link add eth0 index $seen.InterfaceIndex address $seen.MacAddress type veth peer name port netns $b
        ip -n $a link set eth0 up
        ip -n $a route add 10.66.0.0/16 dev eth0
        $before = ip -n $a -o link
        ip -n $a route show 10.66.0.0/16 | Should -Not -BeNullOrEmpty
        { $seen | Set-NetNamespaceInterface -Mtu 1300 -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceGone,*'
        { $route | Remove-NetNamespaceRoute -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceGone,*'
        { $seen | Get-NetNamespaceRoute -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceGone,*'
        ip -n $a -o link | Should -Be $before
        ip -n $a route show 10.66.0.0/16 | Should -Not -BeNullOrEmpty
    }

    # The kernel takes what is not said for a wildcard: on the link would stand for by a gateway too.
    It 'removes the very route that was seen, and no other to the same network' {
        ip -n $a addr add 10.44.0.1/24 dev eth0
        ip -n $a addr add fd00:44::1/64 dev eth0 nodad
        ip -n $a link set eth0 up
        ip -n $b link set port up
        foreach ($case in @('-4', '10.66.0.0/16', '10.44.0.2'), @('-6', 'fd00:66::/64', 'fd00:44::2')) {
            $family, $network, $gateway = $case
            ip -n $a route add $network dev eth0
            $seen = Get-NetNamespaceRoute $a | Where-Object Destination -EQ $network
            ip -n $a route delete $network dev eth0
            ip -n $a route add $network via $gateway dev eth0
            { $seen | Remove-NetNamespaceRoute -ErrorAction Stop } | Should -Throw -ErrorId 'RouteNotFound,*'
            ip -n $a $family route show $network | Should -Match $gateway
            Get-NetNamespaceRoute $a | Where-Object Destination -EQ $network | Remove-NetNamespaceRoute
            ip -n $a $family route show $network | Should -BeNullOrEmpty
        }

        ip -n $a nexthop add id 7 via 10.44.0.3 dev eth0
        ip -n $a route add 10.67.0.0/16 nhid 7
        ip -n $a route add 10.68.0.0/16 nexthop via 10.44.0.4 nexthop via 10.44.0.5 weight 2
        foreach ($network in '10.67.0.0/16', '10.68.0.0/16') {
            Get-NetNamespaceRoute $a | Where-Object Destination -EQ $network | Remove-NetNamespaceRoute
            ip -n $a route show $network | Should -BeNullOrEmpty
        }
    }

    It 'puts ends where they belong, and names what has none' -Tag T093 {
        $made = New-NetNamespaceInterface $a Veth -PeerNamespace $b -PeerInterfaceName other -Up
        $made.InterfaceName | Should -Be veth0, other
        $made.Namespace | Should -Be $a, $b
        (ip -n $b -j link show other | ConvertFrom-Json).flags | Should -Contain UP
        (New-NetNamespaceInterface $a Bridge).InterfaceName | Should -Be br0
        (New-NetNamespaceInterface $a Veth -Master br0 -Up)[0].Master | Should -Be br0
        (Get-NetNamespace "$prefix-?" | New-NetNamespaceInterface -Kind Bridge -InterfaceName each).Namespace | Should -Be $a, $b
    }

    It 'makes all of it or nothing' {
        { New-NetNamespaceInterface $a Bridge br9 -Address 10.0.0.1/24, 10.0.0.1/24 -ErrorAction Stop } | Should -Throw -ErrorId 'SystemCallFailed,*'
        ip -n $a link show br9 2>&1 | Should -Match 'does not exist'
        { New-NetNamespaceInterface $a Bridge eth0 -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceExists,*'
        { New-NetNamespaceInterface $a Bridge -Master none -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotFound,*'
        { New-NetNamespaceInterface $a Vlan -LowerInterfaceName eth0 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterface,*'
        { New-NetNamespaceInterface $a Bridge -VlanId 5 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterface,*'
        { New-NetNamespaceInterface $a Bridge -Address x -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidAddress,*'
        { New-NetNamespaceInterface $a Bridge 'a/b' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterfaceName,*'
        New-NetNamespaceInterface $a Bridge br9 -WhatIf
        ip -n $a -j link | ConvertFrom-Json | ForEach-Object ifname | Should -Be lo, eth0
    }

    It 'changes what there is, and the same again is the same' -Tag T094 {
        ip -n $a link add br0 type bridge
        ip -n $a addr add 10.1.0.1/24 dev eth0
        foreach ($round in 1, 2) {
            $name = $round -eq 1 ? 'eth0' : 'new0'
            $remove = $round -eq 1 ? @{ RemoveAddress = '10.1.0.1/24' } : @{}
            $changed = Set-NetNamespaceInterface $a $name -NewName new0 -Mtu 1280 -MacAddress 02:00:00:00:00:55 -Master br0 -Alias remark -AddAddress 10.1.0.2/24 -AddAltName a-further-name -Up @remove -PassThru
            $changed.InterfaceName, $changed.Master, $changed.Alias, $changed.Mtu | Should -Be new0, br0, remark, 1280
            $shown = ip -n $a -d -j addr show new0 | ConvertFrom-Json
            $shown.mtu, $shown.address, $shown.master, $shown.ifalias, $shown.altnames | Should -Be 1280, 02:00:00:00:00:55, br0, remark, a-further-name
            $shown.addr_info.Where{ $_.family -eq 'inet' }.local | Should -Be 10.1.0.2
            $shown.flags | Should -Contain UP
        }

        Get-NetNamespaceInterface $a -InterfaceName new0 | Set-NetNamespaceInterface -Master '' -Alias '' -RemoveAltName a-further-name -Down
        $shown = ip -n $a -d -j addr show new0 | ConvertFrom-Json
        $shown.master, $shown.ifalias, $shown.altnames | Should -Be $null, $null, $null
        $shown.flags | Should -Not -Contain UP
        Set-NetNamespaceInterface $a new0 -Up | Should -BeNullOrEmpty
    }

    It 'names what no interface can be or have' {
        $name = (New-UniqueName).Substring(0, 12)
        { New-NetNamespaceInterface $a Bridge all -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterfaceName,*'
        { New-NetNamespaceInterface $a Bridge $name -Address ff02::1/64 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidAddress,*'
        { New-NetNamespaceInterface $a Veth $name -PeerInterfaceName $name -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterface,*'
        $bridge = New-NetNamespaceInterface $a Bridge $name
        { New-NetNamespaceInterface $a Bridge -Master $name -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterface,*'
        { $bridge | Set-NetNamespaceInterface -Master lo -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterface,*'
        $bridge | Remove-NetNamespaceInterface
        (ip -n $a -j link | ConvertFrom-Json).ifname | Should -Not -Contain $name
    }

    It 'undoes the changes before the one that fails' -Tag T095 {
        { Set-NetNamespaceInterface $a eth0 -NewName x0 -Mtu 1280 -AddAddress 10.1.0.5/24 -RemoveAddress 10.9.9.9/24 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressNotFound,*'
        $shown = ip -n $a -j addr show eth0 | ConvertFrom-Json
        $shown.mtu | Should -Be 1500
        $shown.addr_info | Should -BeNullOrEmpty
        { Set-NetNamespaceInterface $a eth0 -NewName lo -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceExists,*'
        { Set-NetNamespaceInterface $a eth0 -Up -Down -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterface,*'
        { Set-NetNamespaceInterface $a none -Up -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotFound,*'
        ip netns exec $a sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=1
        { Set-NetNamespaceInterface $a eth0 -AddAddress fd00::1/64 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressRefused,*'
    }

    It 'removes by name, pattern and object, but never lo' -Tag T096 {
        ip -n $a link add br1 type bridge
        ip -n $a link add br2 type bridge
        ip -n $a link add br3 type bridge
        Remove-NetNamespaceInterface $a br1 -WhatIf
        Remove-NetNamespaceInterface $a br1, br[2]
        Get-NetNamespaceInterface $a -InterfaceName br3, eth0 | Remove-NetNamespaceInterface
        (ip -n $a -j link | ConvertFrom-Json).ifname | Should -Be lo
        (ip -n $b -j link | ConvertFrom-Json).ifname | Should -Be lo
        { Remove-NetNamespaceInterface $a lo -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotRemovable,*'
        { Remove-NetNamespaceInterface $a br1 -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotFound,*'
    }

    It 'takes what is left of an interface after remoting' {
        ip -n $a link add br1 type bridge
        [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-NetNamespaceInterface $a -InterfaceName br1))) | Remove-NetNamespaceInterface
        (ip -n $a -j link | ConvertFrom-Json).ifname | Should -Be lo, eth0
    }
}

Describe 'Move-NetNamespaceInterface' -Skip:(-not $isRoot) {
    BeforeEach {
        $a, $b, $c = "$prefix-a", "$prefix-b", "$prefix-c"
        foreach ($name in $a, $b, $c) {
            ip netns add $name
            ip -n $name link set lo up
        }

        ip link add eth0 netns $a type veth peer name port netns $c
        ip -n $c link set port up
        ip -n $c addr add 10.1.0.2/24 dev port
        ip -n $a addr add 10.1.0.1/24 brd + dev eth0
        ip -n $a addr add fd00:1::1/64 dev eth0 nodad
        ip -n $a link set eth0 up mtu 1400
        ip -n $a route add default via 10.1.0.2
        ip -n $a route add 10.7.0.0/16 via 10.1.0.2 metric 77 table 1234
        ip -n $a -6 route add fd00:7::/64 via fd00:1::2
    }

    AfterEach {
        foreach ($name in $a, $b, $c) { ip netns delete $name }
    }

    It 'moves in, and home under the old name' -Tag T097 {
        $moved = Move-NetNamespaceInterface $a eth0 $b -NewName eth5 -PassThru
        $moved.InterfaceName, $moved.Namespace, $moved.IsUp | Should -Be eth5, $b, $false
        (ip -n $a -j link | ConvertFrom-Json).ifname | Should -Be lo
        (ip -n $b -j addr show eth5 | ConvertFrom-Json).addr_info | Should -BeNullOrEmpty
        $home1 = $moved | Move-NetNamespaceInterface -ToHome -PassThru
        $home1.InterfaceName, $home1.Namespace | Should -Be eth0, $a
        $home1.AltName | Should -BeNullOrEmpty
        (ip -n $b -j link | ConvertFrom-Json).ifname | Should -Be lo
    }

    It 'remembers the first home over several moves' -Tag T098 {
        Move-NetNamespaceInterface $a eth0 $b
        Move-NetNamespaceInterface $b eth0 $c -NewName far
        (Move-NetNamespaceInterface $c far -ToHome -PassThru).Namespace | Should -Be $a
        { Move-NetNamespaceInterface $a eth0 -ToHome -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceHasNoHome,*'
    }

    It 'keeps addresses and routes when asked, there and back' -Tag T099 {
        $addresses = { (ip -n $args[0] -j addr show $args[1] | ConvertFrom-Json).addr_info.Where{ $_.scope -eq 'global' } | ForEach-Object { "$($_.local)/$($_.prefixlen) $($_.broadcast)" } }
        $routes = { foreach ($family in '-4', '-6') { ip -n $args[0] $family -o route show table all dev $args[1] | Where-Object { $_ -notmatch 'proto kernel|fe80|ff00' } | ForEach-Object { $_ -replace ' linkdown' -replace '\s+$' } } }
        $before = @(& $addresses $a eth0), @(& $routes $a eth0)
        $before[1].Count | Should -Be 3
        Move-NetNamespaceInterface $a eth0 $b -KeepConfiguration
        & $addresses $b eth0 | Should -Be $before[0]
        & $routes $b eth0 | Should -Be $before[1]
        Send-TcpEcho -From $b -To $c -Address 10.1.0.2 | Should -Be hello
        Move-NetNamespaceInterface $b eth0 -ToHome -KeepConfiguration
        & $addresses $a eth0 | Should -Be $before[0]
        & $routes $a eth0 | Should -Be $before[1]
        Send-TcpEcho -From $a -To $c -Address 10.1.0.2 | Should -Be hello
    }

    It 'is back where it was, with what it had, when a step fails' -Tag T100 {
        ip -n $b link add eth0 type bridge
        { Move-NetNamespaceInterface $a eth0 $b -KeepConfiguration -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceExists,*'
        ip -n $b link delete eth0

        # The gateway of this route cannot be reached there: another interface has its network.
        ip netns exec $b sysctl -q -w net.ipv6.conf.default.disable_ipv6=1
        { Move-NetNamespaceInterface $a eth0 $b -KeepConfiguration -ErrorAction Stop } | Should -Throw
        $found = Get-NetNamespaceInterface $a -InterfaceName eth0
        $found.AltName | Should -BeNullOrEmpty
        $found.IsUp | Should -BeTrue
        $found.Address | Should -Contain 10.1.0.1/24
        (Get-NetNamespaceRoute $a -Table main | Where-Object Destination -EQ default).Gateway | Should -Contain 10.1.0.2
    }

    It 'stays where it is when the new name is taken there' {
        ip -n $b link add taken type bridge
        { Move-NetNamespaceInterface $a eth0 $b -NewName taken -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceExists,*'
        Move-NetNamespaceInterface $a eth0 $b
        { Move-NetNamespaceInterface $b eth0 $a -NewName all -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInterfaceName,*'
        (ip -n $b -j link show eth0 | ConvertFrom-Json).ifname | Should -Be eth0
        (Move-NetNamespaceInterface $b eth0 -ToHome -PassThru).Namespace | Should -Be $a
    }

    It 'takes processes, and comes out into the session' -Tag T101 {
        $process = Start-Process unshare -ArgumentList '-n', 'sleep', '300' -PassThru
        Wait-Condition { (Get-LinkInode $process.Id net) -ne (Get-LinkInode $PID net) }
        $name = "m$((New-UniqueName).Substring(3, 10))"
        try {
            Move-NetNamespaceInterface $a eth0 $process.Id -NewName $name
            (nsenter -t $process.Id -n ip -j link | ConvertFrom-Json).ifname | Should -Contain $name
            Get-Process -Id $process.Id | Move-NetNamespaceInterface -InterfaceName $name
            (ip -j link show $name | ConvertFrom-Json).ifname | Should -Be $name
            (Move-NetNamespaceInterface -InterfaceName $name -ToHome -PassThru).Namespace | Should -Be $a
        }
        finally {
            $process.Kill()
        }
    }

    It 'says beforehand what cannot move, and what will happen' {
        { Move-NetNamespaceInterface $a lo $b -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotMovable,*'
        $immutable = Get-NetNamespaceInterface $a | Where-Object IsImmutable
        if ($immutable) { $immutable.InterfaceName | Should -Contain lo }
        $pwsh = [Environment]::ProcessPath
        $shown = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Move-NetNamespaceInterface $a eth0 $b -WhatIf"
        "$shown" | Should -Match "eth0 is moved from $a to $b; it is removed together with that namespace"
        (ip -n $a -j link | ConvertFrom-Json).ifname | Should -Contain eth0
        { Move-NetNamespaceInterface $a eth0 "$prefix-none" -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
    }
}

Describe 'Add- and Remove-NetNamespaceRoute' -Skip:(-not $isRoot) {
    BeforeEach {
        $a = "$prefix-a"
        ip netns add $a
        ip -n $a link set lo up
        ip -n $a link add br0 type bridge
        ip -n $a addr add 10.1.0.1/24 dev br0
        ip -n $a addr add fd00:1::1/64 dev br0 nodad
        ip -n $a link set br0 up
    }

    AfterEach {
        ip netns delete $a
    }

    It 'adds routes as ip shows them, and removes them' -Tag T102 {
        Add-NetNamespaceRoute $a default 10.1.0.2
        Add-NetNamespaceRoute $a default fd00:1::2
        Add-NetNamespaceRoute $a 10.2.0.0/16 10.1.0.3 -Metric 50 -Mtu 1300 -PreferredSource 10.1.0.1
        Add-NetNamespaceRoute $a 10.3.0.0/16 10.1.0.3 -Table 100
        Add-NetNamespaceRoute $a 10.4.0.0/16 -InterfaceName br0
        Add-NetNamespaceRoute $a 10.5.0.7 192.168.9.9 -InterfaceName br0 -OnLink
        Add-NetNamespaceRoute $a fd00:6::/64 -Type Unreachable
        $four = ip -n $a -4 route show table all | ForEach-Object { $_ -replace ' linkdown' -replace '\s+$' }
        foreach ($line in 'default via 10.1.0.2 dev br0', '10.2.0.0/16 via 10.1.0.3 dev br0 src 10.1.0.1 metric 50 mtu 1300', '10.3.0.0/16 via 10.1.0.3 dev br0 table 100', '10.4.0.0/16 dev br0 scope link', '10.5.0.7 via 192.168.9.9 dev br0 onlink') {
            $four | Should -Contain $line
        }

        "$(ip -n $a -6 route)" | Should -Match 'unreachable fd00:6::/64'
        "$(ip -n $a -6 route)" | Should -Match 'default via fd00:1::2'
        Remove-NetNamespaceRoute $a 10.2.0.0/16
        Remove-NetNamespaceRoute $a 10.3.0.0/16 -Table 100
        Remove-NetNamespaceRoute $a fd00:6::/64 -Type Unreachable
        Get-NetNamespaceRoute $a | Where-Object Protocol -EQ Boot | Remove-NetNamespaceRoute
        ip -n $a route show table all proto boot | Should -BeNullOrEmpty
        ip -n $a -6 route show table all proto boot | Should -BeNullOrEmpty
    }

    It 'says which route leads nowhere, or needs no way' {
        { Add-NetNamespaceRoute $a 10.9.0.0/16 -ErrorAction Stop } | Should -Throw '*leads nowhere*' -ErrorId 'InvalidRoute,*'
        { Add-NetNamespaceRoute $a 10.9.0.0/16 10.1.0.2 -Type Blackhole -ErrorAction Stop } | Should -Throw '*drops packets*' -ErrorId 'InvalidRoute,*'
        { Add-NetNamespaceRoute $a 10.9.0.1/16 10.1.0.2 -ErrorAction Stop } | Should -Throw "'10.9.0.1/16' is not a route." -ErrorId 'InvalidRoute,*'
    }

    It 'says what is there already, or not' {
        Add-NetNamespaceRoute $a 10.2.0.0/16 10.1.0.3 -WhatIf
        Add-NetNamespaceRoute $a 10.2.0.0/16 10.1.0.3
        { Add-NetNamespaceRoute $a 10.2.0.0/16 10.1.0.3 -ErrorAction Stop } | Should -Throw -ErrorId 'RouteExists,*'
        { Add-NetNamespaceRoute $a 10.9.0.0/16 172.30.0.1 -ErrorAction Stop } | Should -Throw -ErrorId 'GatewayUnreachable,*'
        { Add-NetNamespaceRoute $a 10.9.0.1/16 10.1.0.3 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidRoute,*'
        { Add-NetNamespaceRoute $a 10.9.0.0/16 10.1.0.3 -Table nothing -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidRoute,*'
        { Remove-NetNamespaceRoute $a 10.77.0.0/16 -ErrorAction Stop } | Should -Throw -ErrorId 'RouteNotFound,*'
        { Remove-NetNamespaceRoute $a 10.2.0.0/16 -InterfaceName none -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotFound,*'
    }
}
