BeforeDiscovery {
    $isRoot = (id -u) -eq 0
    $sshd = Get-Command sshd, /usr/sbin/sshd -ErrorAction Ignore | Select-Object -First 1
    $canConnect = $isRoot -and $sshd -and (Get-Command ssh -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

# An sshd of this test's own: keys, configuration and port; the host's is not touched.
Describe 'Over ssh' -Tag 'needs root, ssh and sshd' -Skip:(-not $canConnect) {
    BeforeAll {
        $folder = Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-fleet-$PID"
        $null = New-Item -ItemType Directory -Force $folder
        chmod 700 $folder
        ssh-keygen -q -t ed25519 -N '' -f $folder/host
        ssh-keygen -q -t ed25519 -N '' -f $folder/user
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        Set-Content $folder/config @"
Port $port
ListenAddress 127.0.0.1
HostKey $folder/host
AuthorizedKeysFile $folder/user.pub
PidFile none
StrictModes no
UsePAM yes
PermitRootLogin yes
PasswordAuthentication no
Subsystem powershell $([Environment]::ProcessPath) -sshs -NoLogo -NoProfile
"@
        if (-not (Test-Path /run/sshd)) {
            $madeDirectory = New-Item -ItemType Directory /run/sshd
        }

        $program = (Get-Command sshd, /usr/sbin/sshd -ErrorAction Ignore | Select-Object -First 1).Source
        $daemon = Start-Process $program -ArgumentList '-D', '-e', '-f', "$folder/config" -PassThru -RedirectStandardError $folder/log
        $connection = @{
            Port        = $port
            UserName    = 'root'
            KeyFilePath = "$folder/user"
            Options     = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' }
        }

        # Two names of one machine make a fleet.
        $sessions = foreach ($try in 1..20) {
            try {
                New-PSSession -HostName localhost, 127.0.0.1 @connection -ErrorAction Stop
                break
            }
            catch {
                if ($try -eq 20) { throw }
                Start-Sleep -Milliseconds 200
            }
        }

        $name = New-UniqueName
        $null = New-NetNamespace $name
        $found = Invoke-Command -Session $sessions { Import-Module $using:ModulePath; Get-Namespace -WarningAction Ignore }
    }

    AfterAll {
        $sessions | Remove-PSSession -ErrorAction Ignore
        if ($name) { Remove-NetNamespace $name -ErrorAction Ignore }
        if ($daemon) { $daemon | Stop-Process -ErrorAction Ignore }
        if ($madeDirectory) { Remove-Item /run/sshd -ErrorAction Ignore }
        Remove-Item $folder -Recurse -Force -ErrorAction Ignore
    }

    It 'gives the namespaces of each machine' {
        ($found | Group-Object PSComputerName).Name | Sort-Object | Should -Be '127.0.0.1', 'localhost'
        foreach ($machine in $found | Group-Object PSComputerName) {
            @($machine.Group | Where-Object IsInitial).Count | Should -BeGreaterThan 0
            $machine.Group.Inode | Should -Contain (Get-LinkInode $PID user)
        }
    }

    It 'gives plain values' {
        $found[0].PSObject.TypeNames | Should -Contain 'Deserialized.LinuxNamespaces.NamespaceInfo'
        foreach ($property in $found[0].PSObject.Properties | Where-Object { $null -ne $_.Value }) {
            $property.Value | Should -Not -BeOfType [psobject[]] -Because $property.Name
            $value = $property.Value -is [psobject] ? $property.Value.PSObject.BaseObject : $property.Value
            $isList = $value -is [Collections.IList] -and -not ($value | Where-Object { $_ -isnot [string] })
            ($value -is [string] -or $value -is [ValueType] -or $isList) | Should -BeTrue -Because "$($property.Name) is $($value.GetType())"
        }
    }

    It 'gives what the machine itself gives' {
        $here = Get-Namespace -Type User, Time -Source Process
        $there = $found | Where-Object { $_.PSComputerName -eq 'localhost' -and "$($_.Type)" -in 'User', 'Time' -and $_.IsInitial }
        foreach ($ns in $there) {
            $own = $here | Where-Object Inode -EQ $ns.Inode
            foreach ($property in 'ProcessId', 'Command', 'UserName', 'NamespaceId', 'IsInitial') {
                "$($ns.$property)" | Should -Be "$($own.$property)" -Because $property
            }
        }
    }

    It 'shows them in the views of live objects' {
        $lines = ($found | Where-Object PSComputerName -EQ localhost | Select-Object -First 9 | Out-String -Width 100) -split "`n"
        ($lines -match '^Type +Inode +ProcessCount +ProcessId +UserName') | Should -Not -BeNullOrEmpty
        ($lines -match '^Cgroup +\d{10} +\d+ +\d+ \w+') | Should -Not -BeNullOrEmpty
        ($found[0] | Format-List | Out-String) | Should -Match 'Inode +: \d{10}'
        ($found | Format-Wide | Out-String) | Should -Match '\w+:\[\d{10}\]'
    }

    It 'filters, sorts and groups them' {
        ($found | Where-Object Name -EQ $name).Count | Should -Be 2
        ($found | Where-Object Type -EQ 'Net' | Sort-Object Inode | Select-Object -First 1).Inode | Should -Be ($found | Where-Object { "$($_.Type)" -eq 'Net' } | Measure-Object Inode -Minimum).Minimum
        ($found | ConvertTo-Json -Depth 2 | ConvertFrom-Json).Count | Should -Be $found.Count
        @($found | Group-Object Type).Count | Should -Be 8
    }

    It 'draws them' {
        $found | Where-Object PSComputerName -EQ localhost | ConvertTo-NamespaceGraph | Should -Match "user:\[$(Get-LinkInode $PID user)\]"
    }

    It 'has trees that keep their branches' {
        $tree = Invoke-Command -Session $sessions[0] { Get-Namespace -Type User, Uts -Hierarchy Owner -WarningAction Ignore }
        ($tree | Out-String -Width 100) | Should -Match '[├└]─uts:\['
    }

    It 'gives interfaces with their addresses and peers' {
        $there = Invoke-Command -Session $sessions[0] { $null = New-NetNamespaceInterface $using:name Veth left -PeerInterfaceName right -Address 10.0.0.1/24 -Up; Get-NetNamespaceInterface $using:name }
        $shown = $there | Out-String -Width 100
        $shown | Should -Match '(?m)^left +\w+ +veth +1500 right@'
        $shown | Should -Match '10\.0\.0\.1/24'
    }

    It 'refuses objects of another machine as targets, and says where to run' {
        $other = $found | Where-Object PSComputerName -EQ localhost | Select-Object -First 1 | Select-Object *
        $other.PSComputerName = 'web1.example.org'
        { Compare-Namespace $other -ErrorAction Stop } | Should -Throw '*came from web1.example.org*Invoke-Command -HostName web1.example.org*'
        { $other | Mount-Namespace -Path /run/nowhere -ErrorAction Stop } | Should -Throw '*web1.example.org*'
        { New-NamespaceProcess -Join $other true } | Should -Throw '*web1.example.org*'
    }

    It 'refuses objects of another machine where their numbers would be taken for ours' {
        $other = $found | Where-Object PSComputerName -EQ localhost | Select-Object -First 1 | Select-Object *
        $other.PSComputerName = 'web1.example.org'
        $process = [pscustomobject]@{ Id = $PID; PSComputerName = 'web1.example.org' }
        { $other | Get-Namespace -ErrorAction Stop } | Should -Throw '*came from web1.example.org*Invoke-Command -HostName web1.example.org*'
        { $process | Get-Namespace -ErrorAction Stop } | Should -Throw '*came from web1.example.org*'
        { $other | Get-NamespaceProcess -ErrorAction Stop } | Should -Throw '*came from web1.example.org*'
        { Get-NamespaceProcess $other } | Should -Throw '*came from web1.example.org*'
        { $other | Get-NetNamespaceInterface -ErrorAction Stop } | Should -Throw '*came from web1.example.org*'
        { $process | Get-NetNamespaceInterface -ErrorAction Stop } | Should -Throw '*came from web1.example.org*'
        { $other, $process | Get-Namespace -ErrorAction SilentlyContinue } | Should -Not -Throw
    }

    It 'knows an object of another machine, or of this one before its last start, in a file too' {
        $file = Join-Path $TestDrive 'own.xml'
        Get-Namespace -ProcessId $PID -Type Net | Export-Clixml $file
        $boot = (Get-Content /proc/sys/kernel/random/boot_id).Trim()
        $there = Get-Content $file -Raw
        $there | Should -Match ([regex]::Escape("<S N=`"BootId`">$boot</S>"))
        $there | Should -Match ([regex]::Escape("<S N=`"MachineName`">$(hostname)</S>"))
        (Import-Clixml $file | Get-NetNamespaceInterface).InterfaceName | Should -Contain lo

        $there = $there.Replace($boot, (New-Guid))
        Set-Content $TestDrive/old.xml $there
        $old = Import-Clixml $TestDrive/old.xml
        { $old | Get-NetNamespaceInterface -ErrorAction Stop } | Should -Throw "*read before $(hostname) last started*Read it again*"
        { New-NamespaceProcess -Join $old true } | Should -Throw '*last started*'
        { $old | Get-Namespace -ErrorAction Stop } | Should -Throw '*last started*'

        Set-Content $TestDrive/other.xml $there.Replace(">$(hostname)<", '>web1.example.org<')
        $other = Import-Clixml $TestDrive/other.xml
        { $other | Get-NetNamespaceInterface -ErrorAction Stop } | Should -Throw '*came from web1.example.org*Invoke-Command -HostName web1.example.org*'
        { Invoke-NamespaceCommand $other { 1 } } | Should -Throw '*came from web1.example.org*'
    }

    It 'looks again at namespaces of this machine, not at the processes in them' {
        $uts = Get-LinkInode $PID uts
        $own = $found | Where-Object { $_.PSComputerName -eq 'localhost' -and $_.Inode -eq $uts }
        ($own | Get-Namespace).Inode | Should -Be $uts
        ($own | Get-NamespaceProcess).Id | Should -Contain $PID
        (Get-NamespaceProcess $own).Id | Should -Contain $PID
        ([pscustomobject]@{ Id = $PID; PSComputerName = 'localhost' } | Get-Namespace -Type Uts).Inode | Should -Be $uts
        $net = $found | Where-Object { $_.PSComputerName -eq 'localhost' -and $_.Name -eq $name }
        ($net | Get-NetNamespaceInterface).InterfaceName | Should -Contain lo

        # By way of a file it is the same.
        $file = Join-Path $TestDrive 'namespaces.xml'
        Get-Namespace -ProcessId $PID -Type Uts, Ipc | Export-Clixml $file
        (Import-Clixml $file | Get-Namespace).Inode | Sort-Object | Should -Be ($uts, (Get-LinkInode $PID ipc) | Sort-Object)
    }

    It 'takes objects of this machine as targets' {
        $own = $found | Where-Object { $_.PSComputerName -eq 'localhost' -and $_.Inode -eq (Get-LinkInode $PID user) }
        (Compare-Namespace $own -Type User).IsEqual | Should -BeTrue
    }

    It 'refuses data where it needs live objects' {
        $data = $found | Where-Object Name -EQ $name | Select-Object -First 1
        { $data | Remove-NetNamespace -ErrorAction Stop } | Should -Throw '*data, not a live object*'
        Test-Path /run/netns/$name | Should -BeTrue
        { Dismount-Namespace -InputObject $data -ErrorAction Stop } | Should -Throw '*NamespaceInfo*'
    }

    It 'gives errors with their ids and advice' {
        $failure = $null
        Invoke-Command -Session $sessions[0] { Get-Namespace -Inode 1 } -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'NamespaceNotFound,*'
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'Runspaces at once' {
    It 'eight list what one lists' {
        $own = (Get-Namespace -ProcessId $PID).Inode
        $results = 1..24 | ForEach-Object -ThrottleLimit 8 -Parallel {
            Import-Module $using:ModulePath
            [pscustomobject]@{ Inodes = (Get-Namespace -ProcessId $using:PID).Inode -join ' '; All = @(Get-Namespace -WarningAction SilentlyContinue).Count }
        }
        $results.Count | Should -Be 24
        $results.Inodes | Sort-Object -Unique | Should -Be ($own -join ' ')
        ($results.All | Measure-Object -Minimum).Minimum | Should -BeGreaterOrEqual 8
    }

    It 'eight start programs, compare them and end them' -Skip:((id -u) -ne 0) {
        $results = 1..40 | ForEach-Object -ThrottleLimit 8 -Parallel {
            Import-Module $using:ModulePath
            $process = New-NamespaceProcess -Type Uts, Net -HostName "host$_" sleep 60
            $compared = @(Compare-Namespace $process -ExcludeEqual | ForEach-Object { "$($_.Type)" }) -join ' '
            $process | Stop-Process
            $process | Wait-Process -Timeout 10 -ErrorAction Ignore
            "$compared $($process.HasExited)"
        }
        $results.Count | Should -Be 40
        $results | Sort-Object -Unique | Should -Be 'Net Uts True'
    }

    It 'thread jobs make, connect and remove net namespaces' -Skip:((id -u) -ne 0) {
        $prefix = New-UniqueName
        $jobs = foreach ($number in 1..8) {
            Start-ThreadJob -ThrottleLimit 8 {
                Import-Module $using:ModulePath
                $left = "$using:prefix$using:number"
                $right = "$using:prefix${using:number}x"
                $null = New-NetNamespace $left, $right
                Connect-NetNamespace $left $right -Address 10.0.0.1/24
                @(Get-NetNamespaceInterface $left).Count
                Remove-NetNamespace $left, $right
            }
        }
        $counts = $jobs | Receive-Job -Wait -AutoRemoveJob -ErrorAction Stop
        $counts | Should -Be @(2, 2, 2, 2, 2, 2, 2, 2)
        Get-NetNamespace "$prefix*" | Should -BeNullOrEmpty
    }

    It 'background jobs give data back' {
        $job = Start-Job { Import-Module $using:ModulePath; Get-Namespace -ProcessId ([Environment]::ProcessId) }
        $data = $job | Receive-Job -Wait -AutoRemoveJob
        $data.Count | Should -Be 8
        ($data | Out-String -Width 100) | Should -Match '(?m)^Uts +\d{10}'
    }
}
