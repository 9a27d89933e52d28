BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Set-NetNamespace' -Tag Fast -Skip:(-not $isRoot) {
    BeforeEach {
        $prefix = New-UniqueName
        $name = "$prefix-n"
        ip netns add $name
    }

    AfterEach {
        Remove-NetNamespace "$prefix*"
    }

    # iproute2's testsuite/tests/ip/netns/set_nsid.t, in our words: what is set is seen in every listing.
    It 'sets an id that ip netns list and list-id show' -Tag T183 {
        Set-NetNamespace $name 99991 | Should -BeNullOrEmpty
        ip netns list | Should -Contain "$name (id: 99991)"
        ip netns | Should -Contain "$name (id: 99991)"
        @(ip netns list-id) -match 'nsid 99991 ' | Should -Match "iproute2 netns name: $name"
        (Get-NetNamespace $name).NetNsId | Should -Be 99991
    }

    # ... and set_nsid_batch.t: all of it in one go.
    It 'adds, sets, lists and removes in one pipeline' {
        $seen = New-NetNamespace "$prefix-b" | Set-NetNamespace -NetNsId 99992 -PassThru | ForEach-Object { ip netns list; $_ }
        $seen | Should -Contain "$prefix-b (id: 99992)"
        $seen[-1] | Remove-NetNamespace
        # An id goes with its namespace, which the kernel takes down in its own time.
        Wait-Condition { -not (ip netns list-id | Select-String 99992) }
    }

    It 'takes the next free id with Auto, as ip netns set NAME auto does' -Tag T184 {
        $id = (Set-NetNamespace $name Auto -PassThru).NetNsId
        ip netns list | Should -Contain "$name (id: $id)"
    }

    It 'sees ids that ip sets, and ip sees ours in another namespace' {
        ip netns set $name 99993
        (Get-NetNamespace $name).NetNsId | Should -Be 99993
    }

    It 'takes the name of an object as it is, and only while it stands for the same namespace' {
        ip netns add "$prefix-1"
        ip netns add "$prefix-[1]"
        (Get-NetNamespace "$prefix-``[1``]" | Set-NetNamespace -NetNsId 99981 -PassThru).Name | Should -Be "$prefix-[1]"
        (Get-NetNamespace "$prefix-1").NetNsId | Should -BeNullOrEmpty
        $before = Get-NetNamespace $name

        # Held, or the next one may get its inode.
        $held = [IO.File]::OpenHandle("/run/netns/$name")
        ip netns delete $name
        ip netns add $name
        $held.Dispose()
        { $before | Set-NetNamespace -NetNsId 99982 -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceGone,*'
        (Get-NetNamespace $name).NetNsId | Should -BeNullOrEmpty
        { Get-Namespace -ProcessId $PID -Type Uts | Set-NetNamespace -NetNsId 99982 -ErrorAction Stop } | Should -Throw -ErrorId 'NotANetNamespace,*'
    }

    # A process, its number, its namespace, a file of it and the kernel's name for it: one namespace that has no name. Each case has an id of its
    # own: the kernel takes the last one's back when it gets round to it.
    It 'takes <Case>' -ForEach @(
        @{ Id = 99971; Case = 'a PID'; Target = { $lab.Id } }
        @{ Id = 99972; Case = 'a process'; Target = { $lab } }
        @{ Id = 99973; Case = 'a process of Get-Process'; Target = { Get-Process -Id $lab.Id } }
        @{ Id = 99974; Case = 'a path'; Target = { "/proc/$($lab.Id)/ns/net" } }
        @{ Id = 99975; Case = 'the kernel''s text'; Target = { "net:[$(Get-LinkInode $lab.Id net)]" } }
        @{ Id = 99976; Case = 'a namespace'; Target = { Get-Namespace Net -ProcessId $lab.Id } }
        @{ Id = 99977; Case = 'an interface'; Target = { Get-Namespace Net -ProcessId $lab.Id | Get-NetNamespaceInterface } }
    ) {
        $lab = New-NamespaceProcess -Type Net sleep 300
        try {
            $inode = Get-LinkInode $lab.Id net
            Set-NetNamespace (& $Target) $Id | Should -BeNullOrEmpty
            (Get-Namespace -Inode $inode).NetNsId | Should -Be $Id
            @(ip netns list-id) -match "nsid $Id " | Should -HaveCount 1
        }
        finally { $lab | Stop-Process }
    }

    It 'takes targets from the pipeline, and writes them with -PassThru' {
        $lab = New-NamespaceProcess -Type Net sleep 300
        try {
            $set = $lab, $name | Set-NetNamespace -NetNsId Auto -PassThru
            $set.Inode | Should -Be (Get-LinkInode $lab.Id net), (Get-Namespace Net -Name $name).Inode
            $set.NetNsId | Sort-Object -Unique | Should -HaveCount 2
        }
        finally { $lab | Stop-Process }
    }

    It 'cannot change an id, and says which it is' {
        ip netns set $name 99994
        $problem = { Set-NetNamespace $name 99995 -ErrorAction Stop } | Should -Throw -ErrorId 'NetNsIdAlreadyAssigned,*' -PassThru
        $problem.CategoryInfo.Category | Should -Be ResourceExists
        "$problem" | Should -Match 99994
    }

    It 'refuses an id of another namespace' {
        ip netns add "$prefix-2"
        ip netns set "$prefix-2" 99996
        { Set-NetNamespace $name 99996 -ErrorAction Stop } | Should -Throw -ErrorId 'NetNsIdInUse,*'
        (Get-NetNamespace $name).NetNsId | Should -BeNullOrEmpty
    }

    It 'takes wildcards with Auto' {
        ip netns add "$prefix-2"
        $set = Set-NetNamespace "$prefix*" Auto -PassThru
        $set.NetNsId | Sort-Object -Unique | Should -HaveCount 2
    }

    It 'refuses <value> as an id' -ForEach @(@{ value = -1 }, @{ value = 'x' }, @{ value = '2147483648' }) {
        { Set-NetNamespace $name $value } | Should -Throw -ErrorId 'CannotConvertArgumentNoMessage,*'
    }

    It 'changes nothing with -WhatIf' {
        Set-NetNamespace $name 99997 -WhatIf
        (Get-NetNamespace $name).NetNsId | Should -BeNullOrEmpty
    }

    It 'says so where a pattern is none' {
        { Set-NetNamespace 'x[' Auto -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
    }

    It 'says which name is not there' {
        { Set-NetNamespace "$prefix-none" 1 -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
    }

    It 'completes Auto' {
        $line = 'Set-NetNamespace x -NetNsId '
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Be Auto
    }
}
