BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'What an ordinary user sees of namespaces that their own user namespace owns' -Skip:(-not $isRoot) {
    BeforeAll {
        $user = 64331
        $as = '--reuid', $user, '--regid', $user, '--clear-groups'

        # Of another user namespace's networks the kernel shows what its own tools show there, as the same user.
        function Invoke-Nsenter {
            setpriv @as nsenter -U --preserve-credentials -t @args
        }

        function Start-Lab {
            param([string[]] $Unshare, [string] $Setup = 'true')
            $start = [Diagnostics.ProcessStartInfo]::new('setpriv')
            $program = "import runpy, socket; server = socket.create_server(('127.0.0.1', 4711)); runpy.run_path('$helpers/ipc.py', run_name='__main__')"
            foreach ($word in $as + $Unshare + 'sh', '-c', "$Setup && ip link set lo up && exec python3 -c `"$program`"") { $start.ArgumentList.Add($word) }
            $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
            $lab = [Diagnostics.Process]::Start($start)
            $lab | Add-Member -NotePropertyName Ids -NotePropertyValue ($lab.StandardOutput.ReadLine() | ConvertFrom-Json) -PassThru
        }

        # The helper is read by that user, too.
        $helpers = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName))).FullName
        Copy-Item $PSScriptRoot/helpers/ipc.py $helpers
        chmod -R a+rX $helpers
        $setup = @(
            'mount -t tmpfs shm /dev/shm', 'hostname own.example', 'ip link add own0 type veth peer name own1', 'ip address add 10.9.8.7/24 dev own0', 'ip link set own1 up', 'ip link set own0 up mtu 1400'
            'ip route add 10.77.0.0/16 via 10.9.8.1', 'ip neighbour add 10.9.8.9 lladdr 02:00:00:00:00:09 dev own0 nud permanent'
        ) -join ' && '
        $lab = Start-Lab ('unshare', '-Urnimu', '--propagation', 'private') $setup

        function Get-AsUser([string] $Script) { Invoke-AsUser -UserId $user "$Script | ConvertTo-Json -Compress -Depth 3 -AsArray" | ConvertFrom-Json }
    }

    AfterAll {
        $lab.StandardInput.Close()
        $lab.WaitForExit()
        Remove-Item -Recurse -Force $helpers
    }

    It 'has the interfaces that ip shows inside, however they are named' -Tag T186 {
        $theirs = Invoke-Nsenter $lab.Id -n ip -j address | ConvertFrom-Json | ForEach-Object { "$($_.ifname) $($_.mtu) $($_.address) $(($_.addr_info | ForEach-Object { "$($_.local)/$($_.prefixlen)" }) -join ' ')" }
        $theirs | Should -HaveCount 3
        $select = 'ForEach-Object { "$($_.InterfaceName) $($_.Mtu) $($_.MacAddress) $($_.Address -join '' '')" }'
        foreach ($way in "Get-NetNamespaceInterface $($lab.Id)", "Get-Namespace -ProcessId $($lab.Id) -Type Net | Get-NetNamespaceInterface", "Get-NetNamespaceInterface /proc/$($lab.Id)/ns/net") {
            (Get-AsUser "$way | $select") -replace ':', '' | Should -Be ($theirs -replace ':', '') -Because $way
        }
    }

    It 'has the routes, neighbours and sockets that ip and ss show inside' -Tag T187 {
        $theirs = Invoke-Nsenter $lab.Id -n ip -j -4 route show table main | ConvertFrom-Json | ForEach-Object { "$($_.dst) $($_.gateway) $($_.dev)" } | Sort-Object
        $theirs | Should -Contain '10.77.0.0/16 10.9.8.1 own0'
        Get-AsUser "Get-NetNamespaceRoute $($lab.Id) | Where-Object { `$_.Table -eq 'main' -and `$_.Destination -notmatch ':' } | ForEach-Object { `"`$(`$_.Destination) `$(`$_.Gateway) `$(`$_.InterfaceName)`" } | Sort-Object" | Should -Be $theirs
        Get-AsUser "Get-NetNamespaceNeighbor $($lab.Id) | Where-Object State -eq Permanent | ForEach-Object { `"`$(`$_.IPAddress) `$(`$_.MacAddress)`" }" | Should -Be '10.9.8.9 02:00:00:00:00:09'
        $listening = @(Invoke-Nsenter $lab.Id -n ss -H -t -l -n | ForEach-Object { (-split $_)[3] })
        $listening | Should -Be '127.0.0.1:4711'
        Get-AsUser "Get-NetNamespaceConnection $($lab.Id) -Protocol Tcp | ForEach-Object { `"`$(`$_.LocalAddress):`$(`$_.LocalPort)`", `$_.ProcessId }" | Should -Be '127.0.0.1:4711', $lab.Id
    }

    It 'has the queues, memory and semaphores that lsipc shows inside' -Tag T188 {
        foreach ($case in @('-q', 'MessageQueue'), @('-m', 'SharedMemory'), @('-s', 'Semaphore')) {
            $option, $kind = $case
            $theirs = @(Invoke-Nsenter $lab.Id -i lsipc $option --raw --noheadings -o ID | Sort-Object)
            $theirs.Count | Should -BeGreaterThan 0
            Get-AsUser "Get-NamespaceIpc $($lab.Id) -Kind $kind | ForEach-Object { `"`$(`$_.Id)`" } | Sort-Object" | Should -Be $theirs -Because $kind
        }

        $seen = Get-AsUser "Get-NamespaceIpc $($lab.Id) -Kind PosixMessageQueue, PosixSharedMemory, PosixSemaphore 3>&1 | ForEach-Object { `"`$(`$_.Kind) `$(`$_.Name) `$(`$_.MessageCount) `$(`$_.Value)`" }"
        $seen | ForEach-Object Trim | Should -Be 'PosixMessageQueue /jobs 2', 'PosixSharedMemory /cache', 'PosixSemaphore /gate  5'
    }

    It 'has the host name, the number of interfaces and of mounts' {
        $mounts = @(Invoke-Nsenter $lab.Id -m cat /proc/self/mountinfo).Count
        Get-AsUser "(Get-Namespace -ProcessId $($lab.Id) -Type Uts).HostName, (Get-Namespace -ProcessId $($lab.Id) -Type Net).InterfaceCount, (Get-Namespace -ProcessId $($lab.Id) -Type Mnt).MountCount, @(Get-NamespaceMount $($lab.Id)).Count" |
            Should -Be 'own.example', 3, $mounts, $mounts
    }

    It 'lets them configure what is theirs' {
        $null = Invoke-AsUser -UserId $user "Get-NetNamespaceInterface $($lab.Id) | Where-Object InterfaceName -eq own0 | Set-NetNamespaceInterface -Mtu 1300"
        (Invoke-Nsenter $lab.Id -n ip -j link show own0 | ConvertFrom-Json).mtu | Should -Be 1300
    }

    It 'is there for a network of a user namespace further in' -Tag T189 {
        $nested = Start-Lab 'unshare', '-Ur', 'unshare', '-Urnim', '--propagation', 'private' 'mount -t tmpfs shm /dev/shm && ip link add in0 type bridge'
        try {
            Wait-Condition { Get-Content "/proc/$($nested.Id)/task/$($nested.Id)/comm" -ErrorAction Ignore }
            Get-AsUser "(Get-NetNamespaceInterface $($nested.Id)).InterfaceName" | Should -Be 'lo', 'in0'
            Get-AsUser "(Get-NamespaceIpc $($nested.Id) -Kind PosixMessageQueue).Name" | Should -Be '/jobs'
        }
        finally {
            $nested.StandardInput.Close()
            $nested.WaitForExit()
        }
    }

    # As rootless engines map ids: the user's own, and some more that root has granted.
    It 'is there for a rootless container whose program has another id' -Tag T190 {
        $outer = Start-Process -PassThru setpriv -ArgumentList ($as + 'unshare', '-Uni', 'sleep', '300')
        try {
            Wait-Namespace $outer.Id user
            Wait-ProcessName $outer.Id sleep
            [IO.File]::WriteAllText("/proc/$($outer.Id)/uid_map", "0 $user 1`n1 200000 1000`n")
            [IO.File]::WriteAllText("/proc/$($outer.Id)/gid_map", "0 $user 1`n1 200000 1000`n")
            nsenter -t $outer.Id -U -n -S 0 -G 0 ip link add box0 type bridge
            $inner = Start-Process -PassThru nsenter -ArgumentList '-t', $outer.Id, '-U', '-n', '-i', '-S', '5', '-G', '5', 'sleep', '300'
            Wait-ProcessName $inner.Id sleep
            (Get-Content "/proc/$($inner.Id)/status") -match '^Uid' | Should -Match '200004'
            $theirs = (Invoke-Nsenter $inner.Id -n ip -j link | ConvertFrom-Json).ifname
            $theirs | Should -Contain 'box0'
            Get-AsUser "(Get-NetNamespaceInterface $($inner.Id)).InterfaceName" | Should -Be $theirs
            Get-AsUser "@(Get-NamespaceIpc $($inner.Id) -Kind MessageQueue, PosixMessageQueue 3>&1).Count" | Should -Be 0
        }
        finally {
            $inner, $outer | Where-Object { $_ } | Stop-Process
        }
    }

    It 'is refused for another user''s, as before' -Tag T191 {
        foreach ($command in "Get-NetNamespaceInterface `$path", "Get-NetNamespaceConnection `$path") {
            Invoke-AsUser -UserId 64332 "`$path = '/proc/$($lab.Id)/ns/net'; try { $command -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId -replace ',.*'; `$_.CategoryInfo.Category }" | Should -Be 'SystemCallFailed', 'PermissionDenied'
        }

        # One that everybody can open: a name.
        $name = New-UniqueName
        $mine = Start-Process -PassThru setpriv -ArgumentList ($as + 'unshare', '-Urn', 'sleep', '300')
        try {
            Wait-ProcessName $mine.Id sleep
            ip netns attach $name $mine.Id
            Invoke-AsUser -UserId 64332 "try { Get-NetNamespaceInterface $name -ErrorAction Stop } catch { `"`$_`" }" | Should -Match '^setns net:\[\d+\]: .*EPERM'
            Get-AsUser "(Get-NetNamespaceInterface $name).InterfaceName" | Should -Be 'lo'
        }
        finally {
            ip netns delete $name
            $mine | Stop-Process
        }
    }

    It 'leaves no process, no descriptor and no right behind, and works without standard streams' -Tag T192 {
        $script = "`$count = { (Get-ChildItem /proc/self/fd).Count, @(pgrep -P `$PID).Count -join ' ' }; `$null = Get-NetNamespaceInterface $($lab.Id); `$before = & `$count;" +
            "1..20 | ForEach-Object { `$null = Get-NetNamespaceInterface $($lab.Id); `$null = Get-NamespaceIpc $($lab.Id) }; `$before -eq (& `$count); (Get-Content /proc/self/status) -match '^CapEff'; Test-Path /proc/self/fd/0"
        $said = Invoke-AsUser -UserId $user $script
        $said[0] | Should -Be 'True'
        $said[1] | Should -Match '0000000000000000$'
        $out = Join-Path $helpers out
        $null = New-Item $out
        chown $user $out
        $inner = "[IO.File]::WriteAllLines('$out', [string[]](Get-NetNamespaceInterface $($lab.Id)).InterfaceName)"
        env HOME=$UserHome setpriv @as sh -c 'exec <&- >&- 2>&-; exec "$0" "$@"' ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; $inner"
        Get-Content $out | Should -Be 'lo', 'own1', 'own0'
    }
}
