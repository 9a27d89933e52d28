BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
}

Describe 'Get-NetNamespace' -Skip:(-not $isRoot) {
    BeforeAll {
        $prefix = New-UniqueName
        $a, $b, $c = "$prefix-a", "$prefix-b", "$prefix-c"
        foreach ($name in $a, $b, $c) { ip netns add $name }
        ip netns set $b 99
        $process = Start-Process ip -ArgumentList 'netns', 'exec', $a, 'sleep', '300' -PassThru
        Wait-Namespace $process.Id net (stat -c %i "/run/netns/$a")
    }

    AfterAll {
        $process.Kill()
        foreach ($name in $a, $b, $c) { ip netns delete $name }
    }

    It 'lists what ip lists, with the ids ip shows' -Tag T047 {
        $expected = ip netns list | Where-Object { $_ -like "$prefix*" } | Sort-Object
        $found = Get-NetNamespace "$prefix*" | ForEach-Object { $null -eq $_.NetNsId ? $_.Name : "$($_.Name) (id: $($_.NetNsId))" }
        $found | Should -Be $expected
        (Get-NetNamespace).Name | Should -Contain $a
    }

    It 'knows inode, kernel id, owner, processes and interfaces' {
        $ns = Get-NetNamespace $a
        $ns.Inode | Should -Be (stat -c %i "/run/netns/$a")
        $ns.ProcessCount | Should -Be 1
        $ns.ProcessId | Should -Be (ip netns pids $a)
        $ns.Command | Should -Be 'sleep 300'
        $ns.InterfaceCount | Should -Be @(ip -n $a -o link).Count
        $ns.OwnerInode | Should -Be (Get-LinkInode $PID user)
        $ns.UserName | Should -Be root
        $ns.Path | Should -Be "/run/netns/$a"
        $ns.NamespaceId | Should -Be (Get-Namespace -Name $a).NamespaceId
        (Get-NetNamespace $b).ProcessCount | Should -Be 0
    }

    It 'has nobody where the name has gone when they are first asked for' {
        ip netns add "$prefix-d"
        $inside = Start-Process ip -ArgumentList 'netns', 'exec', "$prefix-d", 'sleep', '300' -PassThru
        try {
            Wait-Namespace $inside.Id net (stat -c %i "/run/netns/$prefix-d")
            $asked, $late = (Get-NetNamespace "$prefix-d"), (Get-NetNamespace "$prefix-d")
            $asked.ProcessId | Should -Be $inside.Id
            ip netns delete "$prefix-d"
            $asked.ProcessId | Should -Be $inside.Id
            $late.ProcessId | Should -BeNullOrEmpty
            $late.ProcessCount | Should -Be 0
        }
        finally { $inside.Kill() }
    }

    It 'is a NamespaceInfo with the same values as Get-Namespace gives' {
        $ns = Get-NetNamespace $a
        $ns | Should -BeOfType 'LinuxNamespaces.NamespaceInfo'
        $other = Get-Namespace -Name $a
        foreach ($property in 'Type', 'Inode', 'NamespaceId', 'ProcessCount', 'ProcessId', 'ParentProcessId', 'Command', 'UserId', 'UserName', 'OwnerInode', 'OwnerUserId', 'NetNsId', 'Name', 'MountPoint', 'IsInitial', 'IsCurrent') {
            $ns.$property | Should -Be $other.$property -Because $property
        }
    }

    It 'takes wildcards, several names and names from the pipeline' {
        (Get-NetNamespace "$prefix-[ab]").Name | Should -Be $a, $b
        (Get-NetNamespace $c, $a).Name | Should -Be $a, $c
        ($b, $c | Get-NetNamespace).Name | Should -Be $b, $c
        (Get-Namespace -Name $b | Get-NetNamespace).Name | Should -Be $b
        Get-NetNamespace "$prefix-none*" | Should -BeNullOrEmpty
    }

    It 'gives nothing for an empty pipeline, so that nothing is removed behind it' {
        @() | Get-NetNamespace | Should -BeNullOrEmpty
        { Get-NetNamespace $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        { Get-NetNamespace @() } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
    }

    It 'says so where a pattern is none' {
        { Get-NetNamespace 'x[' } | Should -Throw -ErrorId 'InvalidPattern,*'
    }

    It 'says which name is not there' {
        $found = Get-NetNamespace $a, "$prefix-none" -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Name | Should -Be $a
        $problems.FullyQualifiedErrorId | Should -BeLike 'NamespaceNameNotFound,*'
        $problems[0].CategoryInfo.Category | Should -Be ObjectNotFound
    }

    It 'shows the ids another namespace has, as ip -n does' -Tag T048 {
        $one, $two = "$prefix-r1", "$prefix-r2"
        ip netns add $one
        ip netns add $two
        try {
            ip -n $one netns set $two 77
            (Get-NetNamespace $two).NetNsId | Should -BeNullOrEmpty
            (Get-NetNamespace $two -RelativeTo $one).NetNsId | Should -Be 77
            (Get-NetNamespace $two -RelativeTo "/run/netns/$one").NetNsId | Should -Be 77
            (Get-NetNamespace $b -RelativeTo $one).NetNsId | Should -BeNullOrEmpty
            { Get-NetNamespace $two -RelativeTo "$prefix-none" } | Should -Throw -ErrorId 'NamespaceNameNotFound,*'
            { Get-NetNamespace $two -RelativeTo 'nosuchdrive:/x' } | Should -Throw -ErrorId 'NotAFileSystemPath,*'
            { Get-NetNamespace $two -RelativeTo 'env:/x' } | Should -Throw -ErrorId 'NotAFileSystemPath,*'
        }
        finally {
            ip netns delete $one
            ip netns delete $two
        }
    }

    It 'leaves stale files and other things out, and says so when asked for them' -Tag T049 {
        $stale, $uts = "$prefix-stale", "$prefix-uts"
        $null = New-Item "/run/netns/$stale", "/run/netns/$uts"
        mount --bind /proc/self/ns/uts "/run/netns/$uts"
        try {
            (Get-NetNamespace "$prefix*").Name | Should -Not -Contain $stale
            (Get-NetNamespace "$prefix*").Name | Should -Not -Contain $uts
            { Get-NetNamespace $stale -ErrorAction Stop } | Should -Throw -ErrorId 'StaleNetNamespaceFile,*'
            { Get-NetNamespace $uts -ErrorAction Stop } | Should -Throw -ErrorId 'StaleNetNamespaceFile,*'
            (Get-NetNamespace -Verbose 4>&1 | Out-String) | Should -Match $stale
        }
        finally {
            umount "/run/netns/$uts"
            Remove-Item -Force "/run/netns/$stale", "/run/netns/$uts"
        }
    }

    It 'follows a symbolic link to the namespace of a process' {
        $link = "$prefix-link"
        $null = New-Item -ItemType SymbolicLink -Path "/run/netns/$link" -Target "/proc/$($process.Id)/ns/net"
        (Get-NetNamespace $link).Inode | Should -Be (Get-NetNamespace $a).Inode
        Remove-NetNamespace $link
        Test-Path "/run/netns/$link" | Should -BeFalse
        (Get-NetNamespace $a).ProcessCount | Should -Be 1
    }

    It 'answers late questions with nothing where the name stands for another namespace by then' {
        $name = "$prefix-late"
        ip netns add $name
        $early = Get-NetNamespace $name
        ip netns delete $name
        ip netns add $name
        $early.InterfaceCount | Should -BeNullOrEmpty
        $early.OwnerInode | Should -BeNullOrEmpty
        (Get-NetNamespace $name).InterfaceCount | Should -Be 1
        ip netns delete $name
    }

    It 'completes names' {
        $line = "Get-NetNamespace $prefix-"
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Be $a, $b, $c
    }

    It 'has a view that survives serialization' {
        $ns = Get-NetNamespace $a
        $text = $ns | Out-String -Width 120
        $text | Should -Match 'InterfaceCount'
        $text | Should -Match ([regex]::Escape($a))
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($ns, 1))
        $copy.InterfaceCount | Should -Be 1
        ($copy | Out-String -Width 120).Trim() | Should -Be $text.Trim()
    }

    It 'is silent where there is no directory' {
        Invoke-WithPrivateRun '@(Get-NetNamespace).Count; try { Get-NetNamespace nope -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }' |
            Should -Be '0', 'NamespaceNameNotFound,LinuxNamespaces.Commands.GetNetNamespaceCommand'
    }
}

Describe 'Get-NetNamespace as an ordinary user' -Skip:(-not $isRoot) {
    It 'lists the names; what is inside stays unknown' {
        $name = New-UniqueName
        ip netns add $name
        try {
            Invoke-AsUser "`$n = Get-NetNamespace $name; `$n.Inode; `"[`$(`$n.InterfaceCount)]`"" | Should -Be (stat -c %i "/run/netns/$name"), '[]'
        }
        finally {
            ip netns delete $name
        }
    }
}
