BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
    . $PSScriptRoot/inside.ps1
    . $PSScriptRoot/watch.ps1
}

Describe 'Watch-Namespace' -Skip:(-not $isRoot) {
    BeforeAll {
        # Watches while the script runs; gives what was seen under a prefix. All that came before the last mark's removal is there.
        function Watch-While {
            param([scriptblock] $Script, [string] $Prefix)
            $watch = Start-Watch @{ Type = 'Net' }
            $mark = "$Prefix-mark"
            ip netns add $mark
            $null = Wait-WatchedEvent $watch { $_.Name -eq $mark }
            & $Script $watch
            ip netns delete $mark
            $null = Wait-WatchedEvent $watch { $_.Name -eq $mark -and $_.Change -eq 'Removed' }
            Stop-Watch $watch
            @($watch.Output) | Where-Object { $_.Name -like "$Prefix*" -and $_.Name -ne $mark }
        }
    }

    BeforeEach {
        $prefix = New-UniqueName
    }

    AfterEach {
        Remove-NetNamespace "$prefix*"
    }

    It 'begins with the names and ids that are there, and ends at once with -TimeoutSec 0' {
        ip netns add "$prefix-1"
        ip netns set "$prefix-1" 778899
        $events = Watch-Namespace Net -TimeoutSec 0
        $found = $events | Where-Object Name -EQ "$prefix-1"
        $found.Change | Should -Be Existing
        $found.Type | Should -Be Net
        $found.NetNsId | Should -Be 778899
        $found.Inode | Should -Be (stat -c %i "/run/netns/$prefix-1")
        $events.Change | Sort-Object -Unique | Should -Be Existing
    }

    It 'reports what ip and New-NetNamespace make, name and remove' -Tag T185 {
        $seen = Watch-While -Prefix $prefix {
            param($Watch)
            ip netns add "$prefix-1"
            $script:inode = stat -c %i "/run/netns/$prefix-1"
            $null = Wait-WatchedEvent $Watch { $_.Name -eq "$prefix-1" }
            ip netns set "$prefix-1" 778800
            $null = Wait-WatchedEvent $Watch { $_.Change -eq 'IdAssigned' -and $_.NetNsId -eq 778800 }
            $null = New-NetNamespace "$prefix-2"
            $null = Wait-WatchedEvent $Watch { $_.Name -eq "$prefix-2" }
            Remove-NetNamespace "$prefix-2"
            ip netns delete "$prefix-1"
        }
        $seen | ForEach-Object { "$($_.Change) $($_.Name)" } | Where-Object { $_ -notlike 'IdReleased*' } | Should -Be @(
            "Added $prefix-1", "IdAssigned $prefix-1", "Added $prefix-2", "Removed $prefix-2", "Removed $prefix-1")
        $seen[0].Inode | Should -Be $script:inode
        $seen[1].NetNsId | Should -Be 778800
        ($seen | Where-Object Change -EQ Removed)[-1].Inode | Should -Be $script:inode
    }

    It 'misses none of 60 that come and go in a hurry' {
        $names = 1..60 | ForEach-Object { "$prefix-$_" }
        $seen = Watch-While -Prefix $prefix { foreach ($name in $names) { $null = New-NetNamespace $name; Remove-NetNamespace $name } }
        foreach ($name in $names) {
            ($seen | Where-Object Name -EQ $name).Change | Should -Be Added, Removed -Because $name
        }
    }

    It 'reports an id that goes with its namespace' {
        ip netns add "$prefix-1"
        ip netns set "$prefix-1" 778811
        $watch = Start-Watch
        ip netns delete "$prefix-1"
        (Wait-WatchedEvent $watch { $_.Change -eq 'IdReleased' -and $_.NetNsId -eq 778811 }).Name | Should -Be "$prefix-1"
        Stop-Watch $watch
    }

    It 'ends after -Count changes' {
        $watch = Start-Watch @{ Type = 'Net'; Count = 1 }
        ip netns add "$prefix-1"
        Wait-Condition { $watch.Running.IsCompleted }
        @($watch.Output | Where-Object Change -NE Existing) | Should -HaveCount 1
        Stop-Watch $watch
    }

    It 'ends after -TimeoutSec' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $null = Watch-Namespace -TimeoutSec 0.5
        $clock.Elapsed.TotalSeconds | Should -BeGreaterOrEqual 0.5
    }

    It 'ends on Ctrl+C' {
        $watch = Start-Watch @{ Type = 'Net' }
        $watch.Shell.Stop()
        $watch.Shell.InvocationStateInfo.State | Should -Be Stopped
        Stop-Watch $watch
    }

    It 'begins where the directory is not there yet' {
        $output = Invoke-WithPrivateRun '$null = Start-ThreadJob { Start-Sleep 1; ip netns add one }; Watch-Namespace Net -TimeoutSec 60 -Count 2 | Where-Object Name -EQ one | ForEach-Object { "$($_.Change) $($_.Name)"; if ($_.Change -eq "Added") { ip netns delete one } }'
        $output | Should -Be 'Added one', 'Removed one'
    }

    It 'looks for namespaces of the other types' {
        $watch = Start-Watch @{ Type = 'Uts'; IntervalSec = 0.1 }
        $process = Start-Target '-u'
        try {
            $inode = Get-LinkInode $process.Id uts
            $seen = Wait-WatchedEvent $watch { $_.Inode -eq $inode -and $_.Change -eq 'Added' }
            $seen.Type | Should -Be Uts
            $seen.Inode | Should -Not -Be (Get-LinkInode $PID uts)
        }
        finally {
            $process.Kill()
            Stop-Watch $watch
        }
    }
}
