# Whole stories with named net namespaces: the tutorial's, those of the Linux Test Project in our words, and a crowd.
BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
}

Describe 'Net namespace scenarios' -Skip:(-not $isRoot) {
    BeforeEach {
        $prefix = New-UniqueName
        $before = ip -o link | Sort-Object
    }

    AfterEach {
        Remove-NetNamespace "$prefix*"
        ip -o link | Sort-Object | Should -Be $before
    }

    It 'A7: a fresh namespace has lo alone, down; brought up and given an address it is seen from outside' {
        $ns = New-NetNamespace "$prefix-a"
        $lo = $ns | Get-NetNamespaceInterface
        $lo.InterfaceName | Should -Be lo
        $lo.IsUp | Should -BeFalse
        $lo.Address | Should -BeNullOrEmpty

        $null = New-NetNamespace "$prefix-b" -LoopbackUp
        (Get-NetNamespaceInterface "$prefix-b").IsUp | Should -BeTrue
        Connect-NetNamespace "$prefix-a" "$prefix-b" -Address 192.168.1.1/24
        (Get-NetNamespaceInterface "$prefix-a" -InterfaceName veth0).Address | Should -Contain 192.168.1.1/24
        ip netns exec "$prefix-a" ip -br addr | Out-String | Should -Match '192\.168\.1\.1/24'
    }

    It 'A11: two namespaces joined by a veth pair talk both ways' -Tag T091 {
        $null = New-NetNamespace "$prefix-blue", "$prefix-red"
        Connect-NetNamespace "$prefix-blue" "$prefix-red" -Address 10.0.0.1/24 -PeerAddress 10.0.0.2/24
        Send-TcpEcho -From "$prefix-blue" -To "$prefix-red" -Address 10.0.0.2 -Text 'to red' | Should -Be 'to red'
        Send-TcpEcho -From "$prefix-red" -To "$prefix-blue" -Address 10.0.0.1 -Text 'to blue' | Should -Be 'to blue'
    }

    It 'B3: a chain of three with routes, of names made here and by ip' {
        $left, $middle, $right = "$prefix-left", "$prefix-middle", "$prefix-right"
        $null = New-NetNamespace $left, $right
        ip netns add $middle
        ip netns exec $middle sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
        Connect-NetNamespace $left $middle -Address 10.1.0.1/24 -PeerAddress 10.1.0.254/24 -DefaultGateway 10.1.0.254
        Connect-NetNamespace $right $middle -Address 10.2.0.1/24 -PeerAddress 10.2.0.254/24 -Route @{ '10.1.0.0/24' = '10.2.0.254' }
        Send-TcpEcho -From $left -To $right -Address 10.2.0.1 -Text across | Should -Be across
        Send-TcpEcho -From $right -To $left -Address 10.1.0.1 -Text back | Should -Be back
        (Get-NetNamespaceInterface $middle -InterfaceName veth*).PeerNamespace | Should -Be $left, $right

        Disconnect-NetNamespace $right $middle
        ip netns exec $left (Get-Helper echo) send 10.2.0.1 7777 gone 2> $null | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Not -Be 0
        ip netns delete $left
        Remove-NetNamespace $middle, $right
        Get-NetNamespace "$prefix*" | Should -BeNullOrEmpty
    }

    It 'B3: four around a bridge, each with each' {
        $hub = "$prefix-hub"
        $ends = 1..4 | ForEach-Object { "$prefix-$_" }
        $null = New-NetNamespace (@($hub) + $ends)
        foreach ($number in 1..4) {
            Connect-NetNamespace $ends[$number - 1] $hub -Bridge br0 -Address "10.3.0.$number/24"
        }

        foreach ($from in 1..4) {
            foreach ($to in 1..4 -ne $from) {
                Send-TcpEcho -From $ends[$from - 1] -To $ends[$to - 1] -Address "10.3.0.$to" -Text "$from-$to" | Should -Be "$from-$to"
            }
        }

        (Get-NetNamespaceInterface $hub -InterfaceName veth*).PeerNamespace | Should -Be $ends
        $ends | ForEach-Object { Disconnect-NetNamespace $_ $hub }
        (Get-NetNamespaceInterface $hub).InterfaceName | Should -Be lo
    }

    It 'B6: a service is tested in a throwaway namespace, on a port the host does not see' {
        $ns = New-NetNamespace "$prefix-service" -LoopbackUp
        try {
            Send-TcpEcho -From $ns.Name -To $ns.Name -Address 127.0.0.1 -Text 'GET /health' | Should -Be 'GET /health'
            $start = [Diagnostics.ProcessStartInfo]::new('ip', [string[]]('netns', 'exec', $ns.Name, (Get-Helper echo), 'listen', '127.0.0.1', '7778'))
            $start.RedirectStandardOutput = $true
            $service = [Diagnostics.Process]::Start($start)
            $service.StandardOutput.ReadLine() | Should -Be ready
            & (Get-Helper echo) send 127.0.0.1 7778 outside 2> $null | Should -BeNullOrEmpty
            $LASTEXITCODE | Should -Be 1
            (Get-NetNamespace $ns.Name).ProcessId | Should -Be $service.Id
            $service.Kill()
        }
        finally {
            $ns | Remove-NetNamespace
        }
    }
}

