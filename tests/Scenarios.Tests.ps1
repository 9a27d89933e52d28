# An administrator's day: the stories of the tutorial's section B that no file of their own tells.
BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'B1: what is this process isolated from, and who else is in there' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        # A program of that name, and of no other process on this machine.
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $name = "nginx$PID"
        Copy-Item (Get-Command sleep -CommandType Application)[0].Source "$folder/$name"
        $launcher = Start-Process unshare '--net', '--uts', '--ipc', "$folder/$name", '120' -PassThru
        Wait-ProcessName $launcher.Id $name
        $guest = Start-Process nsenter '-t', $launcher.Id, '--net', 'sleep', '121' -PassThru
        Wait-ProcessName $guest.Id sleep
    }

    AfterAll {
        foreach ($process in $guest, $launcher) {
            if ($process) {
                $process.Kill()
                $process.WaitForExit()
            }
        }

        Remove-Item $folder -Recurse
    }

    It 'B1: Get-Process nginx | Get-Namespace' {
        $all = Get-Process $name | Get-Namespace
        $all.Count | Should -Be @(Get-ChildItem /proc/self/ns | Where-Object Name -NotLike '*_for_children').Count
        foreach ($ns in $all) {
            $ns.Inode | Should -Be (Get-LinkInode $launcher.Id "$($ns.Type)".ToLowerInvariant()) -Because $ns.Type
            $ns.IsCurrent | Should -Be ((Get-LinkInode $PID "$($ns.Type)".ToLowerInvariant()) -eq $ns.Inode) -Because $ns.Type
        }

        # Apart in these, and in no others.
        ($all | Where-Object IsCurrent -EQ $false).Type | Should -Be 'Ipc', 'Net', 'Uts'
        (Compare-Namespace $PID $launcher.Id -ExcludeEqual).Type | Should -Be 'Ipc', 'Net', 'Uts'
    }

    It 'B1: | Get-NamespaceProcess' {
        (Get-Process $name | Get-Namespace -Type Uts | Get-NamespaceProcess).Id | Should -Be $launcher.Id
        $inside = Get-Process $name | Get-Namespace -Type Net | Get-NamespaceProcess
        $inside.Id | Should -Be ($launcher.Id, $guest.Id | Sort-Object)
        ($inside | Where-Object Id -EQ $guest.Id).CommandLine | Should -Be 'sleep 121'

        # Who is somewhere in there is found once, however many of the namespaces are shared.
        $anywhere = Get-Process $name | Get-Namespace | Where-Object IsCurrent -EQ $false | Get-NamespaceProcess
        $anywhere.Id | Should -Be ($launcher.Id, $guest.Id | Sort-Object)
        ($inside | Get-Process).Id | Should -Be $inside.Id
    }
}

