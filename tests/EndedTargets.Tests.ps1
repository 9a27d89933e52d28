# Processes that have ended wholly or in part: what is meant for such a one must never run in the session's own namespaces. The oracle
# is readlink(1), run inside, beside the links of /proc/PID/task/TID/ns.
BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1
}

Describe 'A process whose main thread has ended' -Skip:(-not $isRoot) {
    BeforeAll {
        $outer = Start-Ready unshare '--net', '--uts', '--ipc', '--cgroup', '--mount', '--pid', '--fork', '--kill-child', (Get-Helper leaderless)
        $id = [int](pgrep -P $outer.Id)
        $thread = Get-ChildItem "/proc/$id/task" -Name | Where-Object { [int]$_ -ne $id }

        # As a thread that lives has them, by type.
        $links = @{}
        foreach ($name in $NamespaceLinks) { $links[$name] = readlink "/proc/$id/task/$thread/ns/$name" }
    }

    AfterAll {
        Stop-Target $outer
    }

    It 'has lost its own links' {
        readlink "/proc/$id/ns/net" | Should -BeNullOrEmpty
        $links.net | Should -Not -Be (readlink /proc/self/ns/net)
    }

    It 'is gone to with all its namespaces: <Way>' -ForEach @(
        @{ Way = 'a program'; Run = { Invoke-NamespaceCommand -ProcessId $id -FilePath readlink -ArgumentList ($NamespaceLinks | ForEach-Object { "/proc/self/ns/$_" }) } }
        @{ Way = 'a program, to a process of Get-Process'; Run = { Get-Process -Id $id | Invoke-NamespaceCommand -FilePath readlink -ArgumentList ($NamespaceLinks | ForEach-Object { "/proc/self/ns/$_" }) } }
        @{ Way = 'a script block'; Run = { Invoke-NamespaceCommand -ProcessId $id { $using:NamespaceLinks | ForEach-Object { readlink "/proc/self/ns/$_" } } -IdleTimeoutSec 0 } }
        @{ Way = 'Enter-Namespace'; Run = {
                $file = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
                Enter-Namespace $id -FilePath sh -ArgumentList '-c', "cd /proc/self/ns; readlink $NamespaceLinks > $file"
                Get-Content $file
                Remove-Item $file
            }
        }
        @{ Way = 'New-NamespaceProcess -Join'; Run = {
                $file = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
                $null = New-NamespaceProcess -Join $id -RedirectStandardOutput $file -Wait readlink ($NamespaceLinks | ForEach-Object { "/proc/self/ns/$_" })
                Get-Content $file
                Remove-Item $file
            }
        }
    ) {
        & $Run | Should -Be ($NamespaceLinks | ForEach-Object { $links[$_] })
    }

    It 'is gone to on a thread of the session' {
        Invoke-NamespaceCommand -ProcessId $id -InProcess -Type Net, Uts, Ipc { readlink /proc/thread-self/ns/net } | Should -Be $links.net
    }

    It 'is entered at its root and in its own directory' {
        Invoke-NamespaceCommand -ProcessId $id -TargetRoot -TargetWorkingDirectory -FilePath pwd | Should -Be (readlink "/proc/$id/task/$thread/cwd")
    }

    It 'has all its namespaces in Get-Namespace and Compare-Namespace' {
        $found = Get-Namespace -ProcessId $id
        $found | Sort-Object { "$($_.Type)".ToLowerInvariant() } | ForEach-Object { '{0}:[{1}]' -f "$($_.Type)".ToLowerInvariant(), $_.Inode } |
            Should -Be ($NamespaceLinks | ForEach-Object { $links[$_] })
        Compare-Namespace $PID $id | Where-Object IsEqual -EQ $false | ForEach-Object { "$($_.Type)".ToLowerInvariant() } | Sort-Object |
            Should -Be 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'
        $net = Get-Namespace -Type Net -Source Process | Where-Object { "net:[$($_.Inode)]" -eq $links.net }
        $net.ProcessCount | Should -Be 2 -Because "unshare waits in there too"
        readlink $net.Path | Should -Be $links.net
        $process = Get-NamespaceProcess -Inode ([regex]::Match($links.net, '\d+').Value) | Where-Object Id -EQ $id
        $process.State | Should -Be 'running'
        $process.IsZombie | Should -BeFalse
    }

    It 'is looked into from outside with all its namespaces: <Name>' -Tag T199 -ForEach @(
        @{ Name = 'a PSSession'; Look = {
                $session = New-NamespaceSession -ProcessId $id
                try { Invoke-Command $session { 'net', 'uts', 'ipc', 'mnt' | ForEach-Object { readlink "/proc/self/ns/$_" } } } finally { $session | Remove-PSSession }
            }; Expected = { 'net', 'uts', 'ipc', 'mnt' | ForEach-Object { $links[$_] } }
        }
        @{ Name = 'interfaces'; Look = { Get-NetNamespaceInterface $id | ForEach-Object { $_.InterfaceName } }; Expected = { nsenter "--net=/proc/$id/task/$thread/ns/net" ip -j link | ConvertFrom-Json | ForEach-Object ifname } }
        @{ Name = 'mounts'; Look = { @(Get-NamespaceMount $id).Count }; Expected = { @(Get-Content "/proc/$id/task/$thread/mountinfo").Count } }
        @{ Name = 'usage'; Look = { (Measure-Namespace $id -Type Net, Pid).ProcessCount }; Expected = { 2, 1 } }
        @{ Name = 'a mount'; Look = { Mount-Namespace $id $pin -Type Uts -Create; stat -L -c 'uts:[%i]' $pin; Dismount-Namespace $pin -RemoveFile -WarningAction Ignore }; Expected = { $links.uts } }
        @{ Name = 'a name'; Look = { $null = New-NetNamespace $name -ProcessId $id; stat -L -c 'net:[%i]' "/run/netns/$name"; Remove-NetNamespace $name }; Expected = { $links.net } }
    ) {
        if ($Name -eq 'a PSSession' -and $PSVersionTable.PSVersion -lt [version]'7.6') { Set-ItResult -Skipped -Because 'PSSessions need PowerShell 7.6'; return }
        $name = New-UniqueName
        $pin = Join-Path ([IO.Path]::GetTempPath()) $name
        & $Look | Should -Be (& $Expected)
    }

    It 'keeps a namespace by a descriptor' {
        $held = Start-Ready unshare '--uts', 'sh', '-c', "exec 7< /proc/self/ns/uts; exec unshare --uts '$(Get-Helper leaderless)'"
        try {
            $inode = [regex]::Match((readlink "/proc/$($held.Id)/task/$(Get-ChildItem "/proc/$($held.Id)/task" -Name | Where-Object { [int]$_ -ne $held.Id })/fd/7"), '\d+').Value
            $found = Get-Namespace -Type Uts -Source All | Where-Object Inode -EQ $inode
            $found | Should -Not -BeNullOrEmpty
            (stat -L -c %i $found.Path) | Should -Be $inode
        }
        finally { Stop-Target $held }
    }
}