Describe 'What the Linux Test Project asks of net namespaces' -Skip:(-not $isRoot) {
    BeforeEach {
        $prefix = New-UniqueName
        $one, $two = "$prefix-1", "$prefix-2"
        $null = New-NetNamespace $one, $two
        Connect-NetNamespace $one $two -InterfaceName first -PeerInterfaceName second -Address 10.0.0.1/24 -PeerAddress 10.0.0.2/24
    }

    AfterEach {
        Remove-NetNamespace "$prefix*"
    }

    # netns_breakns.sh: by netlink and by ioctl.
    It 'breakns: a device of another namespace cannot be configured' {
        ip netns exec $one ip addr add 10.0.0.99/24 dev second 2> $null
        $LASTEXITCODE | Should -Not -Be 0
        ip netns exec $one busybox ifconfig second 10.0.0.99 2> $null
        $LASTEXITCODE | Should -Not -Be 0
        ip netns exec $one ip link set second down 2> $null
        $LASTEXITCODE | Should -Not -Be 0
        (Get-NetNamespaceInterface $two -InterfaceName second).Address | Should -Not -Contain '10.0.0.99/24'
        (Get-NetNamespaceInterface $two -InterfaceName second).IsUp | Should -BeTrue
    }

    # netns_netlink.c: a listener in a namespace sees its own devices, one outside does not.
    It 'netlink: a device is announced in its own namespace alone' {
        $files = 1..2 | ForEach-Object { Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName) }
        $inside = Start-Process ip 'netns', 'exec', $one, 'ip', 'monitor', 'link' -PassThru -RedirectStandardOutput $files[0]
        $outside = Start-Process ip 'monitor', 'link' -PassThru -RedirectStandardOutput $files[1]
        try {
            # Each listens once it has told of a device of its own namespace.
            Wait-Condition {
                ip tuntap add dev "mark-$PID" mode tap
                ip tuntap del dev "mark-$PID" mode tap
                (Get-Content $files[1] -Raw) -match "Deleted .*mark-$PID"
            }
            Wait-Condition {
                ip -n $one tuntap add dev "tap-$PID" mode tap
                ip -n $one tuntap del dev "tap-$PID" mode tap
                (Get-Content $files[0] -Raw) -match "Deleted .*tap-$PID"
            }
            Get-Content $files[0] | Where-Object { $_ -notlike 'Deleted*' } | Out-String | Should -Match "tap-$PID"
            Get-Content $files[1] -Raw | Should -Not -Match "tap-$PID"
        }
        finally {
            $inside.Kill()
            $outside.Kill()
            Remove-Item $files
        }
    }

    # netns_comm.sh: over the veth pair and over lo.
    It 'comm: namespaces talk over their pair, and each to itself over lo' {
        Send-TcpEcho -From $one -To $two -Address 10.0.0.2 | Should -Be hello
        Send-TcpEcho -From $two -To $one -Address 10.0.0.1 | Should -Be hello
        Send-TcpEcho -From $one -To $one -Address 127.0.0.1 | Should -Be hello
        Send-TcpEcho -From $two -To $two -Address ::1 | Should -Be hello
    }

    # netns_sysfs.sh, with veth instead of dummy devices.
    It 'sysfs: /sys/class/net shows the namespace''s own devices' {
        ip netns exec $one ls /sys/class/net | Should -Be first, lo
        ip netns exec $two ls /sys/class/net | Should -Be lo, second
        Get-ChildItem /sys/class/net -Name | Should -Not -Contain first
    }
}

Describe 'Many at once' -Skip:(-not $isRoot) {
    It 'eight runspaces make and remove 400 names, mixed with ip, and nothing is lost, left or nested' {
        $prefix = New-UniqueName
        $made = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
            Import-Module $using:ModulePath
            $number = 0
            while (++$number -le 50) {
                $name = "$using:prefix-$_-$number"
                if ($number % 5 -eq 0) {
                    ip netns add $name
                    $name
                }
                else {
                    (New-NetNamespace $name).Name
                }
            }
        }
        $made | Should -HaveCount 400
        $all = Get-NetNamespace "$prefix*"
        $all | Should -HaveCount 400
        $all.Inode | Sort-Object -Unique | Should -HaveCount 400
        $mounts = Get-NetNamespaceMount "$prefix*"
        $mounts | Should -HaveCount 400
        $mounts | Sort-Object -Unique | Should -HaveCount 400
        @(Get-Content /proc/self/mountinfo | Where-Object { ($_ -split ' ')[4] -eq '/run/netns' }) | Should -HaveCount 1

        $problems = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
            Import-Module $using:ModulePath
            $number = 0
            while (++$number -le 50) {
                $name = "$using:prefix-$_-$number"
                if ($number % 7 -eq 0) {
                    ip netns delete $name 2>&1
                }
                else {
                    Remove-NetNamespace $name 2>&1
                }
            }
        }
        $problems | Should -BeNullOrEmpty
        Get-NetNamespaceMount "$prefix*" | Should -BeNullOrEmpty
        Get-ChildItem "/run/netns/$prefix*" | Should -BeNullOrEmpty
    }

    It 'eight runspaces that begin where there is no directory mount it once' {
        $output = Invoke-WithPrivateRun @"
`$made = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel { Import-Module '$ModulePath'; foreach (`$number in 1..5) { if (`$number % 2) { (New-NetNamespace "n`$_-`$number").Name } else { ip netns add "n`$_-`$number"; 'ip' } } }
"made: `$(`$made.Count)"
`$mounts = Get-Content /proc/self/mountinfo | ForEach-Object { (`$_ -split ' ')[4] }
"directory: `$(@(`$mounts -eq '/run/netns').Count)"
"names: `$(@(`$mounts -like '/run/netns/*').Count)"
"listed: `$(@(Get-NetNamespace).Count)"
Remove-NetNamespace *
"left: `$(@(Get-ChildItem /run/netns).Count)"
"@
        $output | Should -Contain 'made: 40'
        $output | Should -Contain 'names: 40'
        $output | Should -Contain 'listed: 40'
        $output | Should -Contain 'left: 0'
        $output | Should -Contain 'directory: 1'
    }
}
