BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    # What the kernel shows who looks from inside: columns by name. Times and sizes of pages change by themselves.
    function Get-SysvRow {
        param([int] $ProcessId, [string] $Name, [string[]] $Columns)
        $lines = nsenter -t $ProcessId -i cat /proc/sysvipc/$Name
        $names = $lines[0].Trim() -split '\s+'
        foreach ($line in $lines | Select-Object -Skip 1) {
            $fields = $line.Trim() -split '\s+'
            ($Columns | ForEach-Object { $fields[$names.IndexOf($_)] }) -join ' '
        }
    }
}

Describe 'Get-NamespaceIpc' {
    It 'lists what is in this namespace without any target' {
        { Get-NamespaceIpc -Kind SharedMemory, MessageQueue, Semaphore -ErrorAction Stop } | Should -Not -Throw
        (Get-NamespaceIpc -Kind SharedMemory, MessageQueue, Semaphore).Kind | Where-Object { $_ -like 'Posix*' } | Should -BeNullOrEmpty
    }

    It 'says what is not there' {
        { Get-NamespaceIpc 2147483647 -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
        { Get-NamespaceIpc /proc/self/ns/uts -ErrorAction Stop } | Should -Throw -ErrorId 'TargetLacksType,*'
    }
}

Describe 'Get-NamespaceIpc of a lab' -Skip:(-not $isRoot) {
    BeforeAll {
        $start = [Diagnostics.ProcessStartInfo]::new('unshare')
        foreach ($argument in '-im', '--propagation', 'private', 'sh', '-c', "mount -t tmpfs shm /dev/shm && exec python3 '$PSScriptRoot/helpers/ipc.py'") { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $lab = [Diagnostics.Process]::Start($start)
        $ids = $lab.StandardOutput.ReadLine() | ConvertFrom-Json
        $inode = Get-LinkInode $lab.Id ipc
        $found = @(Get-NamespaceIpc $lab.Id)
    }

    AfterAll {
        $lab.StandardInput.Close()
        $lab.WaitForExit()
    }

    It 'agrees with lsipc inside on queues, memory and semaphores' -Tag T038 {
        foreach ($case in @('-q', 'MessageQueue', 'MSGS'), @('-m', 'SharedMemory', 'NATTCH'), @('-s', 'Semaphore', 'NSEMS')) {
            $option, $kind, $count = $case
            $theirs = nsenter -t $lab.Id -i lsipc $option --bytes --raw --noheadings -o "ID,KEY,OWNER,PERMS,CUID,CGID,$count" | Sort-Object
            $own = $found | Where-Object Kind -EQ $kind | ForEach-Object {
                $mode = [Convert]::ToInt32($_.Permissions, 8)
                $text = -join (8..0 | ForEach-Object { $mode -band (1 -shl $_) ? 'rwx'[(8 - $_) % 3] : '-' })
                "$($_.Id) 0x$('{0:x8}' -f $_.Key) $($_.OwnerUserName) $text $($_.CreatorUserId) $($_.CreatorGroupId) $($_.MessageCount ?? $_.AttachCount ?? $_.SemaphoreCount)"
            } | Sort-Object
            $own | Should -Be $theirs -Because $kind
        }
    }

    It 'agrees with the kernel''s own tables inside' {
        $own = $found | Where-Object Kind -EQ MessageQueue | ForEach-Object { "$($_.Key) $($_.Id) $($_.Size) $($_.MessageCount) $($_.LastProcessId)" }
        $own | Should -Be (Get-SysvRow $lab.Id msg key, msqid, cbytes, qnum, lspid)
        $own | Should -Be "$(0x4711) $($ids.queue) 5 1 $($lab.Id)"
        $own = $found | Where-Object Kind -EQ SharedMemory | ForEach-Object { "$($_.Key) $($_.Id) $($_.Size) $($_.CreatorProcessId) $($_.AttachCount)" } | Sort-Object
        $own | Should -Be (Get-SysvRow $lab.Id shm key, shmid, size, cpid, nattch | Sort-Object)
        ($found | Where-Object IsRemoved).Id | Should -Be $ids.removed
        ($found | Where-Object Kind -EQ Semaphore).SemaphoreCount | Should -Be 3
    }

    It 'finds queues, memory and semaphores of POSIX' -Tag T039 {
        $queue = $found | Where-Object Kind -EQ PosixMessageQueue
        $queue.Name, $queue.Permissions, $queue.Size, $queue.MessageCount, $queue.MaxMessageCount, $queue.MaxMessageSize | Should -Be '/jobs', '0600', 8, 2, 7, 96
        $memory = $found | Where-Object Kind -EQ PosixSharedMemory
        $memory.Name, $memory.Size, $memory.Permissions | Should -Be '/cache', 12288, '0644'
        $gate = $found | Where-Object Kind -EQ PosixSemaphore
        $gate.Name, $gate.Value | Should -Be '/gate', 5
        ($found | Where-Object Kind -EQ Semaphore).ChangeTime | Should -BeGreaterThan ([DateTime]::Now.AddHours(-1))
    }

    It 'takes kinds and the pipeline, and finds all' {
        (Get-NamespaceIpc $lab.Id -Kind Semaphore, PosixMessageQueue).Kind | Should -Be Semaphore, PosixMessageQueue
        (Get-Namespace -Inode $inode | Get-NamespaceIpc -Kind PosixMessageQueue).Name | Should -Be /jobs
        ("ipc:[$inode]", $lab.Id, "/proc/$($lab.Id)/ns/ipc" | Get-NamespaceIpc -Kind Semaphore) | Should -HaveCount 1
        (Get-NamespaceIpc -All -Kind MessageQueue | Where-Object NamespaceInode -EQ $inode).Id | Should -Be $ids.queue
        ($found[0] | Get-NamespaceIpc -Kind PosixSharedMemory).Name | Should -Be /cache
        (Get-NamespaceIpc -Kind PosixMessageQueue).Name | Should -Not -Contain /jobs
    }

    It 'is drawn by namespace' {
        $text = $found | Out-String -Width 120
        $text | Should -Match "Namespace: ipc:\[$inode\]"
        $text | Should -Match "MessageQueue +$($ids.queue) +0x00004711 +root +0640 +5"
        $text | Should -Match 'PosixMessageQueue +root +0600 +8 +/jobs'
    }

    It 'reads one without a process' -Tag T040 {
        $file = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item $file
        try {
            $null = unshare --ipc=$file ipcmk -S 7
            (Get-NamespaceIpc $file).SemaphoreCount | Should -Be 7
            (Get-NamespaceIpc $file).Kind | Should -Be Semaphore
        }
        finally {
            umount $file
            Remove-Item $file
        }
    }

    It 'is what an ordinary user may see, with a word about the rest' {
        $seen = Invoke-AsUser 'Get-NamespaceIpc -Kind Semaphore, PosixMessageQueue 3>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] } | ForEach-Object Message'
        $seen | Should -Match 'message queues of POSIX of host cannot be seen'
    }
}
