BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1

    # Rows of ss and of the module in one form. Numeric, and without the netlink sockets that every namespace has.
    function Get-SsRow {
        param([string] $Name)
        $arguments = @(if ($Name) { '-N', $Name }) + @('-a', '-n', '-H', '-e', '-t', '-u', '-w', '-x', '-0')
        # Where the kernel lists raw sockets in /proc only, ss tells no inode of them.
        ss @arguments 2> $null | Where-Object { $_ -match '^\S' } | ForEach-Object {
            $fields = $_ -split '\s+'
            $local, $remote, $rest = if ($fields[0] -match '^u_') { ($fields[4], $fields[5]), ($fields[6], $fields[7]), '' } else { $fields[4], $fields[5], '' }
            $inode = if ($fields[0] -match '^u_') { $fields[5] } elseif ($fields[0] -ne 'raw' -and $_ -match '\bino:(\d+)') { $Matches[1] } else { '0' }
            $ends = if ($fields[0] -match '^u_') { "$($fields[4] -eq '*' ? '' : $fields[4]) $($fields[7])" } elseif ($fields[0] -match '^p_') { '' } else { "$local $remote" }
            '{0} {1} {2} {3} {4} {5}' -f $fields[0], $fields[1], $fields[2], $fields[3], $ends, $inode
        } | Sort-Object
    }

    $ssStates = @{
        Established = 'ESTAB'; SynSent = 'SYN-SENT'; SynReceived = 'SYN-RECV'; FinWait1 = 'FIN-WAIT-1'; FinWait2 = 'FIN-WAIT-2'; TimeWait = 'TIME-WAIT'
        Unconnected = 'UNCONN'; CloseWait = 'CLOSE-WAIT'; LastAck = 'LAST-ACK'; Listen = 'LISTEN'; Closing = 'CLOSING'
    }

    function Get-OwnRow {
        param([Parameter(ValueFromPipeline)] $Connection)
        process {
            $end = {
                param($address, $port)
                $shown = if ($address -match ':') { "[$address]" } else { $address }
                if ($Connection.InterfaceName -and $address -ne '::' -and $address -eq $Connection.LocalAddress) { $shown = "$shown%$($Connection.InterfaceName)" }
                "${shown}:$($port ? $port : '*')"
            }

            $id, $ends = switch ($Connection.Protocol) {
                Unix { @{ Stream = 'u_str'; Datagram = 'u_dgr'; SeqPacket = 'u_seq' }["$($Connection.SocketType)"], "$($Connection.LocalAddress) $($Connection.PeerInode ?? 0)" }
                Packet { ($Connection.SocketType -eq 'Raw' ? 'p_raw' : 'p_dgr'), '' }
                Raw { 'raw', "$(& $end $Connection.LocalAddress $Connection.ProtocolNumber) $(& $end $Connection.RemoteAddress 0)" }
                default { "$_".ToLower(), "$(& $end $Connection.LocalAddress $Connection.LocalPort) $(& $end $Connection.RemoteAddress $Connection.RemotePort)" }
            }

            '{0} {1} {2} {3} {4} {5}' -f $id, $ssStates["$($Connection.State)"], $Connection.ReceiveQueue, $Connection.SendQueue, $ends, ($Connection.Protocol -eq 'Raw' ? 0 : $Connection.Inode)
        }
    }

    # ss writes * for the address of a socket of both families; some versions write NUL in abstract names as @.
    function Get-Comparable {
        param([Parameter(ValueFromPipeline)] [string] $Row)
        process { $Row -replace '\[::\]:', '*:' -replace '0\.0\.0\.0:', '*:' -replace '\\x00', '@' -replace '^raw(.*?):ipv6-icmp', 'raw$1:58' }
    }

    function Assert-AgreesWithSs {
        param([string] $Name)
        $protocols = 'Tcp', 'Udp', 'Raw', 'Unix', 'Packet'
        $ours = @(if ($Name) { Get-NetNamespaceConnection $Name -Protocol $protocols } else { Get-NetNamespaceConnection -Protocol $protocols })
        ($ours | Get-OwnRow | Get-Comparable | Sort-Object) -join "`n" | Should -Be ((Get-SsRow $Name | Get-Comparable | Sort-Object) -join "`n")
        $ours.Count | Should -BeGreaterThan 0
    }

    $sockets = @'
import socket, sys, time
host = sys.argv[1]
keep = []
def tcp(family, address):
    server = socket.socket(family); server.bind((address, 0)); server.listen(5)
    client = socket.socket(family); client.connect(server.getsockname()); accepted, _ = server.accept()
    client.send(b'unread'); keep.extend([server, client, accepted])
    return server
