BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1
    . $PSScriptRoot/watch.ps1
}

Describe 'Watch-Namespace for types without news of their own' -Skip:(-not $isRoot) {
    It 'begins with what there is' {
        $events = Watch-Namespace -Type Uts, User -TimeoutSec 0
        $events.Change | Select-Object -Unique | Should -Be Existing
        $events.Inode | Should -Contain (Get-LinkInode $PID uts)
        $events.Inode | Should -Contain (Get-LinkInode $PID user)
    }

    It 'sees each namespace that lives longer than the interval come, change hands and go, once' {
        $watch = Start-Watch @{ Type = 'Uts'; IntervalSec = 0.1 }
        $file = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $process = Start-Target '-u'
        $ns = Get-Namespace uts -ProcessId $process.Id
        $isIt = { $_.Inode -eq $ns.Inode -and $_.NamespaceId -eq $ns.NamespaceId }
        Wait-Condition { @($watch.Output | Where-Object $isIt).Count -eq 1 }
        $ns | Mount-Namespace -Path $file -Create
        Wait-Condition { @($watch.Output | Where-Object $isIt).Count -eq 2 }
        $process.Kill()
        $process.WaitForExit()
        Wait-Condition { @($watch.Output | Where-Object $isIt).Count -eq 3 }

        # Another mount over it hides its id, and ends nothing. A look has been taken when another namespace was seen.
        foreach ($step in { mount --bind /etc/passwd $file }, { umount $file }) {
            & $step
            $other = Start-Target '-u'
            Wait-Condition { $watch.Output | Where-Object { $_.ProcessId -eq $other.Id -and $_.Change -eq 'Added' } }
            Stop-Target $other
        }

        Dismount-Namespace $file -RemoveFile -WarningAction Ignore
        Wait-Condition { @($watch.Output | Where-Object $isIt).Count -eq 4 }
        Stop-Watch $watch
        $events = @($watch.Output | Where-Object $isIt)
        $events.Change | Should -Be 'Added', 'HolderChanged', 'HolderChanged', 'Removed'
        $events[0].ProcessId | Should -Be $process.Id
        $events[1].Source | Should -Be 'Process', 'Mount'
        $events[2].Source | Should -Be 'Mount'
    }

    It 'hears of names at once while it looks for the rest' {
        $name = New-UniqueName
        $watch = Start-Watch @{ Type = 'Net', 'Uts'; IntervalSec = 3600 }
        ip netns add $name
        Wait-WatchedEvent $watch { $_.Name -eq $name } | ForEach-Object Change | Should -Be Added
        ip netns delete $name
        Wait-WatchedEvent $watch { $_.Name -eq $name -and $_.Change -ne 'Added' } | ForEach-Object Change | Should -Be Removed
        Stop-Watch $watch
    }

    It 'ends after -Count changes, and with Ctrl+C' {
        $watch = Start-Watch @{ Type = 'Ipc'; IntervalSec = 0.05; Count = 1 }
        $process = Start-Target '-i'
        Wait-Condition { $watch.Running.IsCompleted }
        @($watch.Output | Where-Object Change -NE Existing) | Should -HaveCount 1
        $process.Kill()
        Stop-Watch $watch

        $watch = Start-Watch @{ Type = 'Uts'; IntervalSec = 3600 }
        Stop-Watch $watch
        $watch.Running.IsCompleted | Should -BeTrue
    }
}
