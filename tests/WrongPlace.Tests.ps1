# Slips of the pen, and empty variables of a script: what was meant for one place must not run, or be bound, in another.
BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1
    $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName))).FullName
}

AfterAll {
    Remove-Item $folder -Recurse -Force
}

Describe 'A target that is piped in beside another way to say where' -Skip:(-not $isRoot) {
    BeforeAll {
        $target = Start-Target '--uts', '--net'
        $mark = Join-Path $folder 'ran'
    }

    BeforeEach {
        Remove-Item $mark -ErrorAction Ignore
    }

    AfterAll {
        Stop-Target $target
    }

    It 'is an error, and nothing runs: <What> beside <Name>' -ForEach @(
        foreach ($what in @{ What = 'a process'; Make = { Get-Process -Id $target.Id } }, @{ What = 'a namespace'; Make = { Get-Namespace -ProcessId $target.Id -Type Uts } },
            @{ What = 'a process of the module'; Make = { New-NamespaceProcess -Type Uts sleep 60 } },
            @{ What = 'a process that came by a file'; Make = { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Get-Process -Id $target.Id))) } },
            @{ What = 'some properties of a process'; Make = { Get-Process -Id $target.Id | Select-Object Id, Name } },
            @{ What = 'some properties of a namespace'; Make = { Get-Namespace -ProcessId $target.Id -Type Uts | Select-Object Type, Inode } },
            @{ What = 'an object by hand'; Make = { [pscustomobject]@{ ProcessId = $target.Id } } },
            @{ What = 'several in an array'; Make = { , @((Get-Process -Id $target.Id), (Get-Process -Id $PID)) } }) {
            foreach ($with in @{ Name = '-MountProc'; With = @{ MountProc = $true } }, @{ Name = '-HostName'; With = @{ HostName = 'box' } }, @{ Name = '-LoopbackUp'; With = @{ LoopbackUp = $true } },
                @{ Name = '-MapRootUser'; With = @{ MapRootUser = $true } }, @{ Name = '-New'; With = @{ New = 'Uts' } }, @{ Name = '-ProcessId'; With = @{ ProcessId = $PID } }) {
                $what + $with
            }
        }
    ) {
        $piped = & $Make
        try {
            { $piped | Invoke-NamespaceCommand @With -FilePath touch -ArgumentList $mark -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidRequest,*'
            { $piped | Invoke-NamespaceCommand @With { New-Item $using:mark } -IdleTimeoutSec 0 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidRequest,*'
            $mark | Should -Not -Exist
        }
        finally {
            if ($piped -is [LinuxNamespaces.NamespaceProcess]) { Stop-Process -Id $piped.Id }
        }
    }

    It 'leaves text and numbers what they were: input' {
        'a', 'b' | Invoke-NamespaceCommand -New Uts -FilePath cat | Should -Be 'a', 'b'
        1..3 | Invoke-NamespaceCommand -ProcessId $target.Id -FilePath cat | Should -Be '1', '2', '3'
        @() | Invoke-NamespaceCommand -New Uts -FilePath echo -ArgumentList 'without input' | Should -Be 'without input'
        1..3 | Invoke-NamespaceCommand -New Uts { ($input | Measure-Object -Sum).Sum } | Should -Be 6
        [pscustomobject]@{ Id = 7; Name = 'a row' } | Invoke-NamespaceCommand -New Uts { @($input).Id } | Should -Be 7
    }
}

Describe 'An empty variable' {
    It 'is an error and no default: <Command>' -ForEach @(
        foreach ($value in '$null', '@()') {
            foreach ($parameter in 'Join', 'Type', 'UidMap', 'GidMap', 'KeepEnvironment') { @{ Command = "New-NamespaceProcess -$parameter $value -Wait true" } }
            foreach ($command in 'Invoke-NamespaceCommand -ProcessId $PID -Type {0} -FilePath true', 'Enter-Namespace $PID -Type {0} -FilePath true', 'Invoke-NamespaceCommand -New {0} -FilePath true',
                'Invoke-NamespaceCommand -ProcessId {0} -FilePath true', 'Invoke-NamespaceCommand -Name {0} -FilePath true', 'Invoke-NamespaceCommand -Path {0} -FilePath true', 'Mount-Namespace $PID /nonexistent/directory -Type {0}') {
                @{ Command = $command -f $value }
            }
        }

        # The other end would be the host, and a route of any metric be meant.
        foreach ($parameter in 'Name', 'PeerName', 'InterfaceName', 'PeerInterfaceName', 'Bridge', 'MacAddress') { @{ Command = "Connect-NetNamespace nosuchname -$parameter `$null" -replace ' nosuchname(?= -Name)' } }
        foreach ($parameter in 'Name', 'PeerName') { @{ Command = "Disconnect-NetNamespace nosuchname -$parameter `$null" -replace ' nosuchname(?= -Name)' } }
        @{ Command = 'Connect-NetNamespace nosuchname $null' }
        @{ Command = 'Remove-NetNamespaceRoute nosuchname 10.0.0.0/8 -Metric $null' }
        @{ Command = 'Get-NetNamespace -RelativeTo $null' }
        @{ Command = 'New-NetNamespace nosuchname -ProcessId $null' }
        @{ Command = 'New-NetNamespace nosuchname -NetNsId $null' }
        @{ Command = 'New-NamespaceSession -New $null' }
        foreach ($value in '$null', '@{}') { @{ Command = "New-NamespaceProcess -Persist $value -Wait true" } }
        foreach ($parameter in 'UserId', 'GroupId', 'SetGroups', 'TimeoutSec', 'MonotonicOffset', 'BootTimeOffset', 'ParentDeathSignal') { @{ Command = "New-NamespaceProcess -$parameter `$null -Wait true" } }
        foreach ($parameter in 'UserId', 'GroupId', 'SocketDescriptor') {
            @{ Command = "Invoke-NamespaceCommand -ProcessId `$PID -$parameter `$null -FilePath true" }
            @{ Command = "Enter-Namespace `$PID -$parameter `$null -FilePath true" }
        }
    ) {
        { & ([scriptblock]::Create($Command)) } | Should -Throw -ErrorId 'ParameterArgumentValidationError*' -Because $Command
    }
}

Describe '-Persist' -Skip:(-not $isRoot) {
    It 'does not bind over <Name>' -ForEach @(
        @{ Name = 'a device'; Make = { mknod $path c 1 3 } }, @{ Name = 'a FIFO'; Make = { mkfifo $path } }
        @{ Name = 'a socket'; Make = { $script:socket = [Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified'); $script:socket.Bind([Net.Sockets.UnixDomainSocketEndPoint]::new($path)) } }
        @{ Name = 'a link to a device'; Make = { ln -s /dev/null $path } }, @{ Name = 'a directory'; Make = { mkdir $path } }
    ) {
        $path = Join-Path $folder (New-UniqueName)
        & $Make
        $before = stat -c '%F %d %i' $path
        { New-NamespaceProcess -Type Uts -Persist @{ Uts = $path } -Wait true } | Should -Throw -ErrorId 'PersistRefused,*'
        stat -c '%F %d %i' $path | Should -Be $before
        { Mount-Namespace $PID $path -Type Uts -ErrorAction Stop } | Should -Throw
        findmnt --noheadings $path | Should -BeNullOrEmpty
        Remove-Item $path -Recurse -Force
    }

    # A link that is there in time leads to a device, which is refused; one that comes too late must not be followed.
    It 'is not led onto a device by a link that takes the place of its file' {
        $path = Join-Path $folder 'swapped'
        $victim = Join-Path $folder 'victim'
        mknod $victim c 1 3
        $swapper = Start-Ready sh '-c', "echo ready; while [ -e $victim ]; do ln -sfn $victim $path.link; mv -T $path.link $path; rm -f $path; : > $path; sleep 0.002; done"
        try {
            $bound = 0
            foreach ($round in 1..15) {
                try {
                    $null = New-NamespaceProcess -Type Uts -Persist @{ Uts = $path } -Wait true
                    $bound++
                }
                catch { Write-Debug "$_" }

                findmnt --noheadings $victim | Should -BeNullOrEmpty
                while (findmnt --noheadings $path) { umount $path }
            }

            $bound | Should -BeGreaterThan 0
        }
        finally {
            Stop-Target $swapper
            while (findmnt --noheadings $path) { umount $path }
        }
    }

    It 'takes nothing of another away when a start fails afterwards' {
        $path = Join-Path $folder 'undone'
        { New-NamespaceProcess -Type Uts -Persist @{ Uts = $path } /nonexistent/program } | Should -Throw
        $path | Should -Not -Exist
        Set-Content $path 'there before'
        { New-NamespaceProcess -Type Uts -Persist @{ Uts = $path } /nonexistent/program } | Should -Throw
        Get-Content $path | Should -Be 'there before'
    }
}

Describe 'A file that another mount namespace uses' -Skip:(-not $isRoot) {
    BeforeAll {
        # Runs commands by the module within the mount namespace of a process; each gives the id of its error and its advice, or 'done'.
        function Invoke-There {
            param([Diagnostics.Process] $Process, [string[]] $Command)
            $script = "Import-Module '$ModulePath'; `$ErrorActionPreference = 'Stop'; " + ($Command.ForEach{ "try { $_ 3>`$null; 'done' } catch { (`$_.FullyQualifiedErrorId -replace ',.*'), `$_, `$_.ErrorDetails.RecommendedAction -join ' ' }" } -join '; ')
            nsenter -t $Process.Id -m ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script
        }

        # In a mount namespace of its own, by default as a copy that nothing is passed on to.
        function Start-Private {
            param([string] $Script = 'true', [string] $Propagation = 'private')
            Start-Ready unshare '--mount', '--propagation', $Propagation, 'sh', '-c', "{ $Script; } && echo ready && exec sleep 300"
        }
    }

    BeforeEach {
        $name = New-UniqueName
        $path = "/run/netns/$name"
        $processes = @()
    }

    AfterEach {
        $processes.ForEach{ Stop-Target $_ }
        while (findmnt --noheadings $path) { umount $path }
        Remove-Item $path -ErrorAction Ignore
    }

    It 'survives -Force where it is a plain file, and no advice names it' {
        # Made on the outside after the copy, the mount is seen there alone; the file is seen everywhere.
        $processes = @(Start-Private)
        ip netns add $name
        $inode = stat -L -c %i $path
        $said = Invoke-There $processes[0] "Remove-NetNamespace $name -Force", "New-NetNamespace $name -Force", "Get-NetNamespace $name", "Remove-NetNamespace $name", "New-NetNamespace $name"
        $said[0..1] | Should -BeLike "NetNamespaceBusy *net:``[$inode``] is mounted on*"
        $said[2..4] | Should -BeLike 'StaleNetNamespaceFile *'
        $said[2..4] | Should -Not -BeLike '*-Force*'
        stat -L -c %i $path | Should -Be $inode
        ip netns exec $name readlink /proc/self/ns/net | Should -Be "net:[$inode]"
    }

    # In a pid namespace with a /proc of its own there is nothing to be seen of the others, and Linux 6.18 lists no mount namespaces there.
    It 'is not said to be free where it cannot be seen whether it is' -Tag T202 {
        ip netns add $name
        $processes = @(Start-Ready unshare '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', "umount $path && echo ready && exec sleep 300")
        $inner = [int](pgrep -P $processes[0].Id)
        $script = "Import-Module '$ModulePath'; foreach (`$command in { Remove-NetNamespace $name -ErrorAction Stop }, { New-NetNamespace $name -ErrorAction Stop }) { try { & `$command } catch { (`$_.FullyQualifiedErrorId -replace ',.*'), `$_, `$_.ErrorDetails.RecommendedAction -join ' ' } }"
        $said = nsenter -t $inner -m -p ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script
        $said | Should -HaveCount 2
        $said | Should -Not -BeLike '*-Force*'
        $said | Should -Match 'cannot be seen from here|is mounted on'
        ip netns exec $name true
        $LASTEXITCODE | Should -Be 0
    }

    It 'survives a plain removal where another namespace is mounted on it here' {
        $processes = @(Start-Private)
        ip netns add $name
        $inode = stat -L -c %i $path
        nsenter -t $processes[0].Id -m mount --bind /proc/self/ns/uts $path
        nsenter -t $processes[0].Id -m unshare --net mount --bind /proc/self/ns/net $path
        $said = Invoke-There $processes[0] "Remove-NetNamespace $name", "Dismount-Namespace $path -RemoveFile"
        $said[0] | Should -BeLike "NetNamespaceBusy *net:``[$inode``] is mounted on*"
        $said[1] | Should -BeLike "PathInUse *net:``[$inode``] is mounted on*"
        ip netns exec $name readlink /proc/self/ns/net | Should -Be "net:[$inode]"
        nsenter -t $processes[0].Id -m findmnt --noheadings $path | Should -HaveCount 2 -Because 'nothing was taken away before the refusal'
    }

    It 'survives a removal by who has but a copy, and goes where it was made' {
        ip netns add $name
        $inode = stat -L -c %i $path
        $processes = @(Start-Private; Start-Private -Propagation slave)
        foreach ($process in $processes) {
            Invoke-There $process "Remove-NetNamespace $name", "Dismount-Namespace $path -RemoveFile" | Should -BeLike "* comes from mnt:``[$(Get-LinkInode $PID mnt)``]*"
        }

        ip netns exec $name readlink /proc/self/ns/net | Should -Be "net:[$inode]"
        Remove-NetNamespace $name
        $path | Should -Not -Exist
    }

    It 'is found whatever path it has there' {
        $null = New-Item $path
        $processes = @(Start-Private "mount --bind /run /mnt && mount --bind /proc/self/ns/uts /mnt/netns/$name")
        findmnt --noheadings $path | Should -BeNullOrEmpty
        $inode = Get-LinkInode $processes[0].Id uts
        { Remove-NetNamespace $name -Force -ErrorAction Stop } | Should -Throw -ErrorId 'NetNamespaceBusy,*' -ExpectedMessage "*(process $($processes[0].Id)) uts:``[$inode``] is mounted on*"
        mount --bind /proc/self/ns/ipc $path
        { Dismount-Namespace $path -RemoveFile -ErrorAction Stop } | Should -Throw -ErrorId 'PathInUse,*'
        nsenter -t $processes[0].Id -m findmnt --noheadings "/mnt/netns/$name" | Should -HaveCount 1
        Dismount-Namespace $path -WarningAction Ignore
        findmnt --noheadings $path | Should -BeNullOrEmpty
        $path | Should -Exist
    }

    It 'may be used by a mount of any kind' {
        $null = New-Item $path
        $processes = @(Start-Private "mount --bind /dev/null $path")
        { Remove-NetNamespace $name -Force -ErrorAction Stop } | Should -Throw -ErrorId 'NetNamespaceBusy,*' -ExpectedMessage '*a mount of type *'
        nsenter -t $processes[0].Id -m findmnt --noheadings $path | Should -HaveCount 1
    }

    It 'is not kept from root by what a user mounts on it in namespaces of their own' {
        ip netns add $name
        $processes = @(Start-Ready setpriv '--reuid', '65534', '--regid', '65534', '--clear-groups', 'unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', "mount --bind /proc/self/ns/uts $path && echo ready && exec sleep 300")
        Remove-NetNamespace $name
        $path | Should -Not -Exist
    }
}

Describe 'A working directory that others may not enter' -Skip:(-not $isRoot) {
    BeforeAll {
        $closed = (New-Item -ItemType Directory (Join-Path $folder 'closed')).FullName
        chmod 700 $closed
        $target = Start-Ready setpriv '--reuid', '4711', '--regid', '4711', '--clear-groups', 'unshare', '--user', '--map-root-user', 'sh', '-c', 'echo ready; exec sleep 300'
        Push-Location $closed
    }

    AfterAll {
        Pop-Location
        Stop-Target $target
    }

    It 'keeps nothing from starting: <Way>' -ForEach @(
        @{ Way = 'a program'; Run = { Invoke-NamespaceCommand -ProcessId $target.Id -FilePath id -ArgumentList '-u' } }
        @{ Way = 'a script block'; Run = { Invoke-NamespaceCommand -ProcessId $target.Id -IdleTimeoutSec 0 -WarningAction Ignore { id -u } } }
        @{ Way = 'New-NamespaceProcess -Join'; Run = {
                $file = Join-Path $folder 'out'
                $null = New-NamespaceProcess -Join $target.Id -RedirectStandardOutput $file -Wait -- id -u
                Get-Content $file
            }
        }
        @{ Way = 'New-NamespaceProcess -Owner'; Run = {
                $file = Join-Path $folder 'out'
                $null = New-NamespaceProcess -Type User -Owner 4711:4711 -UidMap 0:4711:1 -GidMap 0:4711:1 -RedirectStandardOutput $file -Wait -- id -u
                Get-Content $file
            }
        }
        @{ Way = 'New-NamespaceProcess -Owner with mounts'; Run = {
                $file = Join-Path $folder 'out'
                $null = New-NamespaceProcess -Type User, Mnt, Pid -MountProc -Owner 4711:4711 -UidMap 0:4711:1 -GidMap 0:4711:1 -RedirectStandardOutput $file -Wait -- id -u
                Get-Content $file
            }
        }
    ) {
        & $Run | Should -Be 0
    }

    It 'is no place for a script block, which a warning says' {
        Invoke-NamespaceCommand -ProcessId $target.Id -IdleTimeoutSec 0 -WarningVariable warnings -WarningAction SilentlyContinue { "$PWD" } | Should -Be '/'
        $warnings | Should -BeLike "*may not enter '$closed'*"
    }

    It 'is refused where it is asked for by name' {
        { Invoke-NamespaceCommand -ProcessId $target.Id -WorkingDirectory $closed -FilePath id -ErrorAction Stop } | Should -Throw -ErrorId 'WorkingDirectoryNotFound,*'
        { New-NamespaceProcess -Join $target.Id -WorkingDirectory $closed -Wait id } | Should -Throw -ErrorId 'WorkingDirectoryNotFound,*'
    }
}

Describe '-JoinCgroup' -Skip:(-not $isRoot) {
    It 'asks the file system that is mounted, not a line that a later mount hides' {
        # Another mount of the hierarchy on a folder, hidden by an empty one: listed first or last, it is not to be used.
        $hidden = (New-Item -ItemType Directory (Join-Path $folder 'hidden')).FullName
        $shown = (New-Item -ItemType Directory (Join-Path $folder 'shown')).FullName
        $script = Join-Path $folder 'join.ps1'
        Set-Content $script "Import-Module '$ModulePath'; New-NamespaceProcess -Type Uts -Wait true | Out-Null; Invoke-NamespaceCommand -ProcessId `$args[0] -Type Uts -JoinCgroup -FilePath cat -ArgumentList /proc/self/cgroup"
        $target = Start-Target '--uts'
        try {
            $groups = unshare --mount sh -c @"
for mount in `$(findmnt --noheadings --raw --output TARGET --types cgroup2 | tac); do umount -l `$mount; done
mount -t cgroup2 none $hidden && mount -t tmpfs tmpfs $hidden && mount -t cgroup2 none $shown &&
exec '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -File $script $($target.Id)
"@
            $groups -match '^0::' | Should -Be (@(Get-Content "/proc/$($target.Id)/cgroup") -match '^0::')
            $groups | Should -Not -BeNullOrEmpty
        }
        finally {
            Stop-Target $target
        }
    }
}