four = tcp(socket.AF_INET, '127.0.0.1')
tcp(socket.AF_INET6, '::1')
both = socket.socket(socket.AF_INET6); both.bind(('::', 0)); both.listen(3); keep.append(both)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.bind(('0.0.0.0', 0)); keep.append(udp)
bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); bound.setsockopt(socket.SOL_SOCKET, 25, b'lo\0'); bound.bind(('127.0.0.1', 0)); keep.append(bound)
udp6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); udp6.bind(('::1', 0)); udp6.connect(('::1', 9)); keep.append(udp6)
keep.append(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
keep.append(socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58))
packet = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x806)); packet.bind(('lo', 0x806)); keep.append(packet)
keep.append(socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3)))
name = '\0' + host + '\0name'
listener = socket.socket(socket.AF_UNIX); listener.bind(name); listener.listen(3)
waiting = socket.socket(socket.AF_UNIX); waiting.connect(name); client = socket.socket(socket.AF_UNIX); client.connect(name); accepted, _ = listener.accept()
datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); datagram.bind('\0' + host + '.dgram')
keep.extend([listener, waiting, client, accepted, datagram, *socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)])
closing = socket.socket(); closing.connect(four.getsockname()); other, _ = four.accept(); other.close(); keep.append(closing)
print(four.getsockname()[1], flush=True)
sys.stdin.read()
'@

    function Start-Socket {
        param([string[]] $Prefix = @(), [Parameter(Mandatory)] [string] $Label)
        $command = $Prefix + @('python3', '-c', $sockets, $Label)
        $start = [Diagnostics.ProcessStartInfo]::new($command[0])
        $command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $process | Add-Member -NotePropertyName Port -NotePropertyValue ([int]$process.StandardOutput.ReadLine()) -PassThru
    }
}

Describe 'Get-NetNamespaceConnection' {
    It 'lists sockets of this namespace as ss does' -Skip:(-not $isRoot) {
        # Other programs open and close sockets meanwhile, so only those of one process are compared.
        $process = Start-Socket -Label (New-UniqueName)
        try {
            $inodes = Get-ChildItem "/proc/$($process.Id)/fd" | ForEach-Object { if ($_.LinkTarget -match '^socket:\[(\d+)\]') { $Matches[1] } }
            # The queue of a packet socket that takes everything grows with the traffic of the machine.
            $ours = Get-NetNamespaceConnection -Protocol Tcp, Udp, Unix, Packet | Where-Object { "$($_.Inode)" -in $inodes -and $_.ProtocolNumber -ne 3 }
            $theirs = Get-SsRow | Where-Object { ($_ -split ' ')[-1] -in $inodes -and $_ -notmatch '^p_dgr' }
            ($ours | Get-OwnRow | Get-Comparable | Sort-Object) -join "`n" | Should -Be (($theirs | Get-Comparable | Sort-Object) -join "`n")
            $ours.Count | Should -BeGreaterThan 15
            $ours.ProcessId | Select-Object -Unique | Should -Be $process.Id
        }
        finally {
            Stop-Helper $process
        }
    }

    It 'finds who holds a socket for an ordinary user' {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        try {
            $port = $listener.LocalEndpoint.Port
            $found = Get-NetNamespaceConnection -LocalPort $port -State Listen
            $found.ProcessId, $found.LocalAddress, $found.Protocol | Should -Be $PID, '127.0.0.1', 'Tcp'
            $found.UserId | Should -Be (id -u)
            $found.UserName | Should -Be (id -un)
            (readlink "/proc/$PID/fd/$($found.Descriptor)") | Should -Be "socket:[$($found.Inode)]"
        }
        finally {
            $listener.Stop()
        }
    }
}

