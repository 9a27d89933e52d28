BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    # What the kernel itself says, as the module writes a range.
    function Get-MapText {
        param([int] $ProcessId, [string] $File)
        (Get-Content "/proc/$ProcessId/$File" | ForEach-Object { ($_.Trim() -split '\s+') -join ':' }) -join ' '
    }

    # A process in a new user namespace with these maps, below that of another process or of this one. It lives until its input ends.
    function Start-UserNamespace {
        param([int] $Above, [Parameter(Mandatory)] [string] $UidMap, [Parameter(Mandatory)] [string] $GidMap, [string] $SetGroups = 'allow')
        $enter = @(if ($Above) { 'nsenter', '-t', $Above, '-U' })
        $start = [Diagnostics.ProcessStartInfo]::new('env')
        foreach ($argument in $enter + @('unshare', '-U', 'sh', '-c', 'echo ready; exec cat')) { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardOutput.ReadLine() | Should -Be ready
        env @enter sh -ec "echo $SetGroups > /proc/$($process.Id)/setgroups; printf '$UidMap' > /proc/$($process.Id)/uid_map; printf '$GidMap' > /proc/$($process.Id)/gid_map"
        $LASTEXITCODE | Should -Be 0
        $process
    }

    function Stop-UserNamespace {
        param([Parameter(ValueFromPipeline)] [Diagnostics.Process] $Process)
        process {
            $Process.StandardInput.Close()
            $Process.WaitForExit()
        }
    }
}

