# A way out for a net namespace. Everything happens in net namespaces of the test's own: one is the host, in which a PowerShell runs the cmdlets, and one is the
# world beyond it, with a listener. nft, ip and a TCP connection are the oracle.
BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $env:PATH += ':/usr/sbin:/sbin'
    $hasNft = [bool](Get-Command nft -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
}

Describe 'Connect-NetNamespace -Internet' -Skip:(-not $isRoot -or -not $hasNft) {
    BeforeAll {
        $prefix = New-UniqueName
        $hub, $world, $a, $b = "$prefix-hub", "$prefix-world", "$prefix-a", "$prefix-b"
        foreach ($name in $hub, $world, $a, $b) {
            ip netns add $name
            ip -n $name link set lo up
        }

        # The world knows the host's address and no other: what is not masqueraded gets no answer.
        ip -n $hub link add up0 type veth peer name down0 netns $world
        ip -n $hub addr add 192.0.2.2/24 dev up0
        ip -n $world addr add 192.0.2.1/24 dev down0
        ip -n $hub link set up0 up
        ip -n $world link set down0 up
        ip -n $hub route add default via 192.0.2.1

        # Somebody else's tables, and a route that lies where addresses would be chosen from.
        ip -n $hub route add 10.213.0.0/24 via 192.0.2.1
        @'
table ip theirs {
    chain c {
        type filter hook forward priority 5; policy accept
        accept
    }
}
table inet other {
    set s {
        type ipv4_addr
        elements = { 192.0.2.9 }
    }
}
'@ | ip netns exec $hub nft -f -
        $LASTEXITCODE | Should -Be 0

        # One PowerShell in the hub serves all tests.
        $start = [Diagnostics.ProcessStartInfo]::new('ip')
        foreach ($word in 'netns', 'exec', $hub, [Environment]::ProcessPath, '-NoProfile', '-NonInteractive', '-Command', '-') { $start.ArgumentList.Add($word) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $start.Environment['NO_COLOR'] = '1'
        $inner = [Diagnostics.Process]::Start($start)
        $inner.StandardInput.WriteLine("`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$ModulePath'; 'READY'")

        # Runs a line there, and gives what it writes.
        function Invoke-InHub {
            param([string] $Line)
            $inner.StandardInput.WriteLine("try { & { $Line } *>&1 | Out-String -Width 200 -Stream } catch { `"ERROR `$(`$_.FullyQualifiedErrorId)`" }; 'END-OF-ANSWER'")
            while (($said = $inner.StandardOutput.ReadLine()) -ne 'END-OF-ANSWER') {
                if ($null -eq $said) { throw 'The PowerShell in the hub has ended.' }
                if ($said -and $said -ne 'READY') { $said }
            }
        }

        function Get-HubRule { @(ip netns exec $hub nft list ruleset) }
        function Get-HubForwarding { @(foreach ($name in 'all', 'up0', 'default') { ip netns exec $hub cat "/proc/sys/net/ipv4/conf/$name/forwarding" }) }
    }

    AfterAll {
        if ($inner) {
            $inner.StandardInput.Close()
            if (-not $inner.WaitForExit(30000)) { $inner.Kill() }
            $inner.Dispose()
        }

        foreach ($name in $hub, $world, $a, $b) { ip netns delete $name 2> $null }
    }

    AfterEach {
        $left = @(Invoke-InHub "Get-NetNamespaceInterface -InterfaceName veth*, toa | Where-Object PeerNamespace | ForEach-Object { Disconnect-NetNamespace `$_.PeerNamespace -ErrorAction Ignore }")
        if ($left) { Write-Warning "$left" }
    }

    It 'reaches the world beyond the host, for several namespaces, and leaves all as it was' {
        $rules, $forwarding, $links = (Get-HubRule), (Get-HubForwarding), (ip -n $hub -o link)
        $forwarding | Should -Be 0, 0, 0
        Invoke-InHub "Connect-NetNamespace $a -Internet" | Should -BeNullOrEmpty
        Send-TcpEcho -From $a -To $world -Address 192.0.2.1 -Text out | Should -Be out
        ip -n $a route show default | Should -Match '^default via 10\.213\.1\.1 dev veth0'
        Get-HubForwarding | Should -Be 0, 1, 0 -Because 'the forwarding of the machine is nobody''s but its administrator''s'

        Invoke-InHub "Connect-NetNamespace $b -Internet" | Should -BeNullOrEmpty
        Send-TcpEcho -From $b -To $world -Address 192.0.2.1 -Text too | Should -Be too
        $table = (ip netns exec $hub nft -j list table ip linuxnamespaces | ConvertFrom-Json).nftables.rule | Where-Object chain -EQ postrouting
        $table | Should -HaveCount 2

        # Nothing that begins outside is passed on, as before.
        ip -n $world route add 10.213.1.0/30 via 192.0.2.2
        ip netns exec $world timeout 2 (Get-Helper echo) send 10.213.1.2 7777 in 2> $null | Should -BeNullOrEmpty
        ip -n $world route delete 10.213.1.0/30

        Invoke-InHub "Disconnect-NetNamespace $a" | Should -BeNullOrEmpty
        Send-TcpEcho -From $b -To $world -Address 192.0.2.1 -Text still | Should -Be still
        Invoke-InHub "Disconnect-NetNamespace $b" | Should -BeNullOrEmpty
        Get-HubRule | Should -Be $rules
        Get-HubForwarding | Should -Be $forwarding
        ip -n $hub -o link | Should -Be $links
    }

    It 'is the same state when it is called twice' {
        Invoke-InHub "Connect-NetNamespace $a -Internet; Connect-NetNamespace $a -Internet -InterfaceName veth0"
        $first = (Get-HubRule), (ip -n $hub -4 -o addr), (ip -n $a -4 -o addr), (ip -n $a route)
        Invoke-InHub "Connect-NetNamespace $a -Internet" | Should -BeNullOrEmpty
        Get-HubRule | Should -Be $first[0]
        ip -n $hub -4 -o addr | Should -Be $first[1]
        ip -n $a -4 -o addr | Should -Be $first[2]
        ip -n $a route | Should -Be $first[3]
        Invoke-InHub "Disconnect-NetNamespace $a"
        @(Get-HubRule) -match 'linuxnamespaces' | Should -BeNullOrEmpty
    }

    It 'takes the addresses that are given, and says the plan before' {
        $before = (Get-HubRule), (ip -n $hub -o link)
        $arguments = "$a -Internet -Address 198.51.100.2/30 -PeerAddress 198.51.100.1/30 -PeerInterfaceName toa"
        $plan = (Invoke-InHub "Connect-NetNamespace $arguments -WhatIf") -join "`n"
        $plan | Should -Match 'toa'
        $plan | Should -Match 'Switch on forwarding for the host''s end, and for up0'
        $plan | Should -Match 'Masquerade what comes from 198\.51\.100\.0/30'
        Get-HubRule | Should -Be $before[0]
        ip -n $hub -o link | Should -Be $before[1]
        (Invoke-InHub "Connect-NetNamespace $arguments -Verbose") -join "`n" | Should -Match 'Masquerade what comes from 198\.51\.100\.0/30'
        Send-TcpEcho -From $a -To $world -Address 192.0.2.1 -Text mine | Should -Be mine
        (Invoke-InHub "Disconnect-NetNamespace $a -WhatIf") -join "`n" | Should -Match 'table ip linuxnamespaces'
        Invoke-InHub "Disconnect-NetNamespace $a"
        Get-HubRule | Should -Be $before[0]
    }

    It 'forgets a namespace that was removed without being disconnected' {
        $rules = Get-HubRule
        Invoke-InHub "New-NetNamespace $prefix-c | Out-Null; Connect-NetNamespace $prefix-c -Internet; Connect-NetNamespace $a -Internet; Remove-NetNamespace $prefix-c"
        Wait-Condition { -not (ip -n $hub -o link show veth0 2> $null) }
        Invoke-InHub "Disconnect-NetNamespace $a"
        Get-HubRule | Should -Be $rules
        Get-HubForwarding | Should -Be 0, 0, 0
    }

    It 'leaves forwarding on that somebody else has switched on meanwhile' {
        Invoke-InHub "Connect-NetNamespace $a -Internet"
        ip netns exec $hub sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
        Invoke-InHub "Disconnect-NetNamespace $a"
        Get-HubForwarding | Should -Be 1, 1, 1
        ip netns exec $hub sh -c 'echo 0 > /proc/sys/net/ipv4/ip_forward'
    }

    It 'makes nothing where there is no way out or something is refused' {
        $before = (Get-HubRule), (ip -n $hub -o link)
        Invoke-InHub "Connect-NetNamespace $a -Internet -PeerInterfaceName up0 -ErrorAction Stop" | Should -Match '^ERROR InterfaceExists,'
        Invoke-InHub "Connect-NetNamespace $a $b -Internet -ErrorAction Stop" | Should -Match '^ERROR InvalidInterface,'
        Invoke-InHub "Connect-NetNamespace $a -Internet -Address 198.51.100.2/30 -ErrorAction Stop" | Should -Match '^ERROR InvalidInterface,'
        Invoke-InHub "Connect-NetNamespace $hub -Internet -ErrorAction Stop" | Should -Match '^ERROR InvalidRequest,'
        Invoke-InHub "`$path = `$env:PATH; `$env:PATH = '/nowhere'; try { Connect-NetNamespace $a -Internet -ErrorAction Stop } finally { `$env:PATH = `$path }" | Should -BeNullOrEmpty -Because 'nft is looked for in /usr/sbin too'
        Invoke-InHub "Disconnect-NetNamespace $a"
        ip -n $hub route delete default
        ip -n $hub route delete 10.213.0.0/24
        Invoke-InHub "Connect-NetNamespace $a -Internet -ErrorAction Stop" | Should -Match '^ERROR NoWayOut,'
        ip -n $hub route add default via 192.0.2.1
        ip -n $hub route add 10.213.0.0/24 via 192.0.2.1
        foreach ($block in '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10') { ip -n $hub route add blackhole $block }
        Invoke-InHub "Connect-NetNamespace $a -Internet -ErrorAction Stop" | Should -Match '^ERROR NoFreeNetwork,'
        foreach ($block in '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10') { ip -n $hub route delete blackhole $block }
        Get-HubRule | Should -Be $before[0]
        ip -n $hub -o link | Should -Be $before[1]
    }
}