Describe 'Get-NetNamespaceConnection of a lab' -Skip:(-not $isRoot) {
    BeforeAll {
        $prefix = New-UniqueName
        $a, $b = "$prefix-a", "$prefix-b"
        foreach ($name in $a, $b) {
            ip netns add $name
            ip -n $name link set lo up
        }

        $process = Start-Socket -Prefix ip, netns, exec, $a -Label $a
        $nested = Start-Socket -Prefix ip, netns, exec, $b, unshare, --pid, --fork, --kill-child -Label $b
    }

    AfterAll {
        Stop-Helper $process
        Stop-Helper $nested
        foreach ($name in $a, $b) { ip netns delete $name }
    }

    It 'agrees with ss -N row by row' -Tag T050 {
        Assert-AgreesWithSs $a
        Assert-AgreesWithSs $b
    }

    It 'is complete: processes, timers, queues and names' {
        $found = Get-NetNamespaceConnection $a
        $found.ProcessId | Select-Object -Unique | Should -Be $process.Id
        $found.ProcessName | Select-Object -Unique | Should -BeLike 'python3*'
        $found.Namespace | Select-Object -Unique | Should -Be $a
        $listening = $found | Where-Object LocalPort -EQ $process.Port | Where-Object State -EQ Listen
        $listening.SendQueue | Should -Be 5
        ($found | Where-Object ReceiveQueue -EQ 6).State | Should -Be Established, Established
        ($found | Where-Object { $_.Protocol -eq 'Packet' -and $_.InterfaceName }).ProtocolNumber | Should -Be 0x806
        ($found | Where-Object Protocol -EQ Raw).ProtocolNumber | Should -Be 1, 58
        ($found | Where-Object RemoteAddress -EQ "@$a\x00name").Count | Should -BeGreaterOrEqual 1
        ($found | Where-Object State -EQ CloseWait) | Should -HaveCount 1
        $finishing = $found | Where-Object State -EQ FinWait2
        $timed = ss -N $a -t -n -o -H state fin-wait-2
        if ($timed -match 'timer:') { $finishing.Timer | Should -Not -Be Off }
    }

    It 'finds processes of another pid namespace, by their PIDs here' -Tag T051 {
        $found = Get-NetNamespaceConnection $b -Protocol Unix | Where-Object LocalAddress -EQ "@$b.dgram"
        $found.ProcessId | Should -Be (pgrep -f -P $nested.Id "python3.*$b")
        $found.HolderProcessId | Should -Contain $found.ProcessId
    }

    It 'asks every namespace of the machine at once' -Tag T052 {
        $found = Get-NetNamespaceConnection -All -State Listen | Where-Object LocalPort -EQ $process.Port | Where-Object NamespaceInode -EQ (stat -c %i "/run/netns/$a")
        $found.ProcessId | Should -Be $process.Id
        (Get-NetNamespaceConnection -All).Namespace | Select-Object -Unique | Where-Object { $_ -in $a, $b } | Should -HaveCount 2
    }

    It 'takes patterns, processes, namespaces, paths and what others write' {
        $count = (Get-NetNamespaceConnection $a).Count
        foreach ($target in "$prefix-[a]", $process.Id, (Get-Process -Id $process.Id), (Get-NetNamespace $a), "/run/netns/$a", "net:[$(stat -c %i "/run/netns/$a")]", (Get-NetNamespaceInterface $a)) {
            Get-NetNamespaceConnection $target | Should -HaveCount $count -Because "$target"
            $target | Get-NetNamespaceConnection | Should -HaveCount $count -Because "$target by pipeline"
        }

        (Get-NetNamespaceConnection "$prefix-*").Namespace | Select-Object -Unique | Should -HaveCount 2
        @() | Get-NetNamespaceConnection | Should -BeNullOrEmpty
    }

    It 'takes states, protocols and ports' -Tag T053 {
        (Get-NetNamespaceConnection $a -State Listen).State | Select-Object -Unique | Should -Be Listen
        (Get-NetNamespaceConnection $a -Protocol Udp).Protocol | Select-Object -Unique | Should -Be Udp
        (Get-NetNamespaceConnection $a -LocalPort $process.Port -State Established) | Should -HaveCount 1
        (Get-NetNamespaceConnection $a -RemotePort $process.Port -State Established) | Should -HaveCount 1
        Get-NetNamespaceConnection $a -RemotePort 1 | Should -BeNullOrEmpty
    }

    It 'says what is not there or not a net namespace' {
        { Get-NetNamespaceConnection "$prefix-none" -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
        { Get-NetNamespaceConnection 4194303 -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
        { Get-NetNamespaceConnection /etc/passwd -ErrorAction Stop } | Should -Throw -ErrorId 'NotANamespace,*'
        { Get-NetNamespaceConnection /proc/self/ns/uts -ErrorAction Stop } | Should -Throw -ErrorId 'NotANetNamespace,*'
        { Get-NetNamespaceConnection 'x[' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
        { Get-NetNamespaceConnection $null } | Should -Throw -ErrorId 'ParameterArgument*'
    }

    It 'tells an ordinary user what they may not see' {
        $shown = Invoke-AsUser "Get-NetNamespaceConnection $a 2>&1"
        "$shown" | Should -Match 'EPERM|may not|not permitted'
    }

    It 'is drawn by namespace, and complete after remoting' {
        Get-NetNamespaceConnection $a -LocalPort $process.Port -State Listen | Out-String -Width 100 | Should -Match "(?s)Namespace: $a.*Tcp +Listen +127\.0\.0\.1:$($process.Port) +\*:\* +$($process.Id) python3"
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-NetNamespaceConnection $a -LocalPort $process.Port -State Listen), 1))
        $copy.ProcessId | Should -Be $process.Id
        "$(Get-NetNamespaceConnection $a -LocalPort $process.Port -State Listen)" | Should -Be "Tcp 127.0.0.1:$($process.Port) - 0.0.0.0:* Listen"
    }
}

