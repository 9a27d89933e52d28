# A way out for the net namespace of an ordinary user, by pasta. One net namespace is the host, in which that user's PowerShell runs the cmdlets; one is the
# world beyond it. ip, ps and a TCP connection are the oracle.
BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $env:PATH += ':/usr/sbin:/sbin'
    $hasPasta = [bool](Get-Command pasta -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
}

Describe 'Connect-NetNamespace -Internet for an ordinary user' -Skip:(-not $isRoot -or -not $hasPasta) {
    BeforeAll {
        $user = 64332
        $prefix = New-UniqueName
        $hub, $world = "$prefix-hub", "$prefix-world"
        foreach ($name in $hub, $world) {
            ip netns add $name
            ip -n $name link set lo up
        }

        ip -n $hub link add up0 type veth peer name down0 netns $world
        ip -n $hub addr add 192.0.2.2/24 dev up0
        ip -n $hub addr add 2001:db8:7::2/64 dev up0 nodad
        ip -n $world addr add 192.0.2.1/24 dev down0
        ip -n $world addr add 2001:db8:7::1/64 dev down0 nodad
        ip -n $world addr add 198.51.100.9/32 dev lo
        ip -n $world addr add 2001:db8:9::9/128 dev lo nodad
        ip -n $hub link set up0 up
        ip -n $world link set down0 up
        ip -n $hub route add default via 192.0.2.1
        ip -n $hub -6 route add default via 2001:db8:7::1

        # The device is open to users on most machines, but not on all.
        $script = "mount -t tmpfs tmpfs /dev/net 2>/dev/null || { mkdir /dev/net && mount -t tmpfs tmpfs /dev/net; }; mknod -m 666 /dev/net/tun c 10 200
            exec env HOME=$UserHome NO_COLOR=1 setpriv --reuid $user --regid $user --clear-groups '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -Command -"
        $start = [Diagnostics.ProcessStartInfo]::new('ip')
        foreach ($word in 'netns', 'exec', $hub, 'unshare', '-m', '--propagation', 'private', 'sh', '-c', $script) { $start.ArgumentList.Add($word) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $inner = [Diagnostics.Process]::Start($start)
        $inner.StandardInput.WriteLine("`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$ModulePath'; 'READY'")

        # Runs a line there, and gives what it writes.
        function Invoke-InHub {
            param([string] $Line)
            $inner.StandardInput.WriteLine("try { & { $Line } *>&1 | Out-String -Width 250 -Stream } catch { `"ERROR `$(`$_.FullyQualifiedErrorId)`" }; 'END-OF-ANSWER'")
            while (($said = $inner.StandardOutput.ReadLine()) -ne 'END-OF-ANSWER') {
                if ($null -eq $said) { throw 'The PowerShell in the hub has ended.' }
                if ($said -and $said -ne 'READY') { $said }
            }
        }

        # A net namespace of that user with a process in it.
        function Start-Net { [int](Invoke-InHub '(New-NamespaceProcess -Type User, Net -MapRootUser -LoopbackUp -- sleep 300).Id') }
        function Invoke-Inside([int] $Id) { nsenter -t $Id -U --preserve-credentials -n -S 0 -G 0 @args }
        function Get-Pasta { @(pgrep -u $user -f '^[^ ]*pasta .* --pid .*linuxnamespaces-net-') }
    }

    BeforeEach { $target = Start-Net }

    AfterEach {
        Get-Pasta | ForEach-Object { kill -KILL $_ }
        kill -KILL $target 2> $null
    }

    AfterAll {
        if ($inner) {
            $inner.StandardInput.Close()
            if (-not $inner.WaitForExit(30000)) { $inner.Kill() }
            $inner.Dispose()
        }

        foreach ($name in $hub, $world) { ip netns delete $name 2> $null }
    }

    It 'reaches the world beyond the host by IPv4 and IPv6, and leaves all as it was' -Tag T241 {
        $before = (ip -n $hub -j addr | ConvertFrom-Json).addr_info.local
        Invoke-InHub "Connect-NetNamespace $target -Internet -InterfaceName out0" | Should -BeNullOrEmpty
        Get-Pasta | Should -HaveCount 1
        (Invoke-Inside $target ip -j addr show out0 | ConvertFrom-Json).addr_info.local | Should -Contain 192.0.2.2
        Invoke-Inside $target ip route show default | Should -Match '^default via 192\.0\.2\.1 dev out0'

        # An address of IPv6 serves when the kernel has made sure that nobody else has it, and so does the neighbour.
        $listen = [Diagnostics.ProcessStartInfo]::new('ip')
        foreach ($word in 'netns', 'exec', $world, 'python3', '-u', (Join-Path $PSScriptRoot helpers/echo.py), '7777') { $listen.ArgumentList.Add($word) }
        $listen.RedirectStandardOutput = $true
        $server = [Diagnostics.Process]::Start($listen)
        try {
            $server.StandardOutput.ReadLine() | Should -Be ready
            foreach ($address in '198.51.100.9', '2001:db8:9::9') {
                Wait-Condition { (Invoke-Inside $target timeout 3 (Get-Helper echo) ask $address 7777 out 2> $null) -eq 'out' }
            }
        }
        finally {
            $server.Kill()
            $server.WaitForExit()
        }

        Invoke-InHub "Disconnect-NetNamespace $target" | Should -BeNullOrEmpty
        Get-Pasta | Should -BeNullOrEmpty
        Invoke-Inside $target ip -o link | Should -HaveCount 1
        (ip -n $hub -j addr | ConvertFrom-Json).addr_info.local | Should -Be $before
    }

    It 'passes on no port of the host, and none to the host' -Tag T242 {
        $inside = [Diagnostics.ProcessStartInfo]::new('nsenter')
        foreach ($word in '-t', "$target", '-U', '--preserve-credentials', '-n', '-S', '0', '-G', '0', (Get-Helper echo), 'listen', '0.0.0.0', '7778') { $inside.ArgumentList.Add($word) }
        $outside = [Diagnostics.ProcessStartInfo]::new('ip')
        foreach ($word in 'netns', 'exec', $hub, (Get-Helper echo), 'listen', '127.0.0.1', '7779') { $outside.ArgumentList.Add($word) }
        $servers = foreach ($each in $inside, $outside) {
            $each.RedirectStandardOutput = $true
            $server = [Diagnostics.Process]::Start($each)
            $server.StandardOutput.ReadLine() | Should -Be ready
            $server
        }

        try {
            Invoke-InHub "Connect-NetNamespace $target -Internet" | Should -BeNullOrEmpty

            # The host's own ports are the same as before, as ss has them; what listens in the host is reached by none of its addresses.
            ip netns exec $hub ss -Hltn | Should -HaveCount 1
            foreach ($address in '127.0.0.1', '192.0.2.1') { Invoke-Inside $target timeout 2 (Get-Helper echo) send $address 7779 in 2> $null | Should -BeNullOrEmpty -Because $address }
        }
        finally { $servers | ForEach-Object { $_.Kill(); $_.WaitForExit() } }
    }

    It 'is the same state when it is called twice, and says its plan before' -Tag T243 {
        $plan = (Invoke-InHub "Connect-NetNamespace $target -Internet -WhatIf") -join "`n"
        $plan | Should -Match 'Start pasta: it makes up0'
        Get-Pasta | Should -BeNullOrEmpty
        Invoke-InHub "(Connect-NetNamespace $target -Internet -Mtu 1400 -PassThru).InterfaceName" | Should -Be up0
        $first = Get-Pasta
        $first | Should -HaveCount 1
        (Invoke-Inside $target ip -j link show up0 | ConvertFrom-Json).mtu | Should -Be 1400
        Invoke-InHub "(Get-Namespace -ProcessId $target -Type Net | Connect-NetNamespace -Internet -PassThru).InterfaceName" | Should -Be up0
        Get-Pasta | Should -Be $first
        Invoke-InHub "Connect-NetNamespace $target -Internet -InterfaceName other -ErrorAction Stop" | Should -Match '^ERROR InternetRefused,'
        (Invoke-InHub "Disconnect-NetNamespace $target -WhatIf") -join "`n" | Should -Match "End pasta \(process $first\), and with it up0"
        Invoke-InHub "Disconnect-NetNamespace $target -InterfaceName nothing* -ErrorAction Stop" | Should -BeNullOrEmpty
        Get-Pasta | Should -Be $first
        Invoke-InHub "Disconnect-NetNamespace $target -InterfaceName up*" | Should -BeNullOrEmpty
        Get-Pasta | Should -BeNullOrEmpty
        Invoke-InHub "Disconnect-NetNamespace $target -ErrorAction Stop" | Should -Match '^ERROR NetConnectionNotFound,'
    }

    It 'serves each net namespace by its own, and ends the one whose process has ended' -Tag T244 {
        $second = Start-Net
        Invoke-InHub "$target, $second | Connect-NetNamespace -Internet" | Should -BeNullOrEmpty
        Get-Pasta | Should -HaveCount 2
        Invoke-InHub "Disconnect-NetNamespace $target" | Should -BeNullOrEmpty
        Invoke-Inside $second ip -o link show up0 | Should -HaveCount 1
        kill -KILL $second
        Wait-ProcessEnd $second
        Invoke-InHub "Connect-NetNamespace $target -Internet" | Should -BeNullOrEmpty
        Wait-Condition { @(Get-Pasta).Count -eq 1 }
        Invoke-Inside $target ip -o link show up0 | Should -HaveCount 1
    }

    It 'makes nothing where something is refused' -Tag T245 {
        Invoke-InHub "Connect-NetNamespace $target -Internet -Address 10.0.0.1/24 -ErrorAction Stop" | Should -Match '^ERROR InvalidInterface,'
        Invoke-InHub "Connect-NetNamespace $target -Internet -InterfaceName lo -ErrorAction Stop" | Should -Match '^ERROR InterfaceExists,'
        Invoke-InHub "Connect-NetNamespace $target -Internet -InterfaceName 'a b' -ErrorAction Stop" | Should -Match '^ERROR InvalidInterfaceName,'

        # A host without a way out, and a net namespace of root.
        ip -n $hub route delete default
        ip -n $hub -6 route delete default
        Invoke-InHub "Connect-NetNamespace $target -Internet -ErrorAction Stop" | Should -Match '^ERROR NoWayOut,'
        ip -n $hub route add default via 192.0.2.1
        ip -n $hub -6 route add default via 2001:db8:7::1
        Invoke-InHub "Connect-NetNamespace $world -Internet -ErrorAction Stop" | Should -Match '^ERROR (AccessDenied|SystemCallFailed|JoinRefused|InternetRefused),'
        Get-Pasta | Should -BeNullOrEmpty
        Invoke-Inside $target ip -o link | Should -HaveCount 1
    }
}
