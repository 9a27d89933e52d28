BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
}

Describe 'Get-NetNamespaceInterface' -Tag Fast {
    It 'lists our own interfaces without any target, as ip does' {
        $own = Get-NetNamespaceInterface
        $links = ip -j addr | ConvertFrom-Json
        $own.InterfaceName | Should -Be $links.ifname
        $own.InterfaceIndex | Should -Be $links.ifindex
        $own.Mtu | Should -Be $links.mtu
        $own.NamespaceInode | Select-Object -Unique | Should -Be (Get-LinkInode $PID net)

        # The network that the machine started with has a name of its own.
        $started = (Get-Namespace -ProcessId $PID -Type Net).IsInitial
        $own.Namespace | Select-Object -Unique | Should -Be ($started ? 'host' : "net:[$(Get-LinkInode $PID net)]")
        foreach ($link in $links) {
            $addresses = $link.addr_info | ForEach-Object { "$($_.local)/$($_.prefixlen)" }
            ($own | Where-Object InterfaceName -EQ $link.ifname).Address | Should -Be $addresses -Because $link.ifname
        }
    }
}

Describe 'Get-NetNamespaceInterface of a lab' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        $prefix = New-UniqueName
        $a, $b, $hub = "$prefix-a", "$prefix-b", "$prefix-hub"
        foreach ($name in $a, $b, $hub) { ip netns add $name }
        ip -n $hub link add br0 type bridge
        ip link add eth0 netns $a type veth peer name port1 netns $hub
        ip link add eth0 netns $b type veth peer name port2 netns $hub
        foreach ($port in 'port1', 'port2') { ip -n $hub link set $port master br0 up }
        ip -n $hub link set br0 up
        ip -n $a addr add 10.0.0.1/24 dev eth0
        ip -n $a link set eth0 address 02:00:00:00:00:01 mtu 1300 up
        ip -n $b addr add 10.0.0.2/24 dev eth0
        ip -n $b link set eth0 up
        ip -n $a tuntap add tap0 mode tap
        $process = Start-Process ip -ArgumentList 'netns', 'exec', $b, 'unshare', '-n', 'sleep', '300' -PassThru
        Wait-ProcessName $process.Id sleep
        ip link add far netns $a type veth peer name near netns $process.Id
    }

    AfterAll {
        $process.Kill()
        Remove-NetNamespace "$prefix*"
    }

    It 'knows kind, state, MTU, hardware address and addresses' -Tag T054 {
        $found = Get-NetNamespaceInterface $a -InterfaceName eth0
        $found.Kind | Should -Be veth
        $found.IsUp | Should -BeTrue
        $found.State | Should -Be Up
        $found.Mtu | Should -Be 1300
        $found.MacAddress | Should -Be '02:00:00:00:00:01'
        $found.Address | Should -Contain 10.0.0.1/24
        (Get-NetNamespaceInterface $a -InterfaceName lo).Kind | Should -Be loopback
        (Get-NetNamespaceInterface $a -InterfaceName lo).State | Should -Be Down
        (Get-NetNamespaceInterface $a -InterfaceName tap0).Kind | Should -Be tun
    }

    It 'finds peers across namespaces, and the bridge of a port' {
        $all = Get-NetNamespace "$prefix*" | Get-NetNamespaceInterface
        $end = $all | Where-Object { $_.Namespace -eq $a -and $_.InterfaceName -eq 'eth0' }
        $end.PeerInterfaceName | Should -Be port1
        $end.PeerNamespace | Should -Be $hub
        $end.PeerNamespaceInode | Should -Be (stat -c %i "/run/netns/$hub")
        $port = $all | Where-Object InterfaceName -EQ port2
        $port.Master | Should -Be br0
        "$($port.PeerInterfaceName)@$($port.PeerNamespace)" | Should -Be "eth0@$b"
        ($all | Where-Object InterfaceName -EQ br0).Kind | Should -Be bridge
    }

    It 'finds a peer in a namespace without a name, by the process in it' {
        $far = Get-NetNamespaceInterface $a -InterfaceName far
        $far.PeerInterfaceName | Should -Be near
        $far.PeerNamespace | Should -Be "net:[$(Get-LinkInode $process.Id net)]"
    }

    It 'gives the index of the peer and the id of its namespace' {
        $far = Get-NetNamespaceInterface $a -InterfaceName eth0
        $far.PeerNetNsId | Should -Not -BeNullOrEmpty
        $far.PeerInterfaceIndex | Should -Be (ip -n $hub -j link show port1 | ConvertFrom-Json).ifindex
    }

    It 'has the counters of ip' {
        Send-TcpEcho -From $a -To $b -Address 10.0.0.2 -Text ('x' * 900) | Should -HaveCount 1
        $found = Get-NetNamespaceInterface $a -InterfaceName eth0
        $found.SentBytes | Should -BeGreaterThan 900
        $found.ReceivedBytes | Should -BeGreaterThan 900
        $statistics = (ip -n $a -j -s link show eth0 | ConvertFrom-Json).stats64
        [Math]::Abs([double]$statistics.tx.bytes - $found.SentBytes) | Should -BeLessThan 1000
        $found.ReceiveErrors | Should -Be $statistics.rx.errors
    }

    It 'has further names, takes them for names, and has remark and immutability' -Tag T055 {
        ip -n $a link property add dev tap0 altname a-tap-with-a-name-longer-than-fifteen
        ip -n $a link set tap0 alias 'a remark'
        $found = Get-NetNamespaceInterface $a -InterfaceName a-tap-with*
        $found.InterfaceName | Should -Be tap0
        $found.AltName | Should -Be a-tap-with-a-name-longer-than-fifteen
        $found.Alias | Should -Be 'a remark'
        $detail = ip -n $a -d -j link show tap0 | ConvertFrom-Json
        $found.AltName | Should -Be $detail.altnames
        $lo = Get-NetNamespaceInterface $a -InterfaceName lo
        if ($null -ne $lo.IsImmutable) { $lo.IsImmutable, $found.IsImmutable | Should -Be $true, $false }
    }

    It 'has scope, state, lifetimes and peers of addresses as ip has them' -Tag T056 {
        ip -n $a addr add 10.9.0.1 peer 10.9.0.2/32 dev tap0 scope link
        ip -n $a addr add fd00:9::1/64 dev tap0 valid_lft 900 preferred_lft 0
        ip -n $a addr add fd00:9::2/64 dev tap0 nodad noprefixroute
        $addresses = (Get-NetNamespaceInterface $a -InterfaceName tap0).AddressInfo
        $expected = (ip -n $a -j addr show tap0 | ConvertFrom-Json).addr_info
        $addresses | Should -HaveCount $expected.Count
        foreach ($one in $expected) {
            $found = $addresses | Where-Object IPAddress -EQ $one.local
            $found.PrefixLength | Should -Be $one.prefixlen
            $found.Scope | Should -Be $one.scope
            $found.PeerAddress | Should -Be $one.address
            $found.BroadcastAddress | Should -Be $one.broadcast
            foreach ($flag in 'tentative', 'deprecated', 'noprefixroute', 'nodad', 'dadfailed') {
                ($found.State -contains $flag) | Should -Be ([bool]$one.$flag) -Because "$flag of $($one.local)"
            }

            ($found.State -contains 'Permanent') | Should -Be ($one.valid_life_time -eq [uint]::MaxValue)
            if ($found.ValidLifetime) { [Math]::Abs($found.ValidLifetime.TotalSeconds - $one.valid_life_time) | Should -BeLessThan 60 }
        }

        ($addresses | Where-Object IPAddress -EQ fd00:9::1).State.ToString() | Should -Match 'Deprecated'
        ($addresses | Where-Object IPAddress -EQ fd00:9::1).IsUsable | Should -BeFalse -Because 'it is tentative: the interface is down'
        ($addresses | Where-Object IPAddress -EQ fd00:9::2).IsUsable | Should -BeTrue
        $addresses | Out-String -Width 100 | Should -Match 'fd00:9::1 .*Deprecated'
    }

    It 'knows the interface one rests on, in another namespace' -Tag T057 {
        ip -n $a link add mv0 link eth0 type macvlan 2> $null
        if ($LASTEXITCODE -ne 0) {
            Set-ItResult -Skipped -Because 'this kernel has no macvlan'
            return
        }

        ip -n $a link set mv0 netns $b
        $found = Get-NetNamespaceInterface $b -InterfaceName mv0
        $found.LowerInterfaceName, $found.LowerNamespace | Should -Be eth0, $a
        $found.LowerInterfaceIndex | Should -Be (ip -n $a -j link show eth0 | ConvertFrom-Json).ifindex
        $found.PeerInterfaceIndex | Should -BeNullOrEmpty
        $found | Out-String -Width 120 | Should -Match "on eth0@$($a.Substring(0, 8))"
        ip -n $b link delete mv0
    }

    It 'takes processes, paths and objects' {
        (Get-NetNamespaceInterface $process.Id).InterfaceName | Should -Be lo, near
        (Get-Process -Id $process.Id | Get-NetNamespaceInterface).InterfaceName | Should -Be lo, near
        (Get-NetNamespaceInterface "/proc/$($process.Id)/ns/net").InterfaceName | Should -Be lo, near
        (Get-Namespace Net -ProcessId $process.Id | Get-NetNamespaceInterface).InterfaceName | Should -Be lo, near
        (Get-NetNamespaceInterface -All).NamespaceInode | Should -Contain (Get-LinkInode $process.Id net)
    }

    It 'lists a namespace once, however often it is named' {
        Get-NetNamespaceInterface $a, $a, "$prefix-[a]" -InterfaceName lo | Should -HaveCount 1
    }

    It 'says so where a name is missing or a pattern is none' {
        { Get-NetNamespaceInterface $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        { Get-NetNamespaceInterface 'x[' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
        { Get-NetNamespaceInterface -InterfaceName 'x[' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
    }

    It 'says which names no interface has, and lists the others' -Tag T196 {
        $found = Get-NetNamespaceInterface $a -InterfaceName nosuch, lo, 'none*' -ErrorVariable failures -ErrorAction SilentlyContinue
        $found.InterfaceName | Should -Be 'lo'
        $failures.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,LinuxNamespaces.Commands.GetNetNamespaceInterfaceCommand'
        $failures.TargetObject | Should -Be 'nosuch'

        # Of several namespaces one that has it is enough.
        ip -n $a link add only0 type veth peer name only1
        (Get-NetNamespaceInterface $a, $b -InterfaceName only0 -ErrorAction Stop).Namespace | Should -Be $a
        ip -n $a link property add dev only0 altname only-by-another-name
        (Get-NetNamespaceInterface $a -InterfaceName only-by-another-name -ErrorAction Stop).InterfaceName | Should -Be 'only0'
        { Get-NetNamespaceInterface -All -InterfaceName nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'InterfaceNotFound,*' -ExpectedMessage '*in any of the * net namespaces*'
        ip -n $a link delete only0
    }

    It 'says what is not there or no net namespace' {
        { Get-NetNamespaceInterface "$prefix-none" -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
        { Get-NetNamespaceInterface 4194303 -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
        { Get-NetNamespaceInterface /etc/passwd -ErrorAction Stop } | Should -Throw -ErrorId 'NotANamespace,*'
        { Get-Namespace Uts -ProcessId $PID | Get-NetNamespaceInterface -ErrorAction Stop } | Should -Throw -ErrorId 'NotANetNamespace,*'
    }

    It 'is drawn by namespace' {
        $text = Get-NetNamespaceInterface $a, $b | Out-String -Width 120
        $text | Should -Match "Namespace: $a"
        $text | Should -Match "eth0 .* port1@$($hub.Substring(0, 8)).* 10\.0\.0\.1/24"
    }

    It 'is complete after remoting' {
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-NetNamespaceInterface $a -InterfaceName eth0), 1))
        $copy.Address | Should -Contain 10.0.0.1/24
        $copy.PeerNamespace | Should -Be $hub
    }
}