# The kernel's counter says whether there are any; ss always walks its tables.
Describe 'MPTCP sockets of a net namespace' -Skip:(-not $isRoot -or -not (Test-Path /proc/sys/net/mptcp/enabled)) {
    BeforeAll {
        $script = @'
import socket, sys
keep = {}
MPTCP = 262
def step(word):
    if word == 'listen':
        for family, address in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):
            server = socket.socket(family, socket.SOCK_STREAM, MPTCP); server.bind((address, 0)); server.listen(5)
            keep[family, 'server'] = server
    elif word == 'connect':
        for family in (socket.AF_INET, socket.AF_INET6):
            client = socket.socket(family, socket.SOCK_STREAM, MPTCP); client.connect(keep[family, 'server'].getsockname())
            keep[family, 'client'] = client; keep[family, 'accepted'], _ = keep[family, 'server'].accept()
            client.send(b'x'); keep[family, 'accepted'].recv(1)
    elif word == 'half':
        for family in (socket.AF_INET, socket.AF_INET6): keep.pop((family, 'client')).close()
    elif word == 'deaf':
        for family in (socket.AF_INET, socket.AF_INET6): keep.pop((family, 'server')).close()
    elif word == 'none':
        keep.clear()
print('ready', flush=True)
for line in sys.stdin:
    step(line.strip()); print('done', flush=True)
'@
        $name = New-UniqueName
        ip netns add $name
        ip -n $name link set lo up
        $start = [Diagnostics.ProcessStartInfo]::new('ip')
        'netns', 'exec', $name, 'sh', '-c', 'echo 1 >/proc/sys/net/mptcp/enabled; exec python3 -c "$0"', $script | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $null = $process.StandardOutput.ReadLine()

        function Get-SsEnd {
            ss -N $name -M -a -n -H | ForEach-Object {
                $fields = $_ -split '\s+'
                "$($fields[0]) $($fields[3]) $($fields[4] -replace '^(0\.0\.0\.0|\[::\]):', '*:')"
            } | Sort-Object
        }

        function Get-OwnEnd {
            Get-NetNamespaceConnection $name -Protocol Mptcp | ForEach-Object {
                $local, $remote = ($_.LocalAddress, $_.LocalPort), ($_.RemoteAddress, $_.RemotePort) | ForEach-Object {
                    "$($_[0] -match '^(::|0\.0\.0\.0)$' ? '*' : $_[0] -match ':' ? "[$($_[0])]" : $_[0]):$($_[1] ? $_[1] : '*')"
                }

                "$($ssStates["$($_.State)"]) $local $remote"
            } | Sort-Object
        }
    }

    AfterAll {
        $process.StandardInput.Close()
        $process.WaitForExit()
        ip netns delete $name
    }

    It 'are those of ss while they <Step>' -Tag T205 -ForEach @(
        @{ Step = 'are not there yet'; Word = 'nothing'; Count = 0 }
        @{ Step = 'listen'; Word = 'listen'; Count = 2 }
        @{ Step = 'are connected'; Word = 'connect'; Count = 6 }
        @{ Step = 'are closed at one end'; Word = 'half'; Count = 6 }
        @{ Step = 'listen no more'; Word = 'deaf'; Count = 4 }
        @{ Step = 'are closed'; Word = 'none'; Count = 0 }
    ) {
        $process.StandardInput.WriteLine($Word)
        $null = $process.StandardOutput.ReadLine()

        # The end of a connection takes its time to get to the other side.
        Wait-Condition { @(Get-OwnEnd).Count -eq $Count -and "$(Get-OwnEnd)" -eq "$(Get-SsEnd)" }
        @(Get-SsEnd).Count | Should -Be $Count
        Get-OwnEnd | Should -Be (Get-SsEnd)
    }
}
