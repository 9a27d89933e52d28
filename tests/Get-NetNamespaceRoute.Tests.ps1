BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1

    # Rows of ip and of the module in one form.
    function Get-IpRouteRow {
        param([string] $Name)
        $prefix = @(if ($Name) { '-n', $Name })
        foreach ($family in '-4', '-6') {
            ip @prefix $family -j route show table all | ConvertFrom-Json | ForEach-Object {
                $table = $_.table ?? 'main'
                $hops = ($_.nexthops | Where-Object { $_ } | ForEach-Object { "$($_.gateway)@$($_.dev)*$($_.weight)" }) -join ','
                $destination = $_.dst -eq 'default' -or $_.dst -match '/' ? $_.dst : "$($_.dst)/$($family -eq '-4' ? 32 : 128)"
                "$destination|$($_.gateway ?? $_.via.host)|$($_.dev)|$hops|$($_.metric)|$table|$($_.type ?? 'unicast')|$($_.protocol ?? 'boot')|$($_.prefsrc)|$($_.pref)|$(($_.flags | Sort-Object) -join ',')"
            }
        }
    }

    function Get-OwnRouteRow {
        param([Parameter(ValueFromPipeline)] $Route)
        process {
            $hops = ($Route.NextHop | ForEach-Object { "$($_.Gateway)@$($_.InterfaceName)*$($_.Weight)" }) -join ','
            $flags = ("$($Route.Flags)".ToLower() -split ', ' | Where-Object { $_ -ne 'none' } | Sort-Object) -join ','
            "$($Route.Destination)|$($Route.Gateway)|$($Route.InterfaceName)|$hops|$($Route.Metric)|$($Route.Table)|$("$($Route.Type)".ToLower())|$("$($Route.Protocol)".ToLower())|$($Route.PreferredSource)|$($Route.Preference)|$flags"
        }
    }

    function Get-IpRuleRow {
        param([string] $Name)
        foreach ($family in '-4', '-6') {
            ip -n $Name $family -j rule show 2> $null | ConvertFrom-Json | ForEach-Object {
                $source = $_.src -eq 'all' ? 'all' : "$($_.src)/$($_.srclen ?? ($family -eq '-4' ? 32 : 128))"
                $destination = $_.dst ? "$($_.dst)/$($_.dstlen ?? ($family -eq '-4' ? 32 : 128))" : 'all'
                "$family $($_.priority) $source $destination $($_.iif) $($_.fwmark) $($_.table ?? $_.action ?? $_.goto)"
            }
        }
    }
}

Describe 'Get-NetNamespaceRoute' -Tag Fast {
    It 'lists the routes of this namespace without any target, as ip does' {
        # Others may make routes meanwhile: those over lo do not change.
        $own = Get-NetNamespaceRoute -InterfaceName lo | Get-OwnRouteRow | Sort-Object
        $own | Should -Be (Get-IpRouteRow | Where-Object { $_ -match '^[^|]*\|[^|]*\|lo\|' } | Sort-Object)
        $own.Count | Should -BeGreaterThan 2
    }
}

