BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
}

Describe 'Watch-Namespace' -Skip:(-not $isRoot) {
    BeforeAll {
        # Watches in another runspace while the script runs here; gives what was seen under a prefix.
        function Watch-While {
            param([scriptblock] $Script, [string] $Prefix, [hashtable] $Arguments = @{})
            $shell = [powershell]::Create().AddScript('Import-Module $args[0]; $a = $args[1]; Watch-Namespace Net @a').AddArgument($ModulePath).AddArgument($Arguments)
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $output.EnumeratorNeverBlocks = $true
            $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $nothing.Complete()
            $running = $shell.BeginInvoke($nothing, $output)
            $mark = "$Prefix-mark"
            ip netns add $mark
            while ($output.Name -notcontains $mark) { Start-Sleep -Milliseconds 10 }
            & $Script
            ip netns delete $mark
            $clock = [Diagnostics.Stopwatch]::StartNew()
            while (-not $running.IsCompleted -and @($output | Where-Object { $_.Name -eq $mark -and $_.Change -eq 'Removed' }).Count -eq 0 -and $clock.Elapsed.TotalSeconds -lt 20) { Start-Sleep -Milliseconds 10 }
            $shell.Stop()
            @($output) | Where-Object { $_.Name -like "$Prefix*" -and $_.Name -ne $mark }
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

    It 'reports what ip and New-NetNamespace make, name and remove' {
        $seen = Watch-While -Prefix $prefix {
            ip netns add "$prefix-1"
            $script:inode = stat -c %i "/run/netns/$prefix-1"
            Start-Sleep -Milliseconds 100
            ip netns set "$prefix-1" 778800
            Start-Sleep -Milliseconds 100
            $null = New-NetNamespace "$prefix-2"
            Start-Sleep -Milliseconds 100
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
        $job = Start-ThreadJob { Import-Module $using:ModulePath; Watch-Namespace -TimeoutSec 20 | Where-Object { $_.Change -eq 'IdReleased' -and $_.NetNsId -eq 778811 } | Select-Object -First 1 }
        Start-Sleep 1
        ip netns delete "$prefix-1"
        ($job | Receive-Job -Wait -AutoRemoveJob).Name | Should -Be "$prefix-1"
    }

    It 'ends after -Count changes' {
        $job = Start-ThreadJob { Import-Module $using:ModulePath; @(Watch-Namespace Net -Count 1 -TimeoutSec 30 | Where-Object Change -NE Existing) }
        Start-Sleep 1
        ip netns add "$prefix-1"
        @($job | Receive-Job -Wait -AutoRemoveJob) | Should -HaveCount 1
    }

    It 'ends after -TimeoutSec' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $null = Watch-Namespace -TimeoutSec 0.5
        $clock.Elapsed.TotalSeconds | Should -BeGreaterOrEqual 0.5
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    It 'ends at once on Ctrl+C' {
        $shell = [powershell]::Create().AddScript('Import-Module $args[0]; Watch-Namespace Net').AddArgument($ModulePath)
        $null = $shell.BeginInvoke()
        Start-Sleep 1
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
        $shell.InvocationStateInfo.State | Should -Be Stopped
    }

    It 'begins where the directory is not there yet' {
        $output = Invoke-WithPrivateRun '$j = Start-ThreadJob { Start-Sleep 1; ip netns add one; Start-Sleep -Milliseconds 300; ip netns delete one }; Watch-Namespace Net -TimeoutSec 4 -Count 2 | Where-Object { $_.Name -eq "one" } | ForEach-Object { "$($_.Change) $($_.Name)" }'
        $output | Should -Be 'Added one', 'Removed one'
    }

    It 'looks for namespaces of the other types' {
        $process = $null
        $seen = Watch-Namespace Uts -IntervalSec 0.1 -TimeoutSec 20 -Count 1 | ForEach-Object {
            if (-not $process) {
                $process = Start-Process unshare -ArgumentList '-u', 'sleep', '60' -PassThru
            }

            $_
        } | Where-Object { $_.Change -eq 'Added' }
        $process.Kill()
        $seen.Type | Should -Be Uts
        $seen.Inode | Should -Not -Be (Get-LinkInode $PID uts)
    }
}
