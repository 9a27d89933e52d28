BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
}

Describe 'Connect-NetNamespace' -Skip:(-not $isRoot) {
    BeforeEach {
        $prefix = New-UniqueName
        $blue, $red = "$prefix-blue", "$prefix-red"
        ip netns add $blue
        ip netns add $red
        $before = ip -o link | Sort-Object
    }

    AfterEach {
        Remove-NetNamespace "$prefix*"
    }

    It 'joins two namespaces by interfaces that are up, with lo' {
        Connect-NetNamespace $blue $red -Address 10.0.0.1/24 -PeerAddress 10.0.0.2/24 | Should -BeNullOrEmpty
        (ip -n $blue -j addr | ConvertFrom-Json | Where-Object ifname -EQ veth0).addr_info.local | Should -Contain 10.0.0.1
        (ip -n $red -j addr | ConvertFrom-Json | Where-Object ifname -EQ veth0).addr_info.local | Should -Contain 10.0.0.2
        foreach ($name in $blue, $red) {
            foreach ($link in ip -n $name -j link | ConvertFrom-Json) { $link.flags | Should -Contain UP }
        }

        ip -o link | Sort-Object | Should -Be $before
    }

    It 'carries TCP both ways, version 4 and 6 at once' {
        Connect-NetNamespace $blue $red -Address 10.0.0.1/24, fd00::1/64 -PeerAddress 10.0.0.2/24, fd00::2/64
        Send-TcpEcho -From $blue -To $red -Address 10.0.0.2 -Text there | Should -Be there
        Send-TcpEcho -From $red -To $blue -Address 10.0.0.1 -Text back | Should -Be back
        Send-TcpEcho -From $blue -To $red -Address fd00::2 -Text six | Should -Be six
        Send-TcpEcho -From $red -To $blue -Address fd00::1 -Text xis | Should -Be xis
    }

    It 'sets names, MTU and hardware addresses' {
        Connect-NetNamespace $blue $red -InterfaceName to-red -PeerInterfaceName to-blue -Mtu 1400 -MacAddress 02:00:00:00:00:0a -PeerMacAddress 02-00-00-00-00-0B
        $link = ip -n $blue -j link show to-red | ConvertFrom-Json
        $link.mtu | Should -Be 1400
        $link.address | Should -Be '02:00:00:00:00:0a'
        $link = ip -n $red -j link show to-blue | ConvertFrom-Json
        $link.mtu | Should -Be 1400
        $link.address | Should -Be '02:00:00:00:00:0b'
    }

    It 'sets default gateways and routes of both sides, of both families' -Tag T001 {
        Connect-NetNamespace $blue $red -Address 10.0.0.1/24, fd00::1/64 -PeerAddress 10.0.0.2/24, fd00::2/64 -DefaultGateway 10.0.0.2, fd00::2 -PeerRoute ([ordered]@{ '10.9.0.0/16' = '10.0.0.1'; '10.8.0.0/16' = $null; 'default' = '10.0.0.1' })
        ip -n $blue route | Should -Contain 'default via 10.0.0.2 dev veth0 '
        (ip -n $blue -6 route) -match '^default via fd00::2 dev veth0' | Should -HaveCount 1
        ip -n $red route | Should -Contain '10.9.0.0/16 via 10.0.0.1 dev veth0 '
        ip -n $red route | Should -Contain '10.8.0.0/16 dev veth0 scope link '
        ip -n $red route | Should -Contain 'default via 10.0.0.1 dev veth0 '
    }

    It 'takes the first free names, several times' {
        Connect-NetNamespace $blue $red -Address 10.0.0.1/24
        Connect-NetNamespace $blue $red -Address 10.0.1.1/24
        ip -n $blue -br link | Should -HaveCount 3
        (Get-NetNamespaceInterface $red).InterfaceName | Should -Be lo, veth0, veth1
    }

    It 'is the same state when it is called twice: <Case>' -Tag T002 -ForEach @(
        @{ Case = 'no names'; Arguments = @{} }
        @{ Case = 'addresses'; Arguments = @{ Address = '10.0.0.1/24', 'fd00::1/64'; PeerAddress = '10.0.0.2/24'; DefaultGateway = '10.0.0.2'; PeerRoute = @{ '10.9.0.0/16' = '10.0.0.1' } } }
        @{ Case = 'names'; Arguments = @{ InterfaceName = 'eth0'; PeerInterfaceName = 'port'; Mtu = 1400; MacAddress = '02:00:00:00:00:01' } }
        @{ Case = 'a bridge'; Arguments = @{ Bridge = 'br0'; Address = '10.0.0.1/24'; PeerAddress = '10.0.0.254/24' } }
    ) {
        Connect-NetNamespace $blue $red @Arguments
        $state = { foreach ($name in $blue, $red) { ip -n $name -o link | ForEach-Object { $_ -replace 'state \w+' -replace 'qdisc \w+' -replace '<\S+>' }; ip -n $name -4 -o addr; ip -n $name -4 route | ForEach-Object { $_ -replace ' linkdown' } } }
        $first = & $state
        Connect-NetNamespace $blue $red @Arguments -ErrorAction Stop
        (& $state) -join "`n" | Should -Be ($first -join "`n")
    }

    It 'completes what is there' {
        Connect-NetNamespace $blue $red -InterfaceName eth0 -PeerInterfaceName port
        ip -n $blue link set eth0 down
        $ends = Connect-NetNamespace $blue $red -InterfaceName eth0 -PeerInterfaceName port -Address 10.0.0.1/24 -PeerAddress 10.0.0.2/24 -Mtu 1400 -PeerRoute @{ '10.9.0.0/16' = '10.0.0.1' } -PassThru
        $ends.Mtu | Should -Be 1400, 1400
        $ends.IsUp | Should -Be $true, $true
        Send-TcpEcho -From $blue -To $red -Address 10.0.0.2 | Should -Be hello
        ip -n $red route | Should -Contain '10.9.0.0/16 via 10.0.0.1 dev port '
    }

    It 'takes processes, paths and what has no name, and parts them again' -Tag T003 {
        $process = Start-Process unshare -ArgumentList '-n', 'sleep', '300' -PassThru
        try {
            Wait-Condition { (Get-LinkInode $process.Id net) -ne (Get-LinkInode $PID net) }
            foreach ($target in $process.Id, "/proc/$($process.Id)/ns/net", "net:[$(Get-LinkInode $process.Id net)]", (Get-Namespace Net -ProcessId $process.Id)) {
                $ends = Connect-NetNamespace $target $blue -Address 10.0.0.1/24 -PassThru
                $ends.Namespace | Should -Be "net:[$(Get-LinkInode $process.Id net)]", $blue
            }

            # The same each time.
            (nsenter -t $process.Id -n ip -br link) | Should -HaveCount 2
            Get-Process -Id $process.Id | Connect-NetNamespace -PeerName $red
            Get-Process -Id $process.Id | Disconnect-NetNamespace -PeerName $red
            Disconnect-NetNamespace $process.Id $blue
            (nsenter -t $process.Id -n ip -br link) | Should -HaveCount 1
        }
        finally {
            $process.Kill()
        }
    }

    It 'connects what is piped where that has no name, and never the host in its place' -Tag T246 {
        $process = New-NamespaceProcess -Type Net sleep 60
        try {
            Get-Namespace -ProcessId $process.Id -Type Net | Connect-NetNamespace -PeerName $red -InterfaceName pipe0 -PeerInterfaceName pipe1
            nsenter -t $process.Id -n ip -o link show pipe0 | Should -Not -BeNullOrEmpty
            ip -n $red -o link show pipe1 | Should -Not -BeNullOrEmpty
            Get-Namespace -ProcessId $process.Id -Type Net | Disconnect-NetNamespace -PeerName $red
            ip -n $red -o link | Should -HaveCount 1
            foreach ($line in '$null | Connect-NetNamespace -PeerName $red', 'Connect-NetNamespace -Name $null -PeerName $red', 'Connect-NetNamespace $red $null', 'Disconnect-NetNamespace $null $red', '[pscustomobject]@{ Name = $null } | Connect-NetNamespace -PeerName $red') {
                { & ([scriptblock]::Create("$line -ErrorAction Stop")) } | Should -Throw -Because $line
            }

            ip -n $red -o link | Should -HaveCount 1
            ip -o link | Sort-Object | Should -Be $before
        }
        finally {
            $process | Stop-Process
        }
    }

    It 'tells its plan step by step' -Tag T004 {
        $steps = Connect-NetNamespace $blue $red -Bridge br0 -Address 10.0.0.1/24 -PeerAddress 10.0.0.254/24 -DefaultGateway 10.0.0.254 -Verbose 4>&1 | ForEach-Object Message
        $steps = $steps | Where-Object { $_ -notmatch 'Performing the operation' }
        $steps[0] | Should -Be "Make the bridge br0 in $red and switch it on."
        $steps | Should -Contain "Give br0 in $red the address 10.0.0.254/24."
        $steps | Should -Contain "Add the route default via 10.0.0.254 in $blue."
        $pwsh = [Environment]::ProcessPath
        $shown = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Connect-NetNamespace $blue $red -Bridge br0 -Address 10.0.0.1/24 -WhatIf; Disconnect-NetNamespace $blue $red -WhatIf"
        "$shown" | Should -Match "Keep the veth pair that is there: veth0 in $blue, veth0 in $red"
        "$shown" | Should -Match "Remove the bridge br0 in $red"
        (ip -n $blue -br link) | Should -HaveCount 2
    }

    It 'writes both interfaces with -PassThru' {
        $ends = Connect-NetNamespace $blue $red -Address 10.0.0.1/24 -PassThru
        $ends.Namespace | Should -Be $blue, $red
        $ends[0].PeerNamespace | Should -Be $red
        $ends[0].Address | Should -Contain 10.0.0.1/24
    }

    It 'joins a namespace and the host where a side is left out' {
        $hostEnd = 'v' + $prefix.Substring($prefix.Length - 8)
        Connect-NetNamespace $blue -PeerInterfaceName $hostEnd -Address 192.168.213.1/30 -PeerAddress 192.168.213.2/30
        try {
            (ip -j addr show $hostEnd | ConvertFrom-Json).addr_info.local | Should -Contain 192.168.213.2
            Send-TcpEcho -To $blue -Address 192.168.213.1 | Should -Be hello
            Send-TcpEcho -From $blue -Address 192.168.213.2 -Text host | Should -Be host
        }
        finally {
            Disconnect-NetNamespace $blue
        }

        ip -o link | Sort-Object | Should -Be $before
    }

    It 'puts the other side under a bridge, made where it is missing' {
        ip netns add "$prefix-hub"
        Connect-NetNamespace $blue "$prefix-hub" -Bridge br0 -Address 10.1.0.1/24 -PeerAddress 10.1.0.254/24
        Connect-NetNamespace $red "$prefix-hub" -Bridge br0 -Address 10.1.0.2/24 -PeerAddress 10.1.0.254/24
        $links = ip -n "$prefix-hub" -j -d link | ConvertFrom-Json
        ($links | Where-Object ifname -EQ br0).linkinfo.info_kind | Should -Be bridge
        ($links | Where-Object master -EQ br0) | Should -HaveCount 2
        Send-TcpEcho -From $blue -To $red -Address 10.1.0.2 | Should -Be hello
        Send-TcpEcho -From $blue -To "$prefix-hub" -Address 10.1.0.254 | Should -Be hello
        (Get-NetNamespaceInterface "$prefix-hub" -InterfaceName veth*).Master | Should -Be br0, br0
    }

    Context 'All or nothing' {
        It 'leaves nothing where <text>' -ForEach @(
            @{ text = 'the name of an interface is taken'; id = 'InterfaceExists'; arguments = @{ InterfaceName = 'lo' } }
            @{ text = 'the name of the other interface is taken'; id = 'InterfaceExists'; arguments = @{ PeerInterfaceName = 'lo' } }
            @{ text = 'a gateway is out of reach'; id = 'GatewayUnreachable'; arguments = @{ DefaultGateway = '10.99.0.1' } }
            @{ text = 'the last route of the other side fails'; id = 'GatewayUnreachable'; arguments = @{ Address = '10.0.0.1/24'; PeerAddress = '10.0.0.2/24'; PeerRoute = @{ '10.5.0.0/16' = '10.77.0.1' } } }
            @{ text = 'an address is given twice'; id = 'SystemCallFailed'; arguments = @{ Address = '10.0.0.1/24', '10.0.0.1/24' } }
            @{ text = 'the bridge is none'; id = 'NotABridge'; arguments = @{ Bridge = 'lo' } }
            @{ text = 'an address on a new bridge fails'; id = 'GatewayUnreachable'; arguments = @{ Bridge = 'br0'; PeerAddress = '10.0.0.2/24'; PeerDefaultGateway = '10.77.0.1' } }
            @{ text = 'an address is none'; id = 'InvalidAddress'; arguments = @{ Address = '10.0.0.256/24' } }
            @{ text = 'a route is none'; id = 'InvalidRoute'; arguments = @{ Route = @{ '10.0.0.1/24' = '10.0.0.2' } } }
            @{ text = 'a hardware address is that of a group'; id = 'InvalidAddress'; arguments = @{ MacAddress = '01:00:00:00:00:01' } }
            @{ text = 'an interface name is too long'; id = 'InvalidInterfaceName'; arguments = @{ InterfaceName = 'sixteen-letters-' } }
        ) {
            $problem = { Connect-NetNamespace $blue $red @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$id,*" -PassThru
            $problem.CategoryInfo.Category | Should -Not -Be NotSpecified
            foreach ($name in $blue, $red) {
                ip -n $name -br link | Should -HaveCount 1
                ip -n $name -br link | Should -Match '^lo +DOWN'
                ip -n $name route show table all | Should -BeNullOrEmpty
            }

            ip -o link | Sort-Object | Should -Be $before
        }

        It 'takes nothing from a bridge that was there' {
            ip -n $red link add br0 type bridge
            ip -n $red addr add 10.1.0.254/24 dev br0
            { Connect-NetNamespace $blue $red -Bridge br0 -PeerAddress 10.1.0.254/24, 10.2.0.1/24 -PeerRoute ([ordered]@{ '10.6.0.0/16' = '10.1.0.1'; '10.5.0.0/16' = '10.77.0.1' }) -ErrorAction Stop } | Should -Throw -ErrorId 'GatewayUnreachable,*'
            $bridge = ip -n $red -j addr show br0 | ConvertFrom-Json
            $bridge.addr_info.local | Should -Be 10.1.0.254
            $bridge.flags | Should -Not -Contain UP
            ip -n $red -br link | Should -HaveCount 2
        }
    }

    It 'refuses nothing at all for -<_>' -ForEach Address, PeerAddress, DefaultGateway, PeerDefaultGateway, Route, PeerRoute {
        $nothing = @{ $_ = $null }
        { Connect-NetNamespace $blue $red @nothing } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
    }

    It 'says which namespace is not there, and that one is needed' {
        { Connect-NetNamespace $blue "$prefix-none" -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
        { Connect-NetNamespace } | Should -Throw -ErrorId 'NoNetNamespaceGiven,*'
    }

    It 'names the capability that an ordinary user lacks at the other end' -Tag T197 {
        $said = Invoke-AsUser @'
            $process = New-NamespaceProcess -MapRootUser -Type Net sleep 60
            foreach ($try in { Connect-NetNamespace $process -InterfaceName e0 -ErrorAction Stop }, { Set-NetNamespaceInterface -InterfaceName lo -Mtu 1300 -ErrorAction Stop },
                { New-NetNamespaceInterface -Kind Dummy -InterfaceName d0 -ErrorAction Stop }, { Add-NetNamespaceRoute -Destination 10.77.0.0/16 -InterfaceName lo -ErrorAction Stop }) {
                try { & $try } catch { "$($_.FullyQualifiedErrorId -replace ',.*') $($_.CategoryInfo.Category) $($_.Exception.Message) $($_.ErrorDetails.RecommendedAction)" }
            }
            Stop-Process $process.Id
'@
        $said | Should -HaveCount 4
        $said | Should -BeLike 'NetChangeDenied PermissionDenied *CAP_NET_ADMIN*Run as root*'
    }

    It 'changes nothing with -WhatIf' {
        Connect-NetNamespace $blue $red -WhatIf
        ip -n $blue -br link | Should -HaveCount 1
    }
}
