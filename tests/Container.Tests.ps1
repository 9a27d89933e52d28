BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and -not ('runc', 'busybox' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'A container of runc' -Tag 'needs root, runc and busybox' -Skip:(-not $canRun) {
    BeforeAll {
        $bundle = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $id = New-UniqueName
        $null = New-Item -ItemType Directory "$bundle/rootfs/bin"
        Copy-Item (Get-Command busybox).Source "$bundle/rootfs/bin/busybox"
        runc spec --bundle $bundle
        $config = Get-Content "$bundle/config.json" | ConvertFrom-Json
        $config.process.terminal = $false
        $config.process.args = '/bin/busybox', 'sleep', '120'
        $config | ConvertTo-Json -Depth 20 | Set-Content "$bundle/config.json"

        # The container keeps the output it is given: a pipe of ours would stay open as long.
        sh -c 'runc run --detach --bundle "$1" "$2" > "$1/log" 2>&1 < /dev/null' run $bundle $id
        $init = (runc state $id | ConvertFrom-Json).pid
    }

    AfterAll {
        runc delete --force $id
        Remove-Item $bundle -Recurse
    }

    It 'is told from other processes' -Tag T005 {
        $init | Should -BeGreaterThan 0
        $own = Get-Namespace -ProcessId $init | Where-Object { -not $_.IsCurrent }
        $own.Type | Should -Contain 'Pid'
        $own.Container | Select-Object -Unique | Should -Be "runc:$id"
        (Get-Namespace | Where-Object Container -EQ "runc:$id").Inode | Sort-Object | Should -Be ($own.Inode | Sort-Object)
        (Get-Namespace -ProcessId $PID).Container | Should -Not -Contain "runc:$id"
    }

    It 'has its processes with their PIDs inside' {
        $process = Get-Namespace pid -ProcessId $init | Get-NamespaceProcess
        $process.Id | Should -Be $init
        $process.NamespacePid | Should -Be 1
        $process.Container | Should -Be "runc:$id"
        $process.ContainerId | Should -Be $id
    }

    It 'is a target by id, by runtime and id, and by a unique beginning' -Tag T006 {
        foreach ($target in $id, "runc:$id", $id.Substring(0, $id.Length - 2)) {
            $row = Compare-Namespace $init $target -Type Net
            $row.IsEqual | Should -BeTrue -Because $target
            $row.Difference | Should -Be "container runc:$id"
        }
    }

    It 'has its processes and namespaces by its name' {
        (Get-NamespaceProcess $id).Id | Should -Be $init
        (Get-NamespaceProcess "runc:$($id.Substring(0, $id.Length - 1))*").Id | Should -Be $init
        ("runc:$id" | Get-Namespace).Inode | Should -Be (Get-Namespace -ProcessId $init).Inode
        $shown = Get-NetNamespaceInterface "runc:$id"
        $shown.InterfaceName | Should -Be lo
        $shown.Namespace | Should -Be "runc:$id"
        $text = "Get-NetNamespaceInterface $($id.Substring(0, $id.Length - 1))"
        (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText | Should -Contain $id
    }

    It 'is compared with the host in one call' {
        (Compare-Namespace $id -ExcludeEqual).Type | Should -Contain 'Mnt'
    }

    It 'is not found under another runtime, nor when it has gone' {
        { Compare-Namespace "docker:$id" } | Should -Throw -ErrorId 'TargetNotFound,*'
        { Compare-Namespace "$id-other" } | Should -Throw -ErrorId 'TargetNotFound,*'
    }

    It 'is ambiguous by the beginning of two' {
        sh -c 'runc run --detach --bundle "$1" "$2" > "$1/log" 2>&1 < /dev/null' run $bundle "$id-2"
        try {
            { Compare-Namespace $id.Substring(0, $id.Length - 1) } | Should -Throw -ErrorId 'TargetAmbiguous,*'
            (Compare-Namespace $init $id -Type Net).IsEqual | Should -BeTrue
        }
        finally {
            runc delete --force "$id-2"
        }
    }
}

Describe 'Containers that have names' -Tag 'needs root, runc and busybox' -Skip:(-not $canRun) {
    BeforeAll {
        $bundle = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory "$bundle/rootfs/bin", "$bundle/lib"
        Copy-Item (Get-Command busybox).Source "$bundle/rootfs/bin/busybox"
        runc spec --bundle $bundle
        $config = Get-Content "$bundle/config.json" | ConvertFrom-Json
        $config.process.terminal = $false
        $config.process.args = '/bin/busybox', 'sleep', '120'

        # Control groups as docker and podman name theirs.
        $ids = 1..3 | ForEach-Object { -join (1..4 | ForEach-Object { [guid]::NewGuid().ToString('n').Substring(0, 16) }) }
        $scopes = "docker-$($ids[0]).scope", "libpod-$($ids[1]).scope", "docker-$($ids[2]).scope"
        foreach ($i in 0..2) {
            $config.linux | Add-Member -Force cgroupsPath "/$($scopes[$i])"
            $config | ConvertTo-Json -Depth 20 | Set-Content "$bundle/config.json"
            sh -c 'runc run --detach --bundle "$1" "$2" > "$1/log" 2>&1 < /dev/null' run $bundle "lnt-$($ids[$i])"
            if ($LASTEXITCODE) { throw (Get-Content "$bundle/log") }
        }

        $names = 'web-of-docker', 'web', 'web'
        foreach ($i in 0, 2) {
            $null = New-Item -ItemType Directory "$bundle/lib/docker/containers/$($ids[$i])"
            @{ Name = "/$($names[$i])" } | ConvertTo-Json | Set-Content "$bundle/lib/docker/containers/$($ids[$i])/config.v2.json"
        }

        $null = New-Item -ItemType Directory "$bundle/lib/containers/storage/overlay-containers"
        ConvertTo-Json @(@{ id = $ids[1]; names = @($names[1]) }) -Depth 3 | Set-Content "$bundle/lib/containers/storage/overlay-containers/containers.json"

        # In a /var/lib of their own: nothing is put where a real docker would find it.
        Set-Content "$bundle/script.ps1" @"
Import-Module '$ModulePath'
foreach (`$target in 'web-of-docker', 'docker:web', 'podman:web', 'podman:web-of-docker', 'web', '$($ids[1].Substring(0, 20))') {
    try { (Compare-Namespace `$PID `$target -Type Pid -ErrorAction Stop).DifferenceInode } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message; `$_.ErrorDetails.RecommendedAction }
}
"@
        $lines = unshare --mount sh -c 'mount --bind "$1/lib" /var/lib && exec env NO_COLOR=1 "$2" -NoProfile -NonInteractive -OutputFormat Text -File "$1/script.ps1" 2>&1' names $bundle ([Environment]::ProcessPath)
        $inodes = $ids | ForEach-Object { "$(Get-LinkInode (runc state "lnt-$_" | ConvertFrom-Json).pid pid)" }
    }

    AfterAll {
        foreach ($id in $ids) { runc delete --force "lnt-$id" }
        Remove-Item $bundle -Recurse
    }

    It 'are targets by name, and by runtime and name' -Tag T007 {
        $lines[0..2] | Should -Be $inodes[0], $inodes[2], $inodes[1]
    }

    It 'are not found by a name of another runtime' {
        $lines[3] | Should -BeLike 'TargetNotFound,*'
    }

    It 'are ambiguous by a name that two have' {
        $lines[6] | Should -BeLike 'TargetAmbiguous,*'
        $lines[7] | Should -BeLike "*'web'*docker:$($ids[2].Substring(0, 12)), podman:$($ids[1].Substring(0, 12))*"
        $lines[8] | Should -BeLike '*docker:NAME*'
        $lines[9] | Should -Be $inodes[1]
    }
}

Describe 'A container of root that a user has a namesake of' -Tag 'needs root, runc and busybox' -Skip:(-not $canRun) {
    BeforeAll {
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $name = New-UniqueName
        $groups = (findmnt -n -o TARGET -t cgroup2 | Select-Object -First 1)
        $made = [Collections.Generic.List[string]]::new()
        $processes = [Collections.Generic.List[Diagnostics.Process]]::new()

        # By what util-linux starts, and files that root has put in place as a runtime or a user would have.
        function Start-Sleeper {
            param([string] $Launcher)
            $process = [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo]@{ FileName = 'sh'; Arguments = "-c `"exec $Launcher sh -c 'echo ready; exec sleep 120'`""; RedirectStandardOutput = $true })
            $processes.Add($process)
            $null = $process.StandardOutput.ReadLine()
            $process.Id
        }

        # Ends all, and removes the groups that they were in.
        function Stop-Sleeper {
            param([string[]] $Group)
            foreach ($process in $processes) { $process.Kill($true); $process.WaitForExit() }
            $processes.Clear()
            foreach ($one in $Group) {
                # A group has its dead until they are collected.
                Wait-Condition { -not (Get-Content "$one/cgroup.procs") }
                rmdir $one
            }
        }

        function Set-State {
            param([string] $Path, [int] $Id, [int] $UserId)
            $null = New-Item -ItemType Directory -Force (Split-Path "$folder/run/$Path")
            $started = [ulong]((Get-Content -Raw "/proc/$Id/stat") -replace '(?s)^.*\) ' -split ' ')[19]
            @{ init_process_pid = $Id; init_process_start = $started } | ConvertTo-Json | Set-Content "$folder/run/$Path"
            chown $UserId "$folder/run/$Path"
        }

        function Add-Group {
            param([string] $Parent, [int] $Id)
            $null = New-Item -ItemType Directory -Force "$groups/$Parent/machine-$name.scope"
            $made.Insert(0, $Parent)
            Set-Content "$groups/$Parent/machine-$name.scope/cgroup.procs" $Id
        }

        function Invoke-There {
            param([string] $Script)
            Set-Content "$folder/script.ps1" "Import-Module '$ModulePath'; $Script"
            unshare --mount sh -c 'mount --bind "$1/run" /run && exec env NO_COLOR=1 "$2" -NoProfile -NonInteractive -OutputFormat Text -File "$1/script.ps1" 2>&1' there $folder ([Environment]::ProcessPath)
        }
    }

    AfterEach {
        Stop-Sleeper @(foreach ($group in $made) { "$groups/$group/machine-$name.scope", "$groups/$group" })
        $made.Clear()
    }

    AfterAll {
        Remove-Item $folder -Recurse -Force
    }

    It 'is meant, not the process a state file of a user names' {
        $real = Start-Sleeper 'unshare -mu'
        $host4711 = Start-Sleeper 'setpriv --reuid 4711 --regid 4711 --clear-groups'
        Set-State "runc/$name/state.json" $real 0
        Set-State "user/4711/runc/$name/state.json" $host4711 4711
        Set-State "user/4711/runc/$name-too/state.json" $host4711 4711
        chown 4711 "$folder/run/user/4711"
        $lines = Invoke-There "'$name' | Invoke-NamespaceCommand -FilePath readlink -ArgumentList /proc/self/ns/mnt; try { Compare-Namespace '$name-too' } catch { `$_.FullyQualifiedErrorId }"
        $lines[0] | Should -Be (readlink "/proc/$real/ns/mnt")
        $lines[1] | Should -BeLike 'TargetNotFound,*'
    }

    It 'is meant, not the one of a user''s control group' {
        $null = New-Item -ItemType Directory -Force "$folder/run", "$groups/$name-user"
        chown 4711 "$groups/$name-user"

        # The lower PID is the user's.
        Add-Group "$name-user" (Start-Sleeper 'setpriv --reuid 4711 --regid 4711 --clear-groups unshare -Uru')
        $real = Start-Sleeper 'unshare -u'
        Add-Group "$name-root" $real
        Invoke-There "'$name' | Invoke-NamespaceCommand -FilePath readlink -ArgumentList /proc/self/ns/uts" | Should -Be (readlink "/proc/$real/ns/uts")
    }

    It 'is ambiguous where two of root''s have one name, not where one has many processes' {
        $null = New-Item -ItemType Directory -Force "$folder/run"
        $real = Start-Sleeper 'unshare -u'
        Add-Group "$name-one" $real
        Set-Content "$groups/$name-one/machine-$name.scope/cgroup.procs" (Start-Sleeper 'unshare -u')
        (Compare-Namespace $real $name -Type Uts).IsEqual | Should -BeTrue
        Add-Group "$name-two" (Start-Sleeper 'unshare -u')
        { Compare-Namespace $name } | Should -Throw -ErrorId 'TargetAmbiguous,*'
    }

    It 'is not systemd-nspawn in the group of its unit, as while it starts or ends: control groups of version <Version>' -ForEach @(
        @{ Version = 2; Type = 'cgroup2' }
        @{ Version = 1; Type = 'cgroup' }
    ) {
        $mount = findmnt -n -o TARGET -t $Type | Select-Object -First 1
        if (-not $mount) {
            Set-ItResult -Skipped -Because "needs control groups of version $Version"
            return
        }

        $unit = "$mount/systemd-nspawn@$name.service"
        $null = New-Item -ItemType Directory $unit
        try {
            Set-Content "$unit/cgroup.procs" (Start-Sleeper 'env')
            { Compare-Namespace "nspawn:$name" } | Should -Throw -ErrorId 'TargetNotFound,*'
            { New-NamespaceProcess -Join "nspawn:$name" true } | Should -Throw -ErrorId 'TargetNotFound,*'
            if ($Version -eq 1) {
                $inside = Start-Sleeper 'unshare -um'
                Set-Content "$unit/cgroup.procs" $inside
                (Compare-Namespace $inside "nspawn:$name" -Type Uts).IsEqual | Should -BeTrue
            }
        }
        finally {
            Stop-Sleeper $unit
        }
    }

    It 'is meant, not the supervisor of systemd-nspawn beside it' {
        # The lower PID is the supervisor's, which is not inside.
        $parts = [ordered]@{ supervisor = Start-Sleeper 'env'; payload = Start-Sleeper 'unshare -u' }
        $unit = "$groups/systemd-nspawn@$name.service"
        try {
            foreach ($part in $parts.Keys) {
                $null = New-Item -ItemType Directory -Force "$unit/$part"
                Set-Content "$unit/$part/cgroup.procs" $parts[$part]
            }

            (Compare-Namespace $parts['payload'] $name -Type Uts).IsEqual | Should -BeTrue
            (Get-Namespace uts -ProcessId $parts['payload']).Container | Should -Be "nspawn:$name"
            (Get-Namespace pid -ProcessId $parts['supervisor'] | Get-NamespaceProcess | Where-Object Id -EQ $parts['supervisor']).Container | Should -Not -BeLike 'nspawn:*'
        }
        finally {
            Stop-Sleeper @(foreach ($part in $parts.Keys) { "$unit/$part" }; $unit)
        }
    }
}

Describe 'A container without a control group of its own' -Tag 'needs root, runc and busybox' -Skip:(-not $canRun) {
    BeforeAll {
        $rootfs = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory "$rootfs/bin"
        Copy-Item (Get-Command busybox).Source "$rootfs/bin/busybox"

        function Start-Contained {
            param([string[]] $Environment, [string[]] $Options, [string] $Program = '/bin/busybox')
            $launcher = Start-Process env (@('-i') + $Environment + 'unshare' + '--mount' + '--pid' + '--fork' + '--kill-child' + $Options + $Program + 'sleep' + '120') -PassThru
            Wait-Condition { pgrep -P $launcher.Id -x busybox }
            $launcher | Add-Member Child ([int](pgrep -P $launcher.Id -x busybox)) -PassThru
        }

        function Stop-Contained {
            param($Launcher)
            $Launcher.Kill()
            $Launcher.WaitForExit()
        }
    }

    AfterAll {
        Remove-Item $rootfs -Recurse -Force
    }

    It 'is known by <What>' -ForEach @(
        @{ What = 'its variable'; Variable = 'container=lxc'; File = $null; Expected = 'lxc' }
        @{ What = 'the file of docker'; Variable = 'A=b'; File = '.dockerenv'; Expected = 'docker' }
        @{ What = 'the file of podman'; Variable = 'A=b'; File = 'run/.containerenv'; Expected = 'podman' }
        @{ What = 'nothing'; Variable = 'A=b'; File = $null; Expected = $null }
    ) {
        if ($File) { $null = New-Item -Force "$rootfs/$File" }
        $launcher = Start-Contained $Variable '--root', $rootfs
        try {
            (Get-Namespace pid -ProcessId $launcher.Child).Container | Should -Be $Expected
            $process = Get-NamespaceProcess -Inode (Get-LinkInode $launcher.Child pid)
            $process.Container | Should -Be $Expected
            $process.ContainerId | Should -BeNullOrEmpty
            if ($Expected) { { Compare-Namespace "${Expected}:" } | Should -Throw -ErrorId 'TargetNotFound,*' }
        }
        finally {
            Stop-Contained $launcher
            if ($File) { Remove-Item -Force "$rootfs/$File" }
        }
    }

    It 'is not taken for one where the file lies in our own root' {
        $launcher = Start-Contained 'container=lxc' '--mount-proc' (Get-Command busybox).Source
        try {
            (Get-Namespace pid -ProcessId $launcher.Child).Container | Should -Be (Get-Namespace uts -ProcessId $PID).Container
        }
        finally {
            Stop-Contained $launcher
        }
    }
}