Describe 'Get-NamespaceIdMap' {
    It 'shows the maps of this session without any target' {
        $map = Get-NamespaceIdMap
        "$($map.UidMap)" | Should -Be (Get-MapText $PID uid_map)
        "$($map.GidMap)" | Should -Be (Get-MapText $PID gid_map)
        $map.NamespaceInode | Should -Be (Get-LinkInode $PID user)
        $map.SetGroups | Should -Be ((Get-Content /proc/self/setgroups) -eq 'allow' ? 'Allow' : 'Deny')
    }

    It 'says what is not there' {
        { Get-NamespaceIdMap 2147483647 -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
        { Get-NamespaceIdMap /proc/self/ns/uts -ErrorAction Stop } | Should -Throw -ErrorId 'TargetLacksType,*'
        { ConvertTo-NamespaceId nosuchuser -ErrorAction Stop } | Should -Throw -ErrorId 'AccountNotFound,*'
        { ConvertTo-NamespaceId 1 -From 2147483647 } | Should -Throw -ErrorId 'ProcessNotFound,*'
    }

    It 'is the same id where both are this session''s' {
        (ConvertTo-NamespaceId 0).Id | Should -Be 0
        (ConvertTo-NamespaceId root).Name | Should -Be root
    }
}

Describe 'Get-NamespaceIdMap of a chain of three' -Skip:(-not $isRoot) {
    BeforeAll {
        # Each below the one before, the last with two ranges; and one beside them.
        $first = Start-UserNamespace -UidMap '0 100000 65536' -GidMap '0 300000 65536'
        $second = Start-UserNamespace -Above $first.Id -UidMap '0 1000 1000' -GidMap '0 2000 1000'
        $third = Start-UserNamespace -Above $second.Id -UidMap '0 10 1\n5 100 20' -GidMap '0 10 1' -SetGroups deny
        $beside = Start-UserNamespace -UidMap '0 100500 1000' -GidMap '0 100500 1000'
        $all = $first, $second, $third, $beside
    }

    AfterAll {
        $all | Stop-UserNamespace
    }

    It 'agrees with /proc, and knows who is above' -Tag T035 {
        foreach ($process in $all) {
            $map = Get-NamespaceIdMap $process
            "$($map.UidMap)" | Should -Be (Get-MapText $process.Id uid_map)
            "$($map.GidMap)" | Should -Be (Get-MapText $process.Id gid_map)
            "$($map.SetGroups)".ToLower() | Should -Be (Get-Content "/proc/$($process.Id)/setgroups")
            $map.ProcessId | Should -Be $process.Id
        }

        (Get-NamespaceIdMap $third).ParentInode | Should -Be (Get-LinkInode $second.Id user)
        (Get-NamespaceIdMap $first).ParentInode | Should -Be (Get-LinkInode $PID user)
    }

    It 'takes the pipeline and finds all' {
        ($all | Get-NamespaceIdMap).NamespaceInode | Should -Be ($all.Id | ForEach-Object { Get-LinkInode $_ user })
        $inode = Get-LinkInode $third.Id user
        ("user:[$inode]", $third.Id, "/proc/$($third.Id)/ns/user" | Get-NamespaceIdMap) | Should -HaveCount 1
        (Get-NamespaceIdMap -All).NamespaceInode | Should -Contain $inode
        Get-NamespaceIdMap $third | Get-NamespaceIdMap | Out-String -Width 160 | Should -Match "user:\[$inode\] .*Deny +0:101010:1 5:101100:20 +0:302010:1"
    }

    It 'translates as the kernel does when it shows the owner of a file' -Tag T036 {
        $file = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item $file
        try {
            foreach ($case in @(101010, 101105, 101119), @(100000, 101000, 101999)) {
                foreach ($id in $case) {
                    chown "${id}:${id}" $file
                    foreach ($process in $all) {
                        $seen = nsenter -t $process.Id -U stat -c %u $file
                        $own = ConvertTo-NamespaceId $id -To $process -ErrorAction Ignore
                        ($own ? "$($own.Id)" : '65534') | Should -Be $seen -Because "$id in $($process.Id)"
                    }
                }
            }
        }
        finally {
            rm -f $file
        }
    }

    It 'translates between any two of the chain, both ways' -Tag T037 {
        (ConvertTo-NamespaceId 0, 5, 24 -From $third).Id | Should -Be 101010, 101100, 101119
        (ConvertTo-NamespaceId 5 -From $third -To $second).Id | Should -Be 100
        (ConvertTo-NamespaceId 5 -From $third -To $first).Id | Should -Be 1100
        (ConvertTo-NamespaceId 1100 -From $first -To $third).Id | Should -Be 5
        (ConvertTo-NamespaceId 600 -From $beside -To $third).Id | Should -Be 5
        (ConvertTo-NamespaceId 0 -From $third -Group).Id | Should -Be 302010
        $one = 0 | ConvertTo-NamespaceId -From $third -To $first
        $one.SourceId, $one.FromInode, $one.ToInode, $one.IsGroup | Should -Be 0, (Get-LinkInode $third.Id user), (Get-LinkInode $first.Id user), $false
    }

    It 'says which id has none, and goes on with the others' {
        $found = ConvertTo-NamespaceId 1, 5 -From $third -ErrorVariable failed -ErrorAction SilentlyContinue
        $found.Id | Should -Be 101100
        $failed.FullyQualifiedErrorId | Should -BeLike 'IdNotMapped,*'
        { ConvertTo-NamespaceId 0 -To $third -ErrorAction Stop } | Should -Throw -ErrorId 'IdNotMapped,*'
    }

    It 'tells ids of a namespace that is not below the session''s from those that are' {
        $file = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item $file
        mount --bind /proc/$($beside.Id)/ns/user $file
        try {
            $seen = nsenter -t $first.Id -U --preserve-credentials -S 0 -G 0 ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command @"
Import-Module '$ModulePath'
(ConvertTo-NamespaceId 5 -From $($third.Id) -To $($second.Id)).Id
(ConvertTo-NamespaceId 1100 -To $($third.Id)).Id
try { ConvertTo-NamespaceId 0 -From '$file' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }
"@
            $seen | Should -Be 100, 5, 'UserNamespaceOutOfSight,LinuxNamespaces.Commands.ConvertToNamespaceIdCommand'
        }
        finally {
            umount $file
            rm -f $file
        }
    }

    It 'cannot read one without a process, and says so' {
        $short = Start-UserNamespace -UidMap '0 100000 10' -GidMap '0 100000 10'
        $inner = Start-UserNamespace -Above $short.Id -UidMap '0 1 1' -GidMap '0 1 1'
        try {
            $inode = Get-LinkInode $short.Id user
            $short | Stop-UserNamespace
            { Get-NamespaceIdMap "user:[$inode]" -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceHasNoProcess,*'
            (Get-NamespaceIdMap -All -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }).Message -match "$inode" | Should -Not -BeNullOrEmpty
        }
        finally {
            $inner | Stop-UserNamespace
        }
    }
}