Describe 'Get-NetNamespaceRoute of a lab' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        $prefix = New-UniqueName
        $a, $b, $c = "$prefix-a", "$prefix-b", "$prefix-c"
        foreach ($name in $a, $b, $c) {
            ip netns add $name
            ip -n $name link set lo up
        }

        # A chain of three.
        ip link add eth0 netns $a type veth peer name left netns $b
        ip link add right netns $b type veth peer name eth0 netns $c
        foreach ($end in @($a, 'eth0', '10.1.0.1/24'), @($b, 'left', '10.1.0.2/24'), @($b, 'right', '10.2.0.2/24'), @($c, 'eth0', '10.2.0.1/24')) {
            ip -n $end[0] addr add $end[2] dev $end[1]
            ip -n $end[0] addr add ($end[2] -replace '10\.(\d)\.0\.(\d)/24', 'fd00:$1::$2/64') dev $end[1] nodad
            ip -n $end[0] link set $end[1] up
        }

        ip -n $a route add default via 10.1.0.2
        ip -n $a -6 route add default via fd00:1::2 pref high
        ip -n $a route add 10.7.0.0/16 via 10.1.0.2 metric 77 mtu 1300 src 10.1.0.1
        ip -n $a route add 10.8.0.0/16 via 10.1.0.2 table 1234 proto static
        ip -n $a route add blackhole 10.9.0.0/16
        ip -n $a -6 route add unreachable fd00:9::/64
        ip -n $b route add 10.6.0.0/16 nexthop via 10.1.0.1 dev left weight 2 nexthop via 10.2.0.1 dev right weight 5
        ip -n $a route add 10.5.0.0/16 via inet6 fd00:1::2 dev eth0
        ip -n $a rule add from 10.1.0.0/24 to 10.8.0.0/16 fwmark 0x7 iif eth0 lookup 1234 priority 500
        ip -n $a -6 rule add from fd00::/16 blackhole priority 600

        # The state of neighbours and of link-local addresses settles first.
        Wait-Condition { (ip -n $a -j addr show eth0 | ConvertFrom-Json).addr_info.Where{ $_.tentative }.Count -eq 0 -and (ip -n $b -j addr show | ConvertFrom-Json).addr_info.Where{ $_.tentative }.Count -eq 0 }
        ip netns exec $a python3 -c "import socket; s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'x', ('10.1.0.2', 9)); s=socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.sendto(b'x', ('fd00:1::2', 9))"
        Wait-Condition { (ip -n $a -j neigh show | ConvertFrom-Json | Where-Object { $_.dst -in '10.1.0.2', 'fd00:1::2' -and $_.lladdr }).Count -eq 2 }
        ip -n $a neigh add 10.1.0.77 lladdr 02:00:00:00:00:77 dev eth0 nud permanent
        ip -n $a neigh add proxy 10.1.0.88 dev eth0
    }

    AfterAll {
        foreach ($name in $a, $b, $c) { ip netns delete $name }
    }

    It 'agrees with ip on all tables and both families, in a chain of three' -Tag T058 {
        foreach ($name in $a, $b, $c) {
            $own = @(Get-NetNamespaceRoute $name)
            ($own | Get-OwnRouteRow | Sort-Object) -join "`n" | Should -Be ((Get-IpRouteRow $name | Sort-Object) -join "`n") -Because $name
            $own.Namespace | Select-Object -Unique | Should -Be $name
        }
    }

    It 'knows what a route has beside its gateway' {
        $found = Get-NetNamespaceRoute $a | Where-Object Destination -EQ 10.7.0.0/16
        $found.Metric, $found.Mtu, $found.PreferredSource, $found.Protocol, $found.Scope | Should -Be 77, 1300, '10.1.0.1', 'Boot', 'Global'
        (Get-NetNamespaceRoute $a | Where-Object Destination -EQ 10.8.0.0/16).TableId | Should -Be 1234
        (Get-NetNamespaceRoute $a -Table 1234).Protocol | Should -Be Static
        (Get-NetNamespaceRoute $b | Where-Object Destination -EQ 10.6.0.0/16).NextHop.Weight | Should -Be 2, 5
        (Get-NetNamespaceRoute $a | Where-Object Destination -EQ 10.9.0.0/16).Type | Should -Be Blackhole
    }

    It 'takes tables, interfaces and families' {
        (Get-NetNamespaceRoute $a -Table ma*).Table | Select-Object -Unique | Should -Be main
        (Get-NetNamespaceRoute $a -Table 254, 255).Table | Sort-Object -Unique | Should -Be local, main
        (Get-NetNamespaceRoute $b -InterfaceName left).InterfaceName | Select-Object -Unique | Should -BeIn left, $null
        (Get-NetNamespaceRoute $a -AddressFamily IPv6).AddressFamily | Select-Object -Unique | Should -Be IPv6
        { Get-NetNamespaceRoute $a -Table 'x[' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
    }

    It 'lists rules as ip does' -Tag T059 {
        $own = Get-NetNamespaceRoute $a -Rule | ForEach-Object {
            $mark = if ($null -ne $_.Mark) { '0x{0:x}' -f $_.Mark }
            "$($_.AddressFamily -eq 'IPv4' ? '-4' : '-6') $($_.Priority) $($_.Source) $($_.Destination) $($_.InputInterface) $mark $($_.Table ?? "$($_.Action)".ToLower())"
        }
        $theirs = Get-IpRuleRow $a
        ($own | Sort-Object) -join "`n" | Should -Be (($theirs | Sort-Object) -join "`n")
        $own.Count | Should -BeGreaterThan 5
        (Get-NetNamespaceRoute $a -Rule -AddressFamily IPv6 -Table main).Priority | Should -Be 32766
        Get-NetNamespaceRoute $a -Rule | Out-String -Width 100 | Should -Match '500 10\.1\.0\.0/24 +10\.8\.0\.0/16 +iif eth0 mark 0x7 +lookup 1234'
    }

    It 'lists neighbours as ip does' -Tag T060 {
        $theirs = ip -n $a -j neigh show | ConvertFrom-Json
        $own = Get-NetNamespaceNeighbor $a | Where-Object IsProxy -EQ $false
        $own.IPAddress | Sort-Object | Should -Be ($theirs.dst | Sort-Object)
        foreach ($one in $theirs) {
            $found = $own | Where-Object IPAddress -EQ $one.dst
            $found.MacAddress | Should -Be $one.lladdr
            $found.InterfaceName | Should -Be $one.dev
            if ($one.dst -eq '10.1.0.77') { "$($found.State)", "$($one.state)" | Should -Be Permanent, PERMANENT }
        }

        (Get-NetNamespaceNeighbor $a | Where-Object IsProxy).IPAddress | Should -Be 10.1.0.88
        (Get-NetNamespaceNeighbor $a | Where-Object IPAddress -EQ fd00:1::2).MacAddress | Should -Be (ip -n $b -j link show left | ConvertFrom-Json).address
        (Get-NetNamespaceNeighbor $a | Where-Object IPAddress -EQ 10.1.0.2).SinceUpdated | Should -BeLessThan ([TimeSpan]::FromMinutes(10))
    }

    It 'takes states, interfaces and families of neighbours' {
        (Get-NetNamespaceNeighbor $a -State Permanent).IPAddress | Should -Be 10.1.0.77
        Get-NetNamespaceNeighbor $a -InterfaceName lo | Should -BeNullOrEmpty
        (Get-NetNamespaceNeighbor $a -AddressFamily IPv6).AddressFamily | Select-Object -Unique | Should -Be IPv6
        (Get-NetNamespaceNeighbor $a -State NoArp).State | Select-Object -Unique | Should -Be NoArp
        Get-NetNamespaceNeighbor $a -State NoArp | Should -HaveCount @(ip -n $a -j neigh show nud noarp | ConvertFrom-Json).Count
    }

    It 'asks every namespace of the machine at once' {
        (Get-NetNamespaceRoute -All | Where-Object Destination -EQ 10.8.0.0/16 | Where-Object Namespace -EQ $a) | Should -HaveCount 1
        (Get-NetNamespaceNeighbor -All | Where-Object IPAddress -EQ 10.1.0.77 | Where-Object Namespace -EQ $a) | Should -HaveCount 1
        (Get-NetNamespace "$prefix*" | Get-NetNamespaceRoute).Namespace | Select-Object -Unique | Should -HaveCount 3
    }

    It 'is drawn by namespace' {
        Get-NetNamespaceRoute $a -Table main | Out-String -Width 100 | Should -Match "(?s)Namespace: $a.*default +10\.1\.0\.2 +eth0 +main +Unicast +Boot"
        Get-NetNamespaceNeighbor $a | Out-String -Width 100 | Should -Match '10\.1\.0\.77 +02:00:00:00:00:77 eth0 +Permanent'
        "$(Get-NetNamespaceRoute $a -Table main -AddressFamily IPv4 | Where-Object Destination -EQ default)" | Should -Be 'default via 10.1.0.2 dev eth0'
    }

    It 'says what is not there' {
        { Get-NetNamespaceRoute "$prefix-none" -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
        { Get-NetNamespaceNeighbor /proc/self/ns/uts -ErrorAction Stop } | Should -Throw -ErrorId 'NotANetNamespace,*'
    }
}
