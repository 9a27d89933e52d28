BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
}

Describe 'Remove-NetNamespace' -Skip:(-not $isRoot) {
    BeforeEach {
        $prefix = New-UniqueName
        $name = "$prefix-n"
        ip netns add $name
    }

    AfterEach {
        Get-ChildItem "/run/netns/$prefix*" | ForEach-Object {
            while (Get-NetNamespaceMount $_.Name) { umount -l $_.FullName }
            Remove-Item -Force $_.FullName
        }
    }

    It 'removes what ip made: file and mount' -Tag T176 {
        Remove-NetNamespace $name | Should -BeNullOrEmpty
        Test-Path "/run/netns/$name" | Should -BeFalse
        Get-NetNamespaceMount $name | Should -BeNullOrEmpty
        ip netns list | Should -Not -Contain $name
    }

    It 'takes wildcards, the pipeline and objects' -Tag T177 {
        ip netns add "$prefix-1"
        ip netns add "$prefix-2"
        ip netns add "$prefix-3"
        Remove-NetNamespace "$prefix-[12]"
        Get-NetNamespace "$prefix*" | Should -HaveCount 2
        "$prefix-3" | Remove-NetNamespace
        Get-NetNamespace "$prefix*" | Remove-NetNamespace
        Get-NetNamespace "$prefix*" | Should -BeNullOrEmpty
        { Remove-NetNamespace "$prefix*" -ErrorAction Stop } | Should -Not -Throw
    }

    It 'does not take the name in an object for a pattern' {
        $odd = "$prefix-[n]"
        New-NetNamespace $odd | Remove-NetNamespace
        Test-Path -LiteralPath "/run/netns/$odd" | Should -BeFalse
        Test-Path "/run/netns/$name" | Should -BeTrue
    }

    It 'leaves a name alone that stands for another namespace by now' {
        $early = Get-NetNamespace $name
        ip netns delete $name
        ip netns add $name
        $problem = { $early | Remove-NetNamespace -ErrorAction Stop } | Should -Throw -ErrorId 'NetNamespaceChanged,*' -PassThru
        $problem.CategoryInfo.Category | Should -Be ObjectNotFound
        Test-Path "/run/netns/$name" | Should -BeTrue
    }

    It 'removes nothing for an empty pipeline or a pattern that is none' {
        @() | Remove-NetNamespace
        { Remove-NetNamespace "$prefix[" -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
        Test-Path "/run/netns/$name" | Should -BeTrue
    }

    It 'says which name is not there and goes on' {
        Remove-NetNamespace "$prefix-none", $name -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -BeLike 'NamespaceNameNotFound,*'
        Test-Path "/run/netns/$name" | Should -BeFalse
        { Remove-NetNamespace '../../etc/passwd' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidNetNamespaceName,*'
    }

    It 'changes nothing with -WhatIf' {
        Remove-NetNamespace $name -WhatIf
        ip netns exec $name true
        $LASTEXITCODE | Should -Be 0
    }

    It 'reports a stale file, and removes it with -Force' -Tag T178 {
        $stale = "$prefix-stale"
        $null = New-Item "/run/netns/$stale"
        { Remove-NetNamespace $stale -ErrorAction Stop } | Should -Throw -ErrorId 'StaleNetNamespaceFile,*'
        Test-Path "/run/netns/$stale" | Should -BeTrue
        Remove-NetNamespace $stale -Force
        Test-Path "/run/netns/$stale" | Should -BeFalse
    }

    It 'removes a name mounted twice' {
        mount --bind "/run/netns/$name" "/run/netns/$name"
        Get-NetNamespaceMount $name | Should -HaveCount 2
        Remove-NetNamespace $name
        Get-NetNamespaceMount $name | Should -BeNullOrEmpty
        Test-Path "/run/netns/$name" | Should -BeFalse
    }

    It 'removes a name whose file is open' {
        $holder = Start-Process sh -ArgumentList '-c', "`"exec sleep 300 < /run/netns/$name`"" -PassThru
        Wait-ProcessName $holder.Id sleep
        try {
            Remove-NetNamespace $name
            Test-Path "/run/netns/$name" | Should -BeFalse
        }
        finally {
            $holder.Kill()
        }
    }

    It 'says with -Verbose who keeps the namespace' -Tag T179 {
        $inode = (Get-NetNamespace $name).Inode
        $process = Start-Process ip -ArgumentList 'netns', 'exec', $name, 'sleep', '300' -PassThru
        try {
            Wait-Namespace $process.Id net $inode
            $text = Remove-NetNamespace $name -Verbose 4>&1 | Out-String
            $text | Should -Match "net:\[$inode\].*$($process.Id) \(sleep 300\)"
            Get-LinkInode $process.Id net | Should -Be $inode
        }
        finally {
            $process.Kill()
        }
    }

    It 'ends a namespace nobody keeps: the other ends of its veth pairs go with it' {
        ip netns add "$prefix-2"
        ip link add veth0 netns $name type veth peer name veth0 netns "$prefix-2"
        Remove-NetNamespace $name
        Wait-Condition { -not (ip -n "$prefix-2" -br link | Select-String veth0) }
    }

    It 'explains a name that is locked in a user namespace' {
        $command = "Import-Module '$ModulePath'; try { Remove-NetNamespace $name -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.CategoryInfo.Category; `$_.ErrorDetails.RecommendedAction }"
        $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
        $output = unshare -Urm ([Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded 2>&1
        $output[0] | Should -Match '^(NetNamespaceBusy|SystemCallFailed|NetNamespaceDenied),'
        $output[1] | Should -BeIn ResourceBusy, PermissionDenied
        Test-Path "/run/netns/$name" | Should -BeTrue
        ip netns exec $name true
        $LASTEXITCODE | Should -Be 0
    }
}

Describe 'Remove-NetNamespace without privilege' -Skip:(-not $isRoot) {
    It 'fails clearly and removes nothing' {
        $name = New-UniqueName
        ip netns add $name
        try {
            $output = Invoke-AsUser "try { Remove-NetNamespace $name -ErrorAction Stop } catch { `$_.CategoryInfo.Category; `$_.Exception.Message }"
            $output[0] | Should -Be PermissionDenied
            ip netns exec $name true
            $LASTEXITCODE | Should -Be 0
        }
        finally {
            ip netns delete $name
        }
    }
}
