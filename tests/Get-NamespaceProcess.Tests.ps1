BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Get-NamespaceProcess' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        $herd = Start-Helper herd 2, 8
        $leaders = @([int[]]($herd.ReadyLine -split ' ' | Select-Object -Skip 1))
        $inode = Get-LinkInode $leaders[0] uts
        $members = sh -c "find /proc/[0-9]*/ns/uts -maxdepth 0 -lname 'uts:\[$inode\]' 2>/dev/null" | ForEach-Object { [int]($_ -split '/')[2] }
    }

    AfterAll {
        Stop-Helper $herd
    }

    It 'lists the processes of a namespace by value, inode and property name' -Tag T045 {
        $members.Count | Should -BeGreaterOrEqual 4
        $ns = Get-Namespace -Inode $inode
        ($ns | Get-NamespaceProcess).Id | Should -Be ($members | Sort-Object)
        (Get-NamespaceProcess $ns).Id | Should -Be ($members | Sort-Object)
        (Get-NamespaceProcess -Inode $inode).Id | Should -Be ($members | Sort-Object)
        ([pscustomobject]@{ Type = 'Uts'; Inode = "$inode" } | Get-NamespaceProcess).Id | Should -Be ($members | Sort-Object)
    }

    It 'lists a process once, with its eight inodes' {
        $found = @(Get-Namespace -ProcessId $leaders[0] | Get-NamespaceProcess | Where-Object Id -EQ $leaders[0])
        $found | Should -HaveCount 1
        foreach ($type in 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts') {
            $found[0]."${type}Namespace" | Should -Be (Get-LinkInode $leaders[0] $type) -Because $type
        }
    }

    It 'tells the PIDs at every level, as the kernel does' {
        foreach ($process in Get-NamespaceProcess -Inode $inode) {
            $line = Select-String '^NSpid:\s+(.*)' "/proc/$($process.Id)/status"
            $pids = -split $line.Matches[0].Groups[1].Value
            $process.NSpid | Should -Be ($pids -join ' ')
            $process.NamespacePid | Should -Be $pids[-1]
        }

        # Children of a leader are in a pid namespace of their own.
        (Get-NamespaceProcess -Inode $inode | Where-Object { $_.NamespacePid -eq 1 }) | Should -Not -BeNullOrEmpty
    }

    It 'tells the user outside and inside' {
        $mapped = Start-Process setpriv '--reuid', '65534', '--regid', '65534', '--clear-groups', 'unshare', '--user', '--map-root-user', 'sleep', '60' -PassThru
        try {
            Wait-ProcessName $mapped.Id sleep
            $process = Get-NamespaceProcess -Inode (Get-LinkInode $mapped.Id user)
            $process.Id | Should -Be $mapped.Id
            $process.UserId | Should -Be 65534
            $process.UserName | Should -Be (id -nu 65534)
            $process.NamespaceUserId | Should -Be 0
        }
        finally {
            $mapped.Kill()
        }
    }

    It 'has the name, command line, parent and start time of ps' {
        $process = Get-NamespaceProcess -Inode $inode | Where-Object Id -EQ $leaders[0]
        $process.CommandLine | Should -Be (ps -o args= -p $leaders[0])
        $process.ParentId | Should -Be ([int](ps -o ppid= -p $leaders[0]))
        $process.Program | Should -Be (Get-Content "/proc/$($leaders[0])/comm")
        [math]::Abs(($process.StartTime - (Get-Process -Id $leaders[0]).StartTime).TotalSeconds) | Should -BeLessThan 2
        $process.HasExited | Should -BeFalse
    }

    It 'lists by the name of a net namespace' -Tag T046 {
        $name = New-UniqueName
        ip netns add $name
        $inside = Start-Process ip 'netns', 'exec', $name, 'sleep', '60' -PassThru
        try {
            Wait-ProcessName $inside.Id sleep
            (Get-NamespaceProcess $name).Id | Should -Be $inside.Id
            (Get-NamespaceProcess "$name*").Id | Should -Be $inside.Id
            touch "/run/netns/${name}[1]"
            mount --bind "/run/netns/$name" "/run/netns/${name}[1]"
            (Get-NamespaceProcess "${name}[1]").Id | Should -Be $inside.Id -Because 'it is a name that is there'
            (Get-NamespaceProcess ([WildcardPattern]::Escape("${name}[1]"))).Id | Should -Be $inside.Id
            $holders = Get-NamespaceProcess $name -Holder
            $holders | Where-Object Source -EQ Process | ForEach-Object Id | Should -Be $inside.Id
            $holders | Where-Object Source -EQ Mount | ForEach-Object MountPoint | Should -Contain "/run/netns/$name"
        }
        finally {
            $inside.Kill()
            $inside.WaitForExit()
            ip netns delete "${name}[1]" 2>$null
            ip netns delete $name
        }
    }

    # As each container has a copy of the mounts that its engine keeps networks by.
    It 'lists a mount once, with all the mount namespaces that it was propagated to' -Tag T198 {
        $name = New-UniqueName
        ip netns add $name
        $copies = @()
        try {
            $copies = @(1..3 | ForEach-Object { Start-Process unshare '--mount', '--propagation', 'private', 'sleep', '300' -PassThru })
            $copies | ForEach-Object { Wait-ProcessName $_.Id sleep }
            $expected = @(Get-LinkInode $PID mnt) + ($copies | ForEach-Object { Get-LinkInode $_.Id mnt })
            $mounts = @(Get-NamespaceProcess $name -Holder | Where-Object Source -EQ Mount)
            $mounts | Should -HaveCount 1
            $mounts[0].MountPoint | Should -Be "/run/netns/$name"
            $mounts[0].MountNamespace | Should -Be $expected[0] -Because 'the own one is named first'
            $expected | Where-Object { $_ -notin $mounts[0].MountNamespaces } | Should -BeNullOrEmpty
            $mounts[0].MountNamespaces | Sort-Object -Unique | Should -HaveCount $mounts[0].MountNamespaces.Count
            $mounts[0].Detail | Should -Be "/run/netns/$name in mnt:[$($expected[0])] and $($mounts[0].MountNamespaces.Count - 1) more"

            # Where it is gone here, it is still there.
            umount "/run/netns/$name"
            $left = @(Get-NamespaceProcess -Inode $mounts[0].Inode -Holder | Where-Object Source -EQ Mount)
            $left | Should -HaveCount 1
            $left[0].MountNamespaces | Should -Not -Contain $expected[0]
            $expected | Select-Object -Skip 1 | Where-Object { $_ -notin $left[0].MountNamespaces } | Should -BeNullOrEmpty
        }
        finally {
            $copies | Stop-Process
            while (findmnt --noheadings "/run/netns/$name") { umount "/run/netns/$name" }
            Remove-Item "/run/netns/$name" -ErrorAction Ignore
        }
    }

    It 'takes a process for what it shares with others and not with this session' {
        $root = Start-Process unshare '--uts', '--ipc', 'sleep', '60' -PassThru
        $others = @()
        try {
            Wait-ProcessName $root.Id sleep
            $others = @(
                Start-Process nsenter '--target', $root.Id, '--uts', 'sleep', '60' -PassThru
                Start-Process nsenter '--target', $root.Id, '--ipc', 'sleep', '60' -PassThru
            )
            $others.ForEach{ Wait-ProcessName $_.Id sleep }
            (Get-NamespaceProcess $root.Id).Id | Should -Be ($root.Id, $others[0].Id, $others[1].Id | Sort-Object)
            (Get-NamespaceProcess $root.Id -Type Uts).Id | Should -Be ($root.Id, $others[0].Id | Sort-Object)
            (Get-NamespaceProcess "ipc:[$(Get-LinkInode $root.Id ipc)]").Id | Should -Be ($root.Id, $others[1].Id | Sort-Object)
            (Get-NamespaceProcess "/proc/$($root.Id)/ns/uts").Id | Should -Be ($root.Id, $others[0].Id | Sort-Object)
            (Get-Process -Id $root.Id | Get-NamespaceProcess -Type Ipc).Id | Should -Be ($root.Id, $others[1].Id | Sort-Object)

            # It shares the other six with this session.
            (Get-NamespaceProcess $root.Id -Type Net).Id | Should -Contain $PID
            { Get-NamespaceProcess "/proc/$($root.Id)/ns/uts" -Type Net -ErrorAction Stop } | Should -Throw -ErrorId 'TargetLacksType,*'
        }
        finally {
            $root, $others | ForEach-Object { $_.Kill(); $_.WaitForExit() }
        }
    }

    It 'shows the container in its table' {
        Get-NamespaceProcess $PID -Type Uts | Select-Object -First 1 | Out-String | Should -Match '(?m)^ +Id NamespacePid UserName State +Container +CommandLine'
        Get-NamespaceProcess $PID -Type Uts | Select-Object -First 1 | Format-Table -View Namespace | Out-String | Should -Match '(?m)PidNamespace NetNamespace CommandLine'
    }

    It 'pipes into Stop-Process' {
        $victim = Start-Process unshare '--uts', 'sleep', '60' -PassThru
        try {
            Wait-ProcessName $victim.Id sleep
            Get-Namespace uts -ProcessId $victim.Id | Get-NamespaceProcess | Stop-Process
            $victim.WaitForExit(5000) | Should -BeTrue
        }
        finally {
            if (-not $victim.HasExited) { $victim.Kill() }
        }
    }

    It 'gives nothing for nothing: an empty pipeline must not reach every process' {
        @() | Get-NamespaceProcess | Should -BeNullOrEmpty
        Get-Namespace -Type Net | Where-Object Inode -EQ 1 | Get-NamespaceProcess | Should -BeNullOrEmpty
    }

    It 'does not take another namespace with the same inode for the one meant' {
        $ns = Get-Namespace -Inode $inode
        $stale = [LinuxNamespaces.NamespaceInfo].GetConstructor([Reflection.BindingFlags]'NonPublic, Instance', [type[]]@()).Invoke(@())
        [LinuxNamespaces.NamespaceInfo].GetProperty('Type').SetValue($stale, $ns.Type)
        [LinuxNamespaces.NamespaceInfo].GetProperty('Inode').SetValue($stale, $ns.Inode)
        [LinuxNamespaces.NamespaceInfo].GetProperty('NamespaceId').SetValue($stale, [ulong]($ns.NamespaceId ?? 0) + 1)
        if ($null -eq $ns.NamespaceId) {
            Set-ItResult -Skipped -Because 'this kernel has no namespace ids'
            return
        }

        $stale | Get-NamespaceProcess | Should -BeNullOrEmpty
        $stale | Get-NamespaceProcess -Holder -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed.FullyQualifiedErrorId | Should -BeLike 'NamespaceNotFound,*'
    }

    It 'says that there is no such <What>' -ForEach @(
        @{ What = 'inode'; Arguments = @{ Inode = 12345 }; Id = 'NamespaceNotFound' }
        @{ What = 'name'; Arguments = @{ InputObject = 'lnt-no-such-name' }; Id = 'TargetNotFound' }
    ) {
        { Get-NamespaceProcess @Arguments -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
    }
}
