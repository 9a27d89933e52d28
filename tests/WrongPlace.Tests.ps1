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

Describe 'A name that is in use in another mount namespace only' -Skip:(-not $isRoot) {
    It 'survives -Force here, and no advice names it' {
        $name = New-UniqueName
        $private = Start-Ready unshare '--mount', '--propagation', 'private', 'sh', '-c', 'echo ready; exec sleep 300'
        try {
            # Made on the outside after the copy, the mount is seen there alone; the file is seen everywhere.
            ip netns add $name
            $inode = stat -L -c %i "/run/netns/$name"
            $module = "Import-Module '$ModulePath'; `$ErrorActionPreference = 'Stop';"
            foreach ($command in "Remove-NetNamespace $name -Force", "New-NetNamespace $name -Force") {
                $said = nsenter -t $private.Id -m ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "$module try { $command } catch { `$_.FullyQualifiedErrorId; `"`$_`" }"
                $said[0] | Should -BeLike 'NetNamespaceBusy,*'
                "$said" | Should -BeLike "*net:``[$inode``]*"
            }

            foreach ($command in "Get-NetNamespace $name", "Remove-NetNamespace $name", "New-NetNamespace $name") {
                $said = nsenter -t $private.Id -m ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "$module try { $command } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }"
                $said[0] | Should -BeLike 'StaleNetNamespaceFile,*'
                "$said" | Should -Not -BeLike '*-Force*'
            }

            stat -L -c %i "/run/netns/$name" | Should -Be $inode
            ip netns exec $name readlink /proc/self/ns/net | Should -Be "net:[$inode]"
        }
        finally {
            Stop-Target $private
            ip netns delete $name
        }
    }
}
