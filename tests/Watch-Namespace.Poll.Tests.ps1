BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Watch-Namespace for types without news of their own' -Skip:(-not $isRoot) {
    It 'begins with what there is' {
        $events = Watch-Namespace -Type Uts, User -TimeoutSec 0
        $events.Change | Select-Object -Unique | Should -Be Existing
        $events.Inode | Should -Contain (Get-LinkInode $PID uts)
        $events.Inode | Should -Contain (Get-LinkInode $PID user)
    }

    It 'sees each namespace that lives longer than the interval come, change hands and go, once' {
        $job = Start-ThreadJob { Import-Module $using:ModulePath; Watch-Namespace Uts -IntervalSec 0.1 -TimeoutSec 4 }
        while (-not $job.Output.Count -and $job.State -ne 'Failed') { Start-Sleep -Milliseconds 50 }
        $file = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $process = Start-Process unshare '--uts', 'sleep', '60' -PassThru
        foreach ($try in 1..100) {
            if ((Get-Content "/proc/$($process.Id)/comm") -eq 'sleep') { break }
            Start-Sleep -Milliseconds 20
        }

        $ns = Get-Namespace uts -ProcessId $process.Id
        Start-Sleep -Milliseconds 500
        $ns | Mount-Namespace -Path $file -Create
        Start-Sleep -Milliseconds 500
        $process.Kill()
        $process.WaitForExit()
        Start-Sleep -Milliseconds 500
        Dismount-Namespace $file -RemoveFile -WarningAction Ignore
        $events = $job | Receive-Job -Wait -AutoRemoveJob | Where-Object { $_.Inode -eq $ns.Inode -and $_.NamespaceId -eq $ns.NamespaceId }
        $events.Change | Should -Be 'Added', 'HolderChanged', 'HolderChanged', 'Removed'
        $events[0].ProcessId | Should -Be $process.Id
        $events[1].Source | Should -Be 'Process', 'Mount'
        $events[2].Source | Should -Be 'Mount'
    }

    It 'hears of names at once while it looks for the rest' {
        $name = New-UniqueName
        $job = Start-ThreadJob { Import-Module $using:ModulePath; Watch-Namespace -Type Net, Uts -IntervalSec 60 -TimeoutSec 20 | Where-Object Name -EQ $using:name | Select-Object -First 2 }
        Start-Sleep -Seconds 1
        $elapsed = [Diagnostics.Stopwatch]::StartNew()
        ip netns add $name
        Start-Sleep -Milliseconds 300
        ip netns delete $name
        ($job | Receive-Job -Wait -AutoRemoveJob).Change | Should -Be 'Added', 'Removed'
        $elapsed.Elapsed.TotalSeconds | Should -BeLessThan 10
    }

    It 'ends after -Count changes, and with Ctrl+C' {
        $job = Start-ThreadJob { Import-Module $using:ModulePath; Watch-Namespace Ipc -IntervalSec 0.05 -Count 1 -TimeoutSec 30 }
        while (-not $job.Output.Count) { Start-Sleep -Milliseconds 50 }
        $process = Start-Process unshare '--ipc', 'sleep', '60' -PassThru
        $null = $job | Wait-Job -Timeout 20
        $job.State | Should -Be Completed
        @($job.Output | Where-Object Change -NE Existing) | Should -HaveCount 1
        $process.Kill()

        $shell = [powershell]::Create().AddScript('Import-Module $args[0]; Watch-Namespace Uts -IntervalSec 60').AddArgument($ModulePath)
        $running = $shell.BeginInvoke()
        Start-Sleep -Milliseconds 800
        $elapsed = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $elapsed.Elapsed.TotalSeconds | Should -BeLessThan 3
        $running.IsCompleted | Should -BeTrue
        $shell.Dispose()
    }
}