Describe 'A process that has ended and was not waited for' -Skip:(-not $isRoot) {
    BeforeAll {
        $maker = Start-Helper shortlived
        $maker.StandardInput.WriteLine('0')
        $zombie = [int]$maker.StandardOutput.ReadLine()
        Wait-Condition { (ps -o stat= -p $zombie) -match '^Z' }
    }

    AfterAll {
        Stop-Helper $maker
    }

    It 'is an error as a target: <Way>' -ForEach @(
        @{ Way = 'a program'; Run = { Invoke-NamespaceCommand -ProcessId $zombie -FilePath true -ErrorAction Stop } }
        @{ Way = 'one type that it seems to have'; Run = { Invoke-NamespaceCommand -ProcessId $zombie -Type Pid -FilePath true -ErrorAction Stop } }
        @{ Way = 'a script block'; Run = { Invoke-NamespaceCommand -ProcessId $zombie { 1 } -ErrorAction Stop } }
        @{ Way = 'on a thread of the session'; Run = { Invoke-NamespaceCommand -ProcessId $zombie -InProcess { 1 } -ErrorAction Stop } }
        @{ Way = 'Enter-Namespace'; Run = { Enter-Namespace $zombie -FilePath true } }
        @{ Way = 'New-NamespaceProcess -Join'; Run = { New-NamespaceProcess -Join $zombie -Wait true } }
        @{ Way = 'Compare-Namespace'; Run = { Compare-Namespace $PID $zombie -ErrorAction Stop } }
    ) {
        $failure = $Run | Should -Throw -ErrorId 'ProcessNotFound,*' -PassThru
        "$failure" | Should -BeLike "*Process $zombie has ended: it is a zombie*"
    }

    It 'is marked in Get-NamespaceProcess' {
        $all = Get-NamespaceProcess -Inode (Get-LinkInode $PID pid)
        $found = $all | Where-Object Id -EQ $zombie
        $found.IsZombie | Should -BeTrue
        $found.HasExited | Should -BeTrue
        $found.State | Should -Be 'zombie'
        ($all | Where-Object Id -EQ $PID).IsZombie | Should -BeFalse
    }

    # The target ends before, while or after it is looked at, opened and joined: a third of them at once, a third in the time that this takes.
    It 'never lets a command run in the session''s own namespaces, in 300 tries' {
        $own = 'uts', 'net', 'ipc', 'mnt' | ForEach-Object { readlink "/proc/self/ns/$_" }
        $inside = $outside = $refused = 0
        $failures = @()
        foreach ($round in 1..300) {
            $maker.StandardInput.WriteLine([Random]::Shared.Next(0, @(1, 1500, 12000)[$round % 3]))
            $target = [int]$maker.StandardOutput.ReadLine()
            $lines = Invoke-NamespaceCommand -ProcessId $target -FilePath readlink -ArgumentList '/proc/self/ns/uts', '/proc/self/ns/net', '/proc/self/ns/ipc', '/proc/self/ns/mnt' -ErrorAction SilentlyContinue -ErrorVariable +failures
            if (-not $lines) { $refused++ }
            elseif ($lines | Where-Object { $_ -in $own }) { $outside++ }
            else { $inside++ }
        }

        $outside | Should -Be 0
        $inside + $refused | Should -Be 300
        $refused | Should -BeGreaterThan 0

        # What has ended while it was joined is said to have ended, whichever call noticed it.
        $failures | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*' } | Sort-Object -Unique | Where-Object { $_ -notin 'ProcessNotFound', 'ProcessRecycled', 'PidNamespaceDead' } | Should -BeNullOrEmpty
    }
}
