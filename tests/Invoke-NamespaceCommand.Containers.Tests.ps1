BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and -not ('runc', 'busybox' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1
}

Describe 'Going into a container of runc, <Kind>' -Tag 'needs root, runc and busybox' -Skip:(-not $canRun) -ForEach @{ Kind = 'with root'; Rootless = $false }, @{ Kind = 'with a user namespace'; Rootless = $true } {
    BeforeAll {
        $bundle = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $id = New-UniqueName
        $null = New-Item -ItemType Directory "$bundle/rootfs/bin", "$bundle/rootfs/etc"
        Copy-Item (Get-Command busybox).Source "$bundle/rootfs/bin/busybox"
        foreach ($applet in 'sh', 'cat', 'ls', 'id', 'readlink', 'pwd', 'sleep', 'env', 'hostname', 'true') { $null = New-Item -ItemType SymbolicLink "$bundle/rootfs/bin/$applet" -Target busybox }
        'root:x:0:0::/:/bin/sh' | Set-Content "$bundle/rootfs/etc/passwd"
        runc spec --bundle $bundle
        $config = Get-Content "$bundle/config.json" | ConvertFrom-Json -AsHashtable
        $config.process.terminal = $false
        $config.process.args = '/bin/sh', '-c', 'busybox nc -l -p 4700 & exec busybox sleep 300'
        $config.process.env = @('PATH=/bin', 'WHO=container')
        if ($Rootless) {
            $config.linux.namespaces += @{ type = 'user' }
            $config.linux.uidMappings = @(@{ containerID = 0; hostID = 100000; size = 1000 })
            $config.linux.gidMappings = @(@{ containerID = 0; hostID = 100000; size = 1000 })
            chown -R 100000:100000 "$bundle/rootfs"
            chmod 755 $bundle
        }

        $config | ConvertTo-Json -Depth 20 | Set-Content "$bundle/config.json"
        sh -c 'runc run --detach --bundle "$1" "$2" > "$1/log" 2>&1 < /dev/null' run $bundle $id
        $init = (runc state $id | ConvertFrom-Json).pid
    }

    AfterAll {
        runc delete --force $id
        Remove-Item $bundle -Recurse -Force
    }

    It 'joins all of its namespaces, as nsenter does' -Tag T072 {
        $script = "for type in $NamespaceLinks; do readlink /proc/self/ns/`$type; done"
        $there = Invoke-NamespaceCommand -ProcessId $init -FilePath /bin/sh -ArgumentList '-c', $script
        $there | Should -Be (nsenter -a -t $init /bin/sh -c $script)
        $there | Should -Be (readlink $NamespaceLinks.ForEach{ "/proc/$init/ns/$_" })
    }

    It 'is the same user inside as with nsenter, in the same directory' -Tag T073 {
        Invoke-NamespaceCommand -ProcessId $init -FilePath /bin/sh -ArgumentList '-c', 'id -u; id -g; pwd' | Should -Be (nsenter -a -t $init /bin/sh -c 'id -u; id -g; pwd')
    }

    It 'is found by its id, and by the beginning of it' {
        $id | Invoke-NamespaceCommand -FilePath /bin/sh -ArgumentList '-c', 'id -u; id -g; pwd' | Should -Be '0', '0', '/'
        $id.Substring(0, $id.Length - 2) | Invoke-NamespaceCommand -FilePath /bin/readlink -ArgumentList /proc/self/ns/net | Should -Be (readlink "/proc/$init/ns/net")
        { "$id-other" | Invoke-NamespaceCommand -FilePath /bin/true -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
    }

    It 'shows its sockets and interfaces outside, runs programs of the host in its network, and a shell inside' {
        # By programs of the host that the container has not.
        Wait-Condition { $id | Invoke-NamespaceCommand -Type Net -FilePath ss -ArgumentList '-tlnH' }
        $sockets = $id | Invoke-NamespaceCommand -Type Net -FilePath ss -ArgumentList '-tlnH'
        $sockets | Should -Be (nsenter -n -t $init ss -tlnH)
        $sockets | Should -Match ':4700 '
        $interface = Get-Namespace -Type Net | Where-Object Container -EQ "runc:$id" | Get-NetNamespaceInterface
        $interface.InterfaceName | Should -Be (nsenter -n -t $init ip -o link | ForEach-Object { ($_ -split ': ')[1] })
        ($id | Invoke-NamespaceCommand -Type Net -IdleTimeoutSec 0 { [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().GetActiveTcpListeners().Port }) | Select-Object -Unique | Should -Be 4700
        $id | Invoke-NamespaceCommand -Type Net -InProcess -WarningAction SilentlyContinue { Get-Content /proc/thread-self/net/tcp* } | Should -Contain (nsenter -n -t $init sh -c 'cat /proc/net/tcp*' | Select-String ':125C ')
        'readlink /proc/self/ns/user; id -u; hostname; ls /' | & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Enter-Namespace $id -NoHostPowerShell" |
            Should -Be (@(readlink "/proc/$init/ns/user"; '0'; 'runc') + (Get-ChildItem $bundle/rootfs).Name)
    }

    It 'sees its processes, with a PID of its own' -Tag T074 {
        $seen = Invoke-NamespaceCommand -ProcessId $init -FilePath /bin/sh -ArgumentList '-c', 'echo $$; cat /proc/1/cmdline'
        [int]$seen[0] | Should -BeGreaterThan 1
        $seen[1] | Should -BeLike '*sleep*300*'
    }

    It 'takes the target''s variables: -TargetEnvironment' -Tag T075 {
        Invoke-NamespaceCommand -ProcessId $init -TargetEnvironment -FilePath env | Should -Contain 'WHO=container'
        Invoke-NamespaceCommand -ProcessId $init -FilePath /bin/env | Should -Not -Contain 'WHO=container'
    }

    It 'takes -UserId and -GroupId' -Tag T076 {
        Invoke-NamespaceCommand -ProcessId $init -UserId 5 -GroupId 6 -FilePath /bin/sh -ArgumentList '-c', 'id -u; id -g' | Should -Be '5', '6'
        Invoke-NamespaceCommand -ProcessId $init -FollowCredentials -FilePath /bin/sh -ArgumentList '-c', 'id -u; id -g' | Should -Be '0', '0'
    }

    It 'keeps directories of the session: -OuterWorkingDirectory' -Tag T077 {
        Invoke-NamespaceCommand -ProcessId $init -OuterWorkingDirectory $bundle -FilePath /bin/ls | Should -Contain 'config.json'
        { Invoke-NamespaceCommand -ProcessId $init -WorkingDirectory /nosuch -FilePath /bin/ls -ErrorAction Stop } | Should -Throw -ErrorId 'WorkingDirectoryNotFound,*'
        Invoke-NamespaceCommand -ProcessId $init -TargetRoot -TargetWorkingDirectory -FilePath /bin/pwd | Should -Be '/'
    }

    It 'leaks neither descriptors nor directories of the session' {
        Invoke-NamespaceCommand -ProcessId $init -FilePath /bin/ls -ArgumentList /proc/self/fd | Should -Be '0', '1', '2', '3'
        Invoke-NamespaceCommand -ProcessId $init -FilePath /bin/sh -ArgumentList '-c', 'readlink /proc/self/cwd; readlink /proc/self/root' | Should -Be '/', '/'
    }

    It 'joins its control group: -JoinCgroup' -Tag T078 {
        $groups = Invoke-NamespaceCommand -ProcessId $init -Type Net -JoinCgroup -FilePath cat -ArgumentList /proc/self/cgroup
        $groups | Where-Object { $_ -like '0::*' } | Should -Be (Get-Content "/proc/$init/cgroup" | Where-Object { $_ -like '0::*' })
    }

    It 'runs a script block next to it, and says that files are the session''s' {
        $net = Invoke-NamespaceCommand -ProcessId $init -NoHostPowerShell { readlink /proc/self/ns/net } -IdleTimeoutSec 0 -WarningVariable said -WarningAction SilentlyContinue
        $net | Should -Be (readlink "/proc/$init/ns/net")
        "$said" | Should -BeLike '*mount namespace*was not joined*'
        { Invoke-NamespaceCommand -ProcessId $init -NoHostPowerShell -Type Mnt, Net { 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'PowerShellNotFound,*'
    }

    It 'brings PowerShell along, which sees its files and processes, and leaves no trace' {
        $before = Get-Content "/proc/$init/mountinfo", "/proc/$init/maps" -Raw
        $seen = Invoke-NamespaceCommand -ProcessId $init -IdleTimeoutSec 0 { (Get-ChildItem /).Name; Get-Content /etc/passwd; (Get-Process -Id 1).Id } -WarningVariable said
        $seen | Should -Be (@((Get-ChildItem "/proc/$init/root").Name) + 'root:x:0:0::/:/bin/sh' + 1)
        "$said" | Should -BeNullOrEmpty
        Get-Content "/proc/$init/mountinfo", "/proc/$init/maps" -Raw | Should -Be $before
    }

    It 'enters it with the shell of its user' {
        $pwsh = [Environment]::ProcessPath
        'echo shell $0; readlink /proc/self/ns/mnt; exit 6' | & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Enter-Namespace $init -NoHostPowerShell; `"code `$LASTEXITCODE`"" |
            Should -Be 'shell -sh', (readlink "/proc/$init/ns/mnt"), 'code 6'
    }
}

Describe 'An ordinary user' -Skip:((id -u) -ne '0') {
    It 'goes into their own user namespace, and into one it owns' {
        $script = @'
$p = [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo]@{ FileName = 'unshare'; Arguments = '-Urn sleep 60'; RedirectStandardInput = $true })
while ((readlink "/proc/$($p.Id)/ns/net") -eq (readlink /proc/self/ns/net)) { Start-Sleep -Milliseconds 20 }
try {
    Invoke-NamespaceCommand -ProcessId $p.Id -FilePath sh -ArgumentList '-c', 'readlink /proc/self/ns/user /proc/self/ns/net; id -u'
    Invoke-NamespaceCommand -ProcessId $p.Id -PreserveCredentials -FilePath id -ArgumentList '-u'
    Invoke-NamespaceCommand -ProcessId $p.Id { readlink /proc/self/ns/net } -IdleTimeoutSec 0
    readlink "/proc/$($p.Id)/ns/user" "/proc/$($p.Id)/ns/net"
}
finally { $p.Kill() }
try { Invoke-NamespaceCommand -ProcessId 1 -FilePath true -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }
'@
        $lines = @(Invoke-AsUser $script)
        $lines[0] | Should -Be $lines[5]
        $lines[1] | Should -Be $lines[6]
        $lines[2] | Should -Be '0'
        $lines[3] | Should -Be '0'
        $lines[4] | Should -Be $lines[6]
        $lines[7] | Should -BeLike 'ProcessHidden,*'
    }
}

Describe 'Other ways of nsenter' -Skip:((id -u) -ne '0') {
    BeforeAll {
        $process = Start-Target '-Un', '--map-root-user'
    }

    AfterAll { Stop-Target $process }

    It 'joins the owner of the others: -UserParent' -Tag T079 {
        Invoke-NamespaceCommand -ProcessId $process.Id -Type Net -UserParent -FilePath readlink -ArgumentList /proc/self/ns/user | Should -Be (readlink "/proc/$($process.Id)/ns/user")
    }

    It 'joins the net namespace of a socket: -SocketDescriptor' -Tag T080 {
        $name = New-UniqueName
        ip netns add $name
        $holder = [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo]@{
                FileName = 'python3'
                Arguments = "-c `"import socket,os,ctypes,sys;c=ctypes.CDLL(None);h=os.open('/proc/self/ns/net',0);c.setns(os.open('/run/netns/$name',0),0);s=socket.socket();os.dup2(s.fileno(),7);c.setns(h,0);print('x',flush=True);sys.stdin.read()`""
                RedirectStandardInput = $true; RedirectStandardOutput = $true
            })
        try {
            $null = $holder.StandardOutput.ReadLine()
            Invoke-NamespaceCommand -ProcessId $holder.Id -Type Net -SocketDescriptor 7 -FilePath stat -ArgumentList '-Lc', '%i', /proc/self/ns/net | Should -Be (stat -c %i "/run/netns/$name")
            { Invoke-NamespaceCommand -ProcessId $holder.Id -Type Net -SocketDescriptor 0 -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'NotASocket,*'
        }
        finally {
            $holder.StandardInput.Close()
            ip netns delete $name
        }
    }

    It 'makes a directory of the session the root: -Root' -Tag T081 {
        $root = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory "$root/bin"
        Copy-Item (Get-Command busybox).Source "$root/bin/sh"
        try {
            Invoke-NamespaceCommand -ProcessId $process.Id -Type Net -Root $root -FilePath /bin/sh -ArgumentList '-c', 'echo /*' | Should -Be '/bin'
        }
        finally { Remove-Item $root -Recurse -Force }
    }

    It 'keeps capabilities of another user: -KeepCapabilities' -Tag T082 {
        $effective = Invoke-NamespaceCommand -ProcessId $process.Id -UserId 0 -KeepCapabilities -FilePath grep -ArgumentList 'CapAmb', '/proc/self/status'
        $effective | Should -Not -Match '0000000000000000$'
    }

    It 'says that there is no SELinux: -FollowContext' -Tag 'needs, T083 a system without SELinux' -Skip:(Test-Path /sys/fs/selinux) {
        { Invoke-NamespaceCommand -ProcessId $process.Id -FollowContext -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'SelinuxNotEnabled,*'
    }
}

Describe 'Many at once' -Skip:((id -u) -ne '0') {
    BeforeAll {
        $names = 1..10 | ForEach-Object { New-UniqueName }
        $inodes = @{}
        foreach ($each in $names) {
            ip netns add $each
            $inodes[$each] = stat -c %i "/run/netns/$each"
        }

        $module = $ModulePath

        # In eight runspaces: what was seen in the wrong place.
        function Invoke-Many {
            param([int] $Count, [string] $Block)
            1..$Count | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:module
                $name = ($using:names)[$_ % 10]
                $seen = & ([scriptblock]::Create($using:Block)) $name
                if ($seen -ne ($using:inodes)[$name]) { "$name $seen" }
            }
        }

        function Get-TaskNamespace { (Get-ChildItem "/proc/$PID/task").Name.ForEach{ readlink "/proc/$PID/task/$_/ns/net" } | Select-Object -Unique }
    }

    BeforeEach {
        [GC]::Collect()
        [GC]::WaitForPendingFinalizers()
        $files = Get-OpenFileCount
    }

    AfterEach {
        # A runspace's own descriptors go when it is collected.
        Wait-Condition {
            [GC]::Collect()
            [GC]::WaitForPendingFinalizers()
            (Get-OpenFileCount) -le $files + 4
        }
        pgrep -P $PID 'stat|pwsh' | Should -BeNullOrEmpty
    }

    AfterAll {
        foreach ($each in $names) { ip netns delete $each }
    }

    It 'runs 1,000 in ten namespaces from eight runspaces, each in the right one' -Tag T084 {
        Invoke-Many 1000 'Invoke-NamespaceCommand -Name $args[0] -FilePath stat -ArgumentList "-Lc", "%i", "/proc/self/ns/net"' | Should -BeNullOrEmpty
        Get-TaskNamespace | Should -Be (readlink "/proc/$PID/ns/net")
    }

    It 'runs 1,000 script blocks on the session''s own threads, each in the right one' {
        Invoke-Many 1000 'Invoke-NamespaceCommand -Name $args[0] -InProcess { [IO.File]::ResolveLinkTarget("/proc/thread-self/ns/net", $false).Name -replace "\D" } -WarningAction SilentlyContinue' | Should -BeNullOrEmpty
    }

    It 'runs script blocks in PowerShells inside, each in the right one' {
        Invoke-Many 24 'Invoke-NamespaceCommand -Name $args[0] -IdleTimeoutSec 1 { (readlink /proc/self/ns/net) -replace "\D" }' | Should -BeNullOrEmpty
        Wait-Condition { -not (pgrep -P $PID pwsh) }
        Get-TaskNamespace | Should -Be (readlink "/proc/$PID/ns/net")
    }
}