Describe 'B4: a leak hunt' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        $target = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item $target
        $leaks = foreach ($kind in 'fd', 'socket', 'thread', 'mount') {
            $helper = Start-Helper hidden $kind, $target
            $null, $keeper, $inode, $detail = [ulong[]]($helper.ReadyLine -replace 'ready', '0' -split ' ')
            @{ Kind = $kind; Helper = $helper; Keeper = $keeper; Inode = $inode; Detail = $detail }
        }
    }

    AfterAll {
        foreach ($leak in $leaks) { Stop-Helper $leak.Helper }
        Remove-Item $target
    }

    It 'B4: what lives only by a descriptor, a socket, a thread or a mount in another mount namespace, and who holds it' {
        $found = Get-Namespace -Source All | Where-Object ProcessCount -EQ 0
        $holders = $found | Get-NamespaceProcess -Holder
        foreach ($leak in $leaks) {
            $holder = @($holders | Where-Object Inode -EQ $leak.Inode)
            $holder | Should -HaveCount 1 -Because $leak.Kind
            switch ($leak.Kind) {
                'fd' { $holder.Source, $holder.Id, $holder.Descriptor | Should -Be 'Descriptor', $leak.Keeper, $leak.Detail }
                'socket' { $holder.Source, $holder.Id, $holder.Descriptor | Should -Be 'Socket', $leak.Keeper, $leak.Detail }
                'thread' { $holder.Source, $holder.Id, $holder.ThreadId | Should -Be 'Thread', $leak.Keeper, $leak.Detail }
                'mount' { $holder.Source, $holder.MountPoint, $holder.MountNamespace | Should -Be 'Mount', $target, $leak.Detail }
            }
        }
    }

    It 'B4: the processes that hold them are found, and a leak ends with its holder' {
        $leak = $leaks | Where-Object { $_.Kind -eq 'socket' }
        $ns = Get-Namespace -Inode $leak.Inode
        $holder = $ns | Get-NamespaceProcess -Holder
        (Get-Process -Id $holder.Id).Name | Should -Be hidden
        $holder | Stop-Process
        $leak.Helper.WaitForExit(20000) | Should -BeTrue
        Wait-Condition { -not (Get-Namespace -Source All | Where-Object { $_.Inode -eq $leak.Inode -and $_.NamespaceId -eq $ns.NamespaceId }) }
    }
}

Describe 'B7: a watch while a deployment runs' -Tag Fast -Skip:(-not $isRoot) {
    It 'B7: names, namespaces of services and their ends are seen as they happen' {
        $name = New-UniqueName
        $job = Start-ThreadJob { Import-Module $using:ModulePath; Watch-Namespace Net, Uts -IntervalSec 0.1 -WarningAction Ignore }
        $seen = { for ($i = 0; $i -lt $job.Output.Count; $i++) { $job.Output[$i] } }
        try {
            Wait-Condition { $job.Output.Count }

            # The deployment: a network, a service in it under a host name of its own, its end, and the clearing up.
            ip netns add $name
            $net = [ulong](stat -c %i "/run/netns/$name")
            Wait-Condition { & $seen | Where-Object { $_.Change -eq 'Added' -and $_.Name -eq $name } }
            $service = New-NamespaceProcess -Join $name -HostName web sleep 300
            $uts = Get-LinkInode $service.Id uts
            Wait-Condition { & $seen | Where-Object { $_.Change -eq 'Added' -and $_.Inode -eq $uts } }
            Stop-Process $service.Id -Force
            Wait-Condition { & $seen | Where-Object { $_.Change -eq 'Removed' -and $_.Inode -eq $uts } }
            ip netns delete $name
            Wait-Condition { & $seen | Where-Object { $_.Change -eq 'Removed' -and $_.Name -eq $name } }
        }
        finally {
            $job | Stop-Job
            if (Test-Path "/run/netns/$name") { ip netns delete $name }
            if ($service) { Stop-Process $service.Id -Force -ErrorAction Ignore }
        }

        $events = @(& $seen | Where-Object Change -NE Existing)
        $job | Remove-Job
        $names = $events | Where-Object Name -EQ $name
        ($names | Where-Object Change -EQ Added)[0].Inode | Should -Be $net
        $own = @($events | Where-Object { "$($_.Type)" -eq 'Uts' -and $_.Inode -eq $uts })
        $made = @($own | Where-Object { $_.Change -eq 'Added' -and $_.ProcessId -eq $service.Id })[0]
        $own = @($own | Where-Object NamespaceId -EQ $made.NamespaceId)
        $own[0].Change | Should -Be Added
        $own[0].ProcessId | Should -Be $service.Id
        $own[-1].Change | Should -Be Removed
        @($own | Where-Object Change -In Added, Removed) | Should -HaveCount 2

        # In the order in which it happened.
        $events.IndexOf(($names | Where-Object Change -EQ Added)[0]) | Should -BeLessThan $events.IndexOf($own[0])
        $times = $events.Time
        ($times | Sort-Object) | Should -Be $times
    }
}
