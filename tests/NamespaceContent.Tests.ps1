BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $groups = findmnt -n -o TARGET -t cgroup2 | Select-Object -First 1
    $hasGroups = $isRoot -and $groups -and (Test-Path "$groups/cgroup.procs") -and -not ((findmnt -n -o OPTIONS $groups) -match '(^|,)ro(,|$)')
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'What a namespace holds' {
    It 'is told of this session''s own' {
        $own = Get-Namespace -ProcessId $PID
        ($own | Where-Object Type -EQ Uts).HostName | Should -Be (hostname)
        "$(($own | Where-Object Type -EQ User).UidMap)" | Should -Be ((Get-Content /proc/self/uid_map | ForEach-Object { ($_.Trim() -split '\s+') -join ':' }) -join ' ')
        ($own | Where-Object Type -EQ Pid).HostName | Should -BeNullOrEmpty
        ($own | Where-Object Type -EQ Net).MountCount | Should -BeNullOrEmpty
    }
}

Describe 'What a namespace holds, of a lab' -Skip:(-not $isRoot) {
    BeforeAll {
        $name = New-UniqueName
        $lab = New-NamespaceProcess -Type Uts, Mnt, Net, Time, User -UidMap 0:0:1, 1:100000:99 -GidMap 0:0:1 -SetGroups Deny -HostName $name -DomainName "$name.example" -MonotonicOffset 100 -BootTimeOffset 86400.5 sleep 600
        $all = @{}
        foreach ($ns in Get-Namespace -ProcessId $lab.Id) { $all["$($ns.Type)"] = $ns }
    }

    AfterAll {
        $lab | Stop-Process
    }

    It 'agrees with what is seen inside' -Tag T089 {
        $all.Uts.HostName | Should -Be (nsenter -t $lab.Id -u hostname)
        $all.Uts.DomainName | Should -Be (nsenter -t $lab.Id -u cat /proc/sys/kernel/domainname)
        $all.Mnt.MountCount | Should -Be @(findmnt -N $lab.Id --list -n -o ID).Count
        $all.Net.InterfaceCount | Should -Be @(nsenter -t $lab.Id -n ip -o link).Count
        $all.User.UidMap | Should -Be '0:0:1', '1:100000:99'
        $all.User.SetGroups | Should -Be Deny
        $offsets = Get-Content "/proc/$($lab.Id)/timens_offsets"
        $offsets[0] | Should -Match "monotonic +$($all.Time.MonotonicOffset.TotalSeconds) +0"
        $offsets[1] | Should -Match 'boottime +86400 +500000000'
        $all.Time.BootTimeOffset | Should -Be ([TimeSpan]::FromSeconds(86400.5))
        $all.Uts.MonotonicOffset, $all.Uts.UidMap, $all.Time.HostName | Should -Be $null, $null, $null
    }

    It 'is read when it is first asked for, and kept' {
        $uts = Get-Namespace -ProcessId $lab.Id -Type Uts
        nsenter -t $lab.Id -u hostname "$name-2"
        $uts.HostName | Should -Be "$name-2"
        nsenter -t $lab.Id -u hostname $name
        $uts.HostName | Should -Be "$name-2"
        (Get-Namespace -ProcessId $lab.Id -Type Uts).HostName | Should -Be $name
    }

    It 'survives files, with the names of values' {
        $copy = $all.User | ConvertTo-Json | ConvertFrom-Json
        @($copy.UidMap) + $copy.SetGroups | Should -Be '0:0:1', '1:100000:99', 'Deny'
        ($all.User | ConvertTo-Csv | ConvertFrom-Csv).UidMap | Should -Be '0:0:1 1:100000:99'
    }

    It 'is unknown of one that has gone' {
        $short = New-NamespaceProcess -Type Uts -HostName $name sleep 600
        $uts = Get-Namespace -ProcessId $short.Id -Type Uts
        $short | Stop-Process
        Wait-Condition { -not (Test-Path "/proc/$($short.Id)/ns/uts") }
        $uts.HostName | Should -BeNullOrEmpty
    }

    It 'is nothing to an ordinary user of what they may not read' {
        Invoke-AsUser '$uts = Get-Namespace -ProcessId $PID -Type Uts; $uts.HostName' | Should -Be (hostname)
    }
}

Describe 'The root of a cgroup namespace' -Skip:(-not $hasGroups) {
    It 'is the control group in which it was made' -Tag T090 {
        $group = "$(findmnt -n -o TARGET -t cgroup2 | Select-Object -First 1)/$(New-UniqueName)"
        $null = New-Item -ItemType Directory $group, "$group/below"
        $start = [Diagnostics.ProcessStartInfo]::new('sh')
        $start.ArgumentList.Add('-c')
        $start.ArgumentList.Add("echo `$`$ > $group/cgroup.procs; exec unshare -C sh -c 'echo `$`$ > $group/below/cgroup.procs; echo ready; exec cat'")
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $lab = [Diagnostics.Process]::Start($start)
        try {
            $lab.StandardOutput.ReadLine() | Should -Be ready
            $path = [regex]::Match((Get-Content -Raw "/proc/$($lab.Id)/cgroup"), '(?m)^0::(.*)/below$').Groups[1].Value
            $path | Should -BeLike "*/$(Split-Path -Leaf $group)"
            (Get-Namespace -ProcessId $lab.Id -Type Cgroup).CgroupRoot | Should -Be $path
        }
        finally {
            $lab.StandardInput.Close()
            $lab.WaitForExit()
            Wait-Condition { -not (Get-Content $group/cgroup.procs, $group/below/cgroup.procs) }
            rmdir $group/below $group
        }
    }
}
