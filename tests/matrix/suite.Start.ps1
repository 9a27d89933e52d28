# What starts programs in new namespaces, joins others' and keeps them. Dot-sourced by steps.ps1.
$asRoot = $isRoot ? @{} : @{ MapRootUser = $true }

Step Start 'a new host name' {
    $out = Join-Path $folder out
    $before = hostname
    $process = New-NamespaceProcess -Type Uts @asRoot -HostName matrix-box -Wait -RedirectStandardOutput $out -- sh -c 'hostname; readlink /proc/self/ns/uts; exit 7'
    $shown = Get-Content $out
    Assert-Equal $shown[0], $process.ExitCode, (hostname) 'matrix-box', 7, $before
    Assert-True ($shown[1] -notmatch (Get-Link $PID uts)) 'the namespace is the old one'
}

Step Start 'all eight types at once' {
    $process = New-NamespaceProcess -Type Cgroup, Ipc, Mnt, Net, Pid, Time, User, Uts -MapRootUser sleep 1000
    $same = foreach ($type in 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts') { if ((Get-Link $process.Id $type) -eq (Get-Link $PID $type)) { $type } }
    Assert-Equal $same @()
    $lsns = @(lsns --noheadings --raw --output NS --task $process.Id)
    $process | Stop-Process
    Assert-True ($lsns.Count -ge 7) 'lsns shows less'
}

Step Start 'PID 1 with a /proc of its own' {
    $out = Join-Path $folder out
    $null = New-NamespaceProcess -Type Pid @asRoot -MountProc -Wait -RedirectStandardOutput $out -- sh -c 'echo $$; ls -d /proc/[0-9]* | wc -l'
    Assert-Equal (Get-Content $out)[0] 1
    Assert-True ([int](Get-Content $out)[1] -le 3) 'processes from outside are seen'
}

Step Start 'root inside' {
    $out = Join-Path $folder out
    $null = New-NamespaceProcess -MapRootUser -Wait -RedirectStandardOutput $out -- sh -c 'id -u; cat /proc/self/uid_map; cat /proc/self/setgroups'
    $shown = Get-Content $out
    Assert-Equal "$($shown[0]) $((-split $shown[1])[0, 1])" "0 0 $(id -u)"
}

Step Start 'a range of ids' -Needs newuidmap {
    $out = Join-Path $folder out
    $first = $isRoot ? 200000 : 100000
    $null = New-NamespaceProcess -UidMap "0:$($first):1000" -GidMap "0:$($first):1000" -Wait -RedirectStandardOutput $out -- cat /proc/self/uid_map
    Assert-Equal ((-split (Get-Content $out)) -join ' ') "0 $first 1000"
}

Step Start 'joins what a process is in' {
    $target = Start-Contained --uts, --net, --ipc
    $out = Join-Path $folder out
    $null = New-NamespaceProcess -Join $target -Wait -RedirectStandardOutput $out -- sh -c 'readlink /proc/self/ns/uts /proc/self/ns/net /proc/self/ns/ipc'
    Assert-Equal (Get-Content $out) (readlink "/proc/$target/ns/uts" "/proc/$target/ns/net" "/proc/$target/ns/ipc")
}

Step Start 'joins one and makes others' {
    $target = Start-Contained --net
    $out = Join-Path $folder out
    $null = New-NamespaceProcess -Type Pid, Mnt -MountProc -Join $target -Wait -RedirectStandardOutput $out -- sh -c 'readlink /proc/self/ns/net; echo $$'
    Assert-Equal (Get-Content $out) (readlink "/proc/$target/ns/net"), 1
}

Step Start 'a root file system of its own' -Needs busybox {
    $root = Join-Path $folder root
    $null = New-Item -ItemType Directory "$root/bin", "$root/proc", "$root/old" -Force
    Copy-Item (Get-Command busybox).Source $root/bin/busybox -Force
    $out = Join-Path $folder out
    $null = New-NamespaceProcess -Type Mnt, Pid @asRoot -Root $root -MountProc -Wait -RedirectStandardOutput $out -- /bin/busybox sh -c 'busybox ls /; busybox cat /proc/self/mountinfo | busybox wc -l; busybox echo $$'
    $shown = Get-Content $out
    Assert-Equal ($shown | Select-Object -SkipLast 2) bin, old, proc
    Assert-Equal $shown[-1] 1
}

Step Start 'files of its own' {
    $low, $high, $hidden = 'low', 'high', 'hidden' | ForEach-Object { Join-Path $folder $_ }
    $null = New-Item -ItemType Directory "$low/mount", $high, $hidden -Force
    Set-Content $low/file line
    Set-Content $hidden/file hidden
    $out = Join-Path $folder out
    $script = "cat $low/mount/file $high/made; echo; ls $hidden | wc -l; grep -c ' $high ' /proc/self/mountinfo"
    $null = New-NamespaceProcess @asRoot -Bind "${low}:$low/mount" -Tmpfs $high -Mask $hidden -File @{ "$high/made" = 'text' } -Wait -RedirectStandardOutput $out -- sh -c $script
    Assert-Equal (Get-Content $out) line, text, 0, 1
}

Step Start 'a sandbox' {
    $secret = Join-Path $folder secret
    Set-Content $secret secret
    $out = Join-Path $folder out
    $null = New-NamespaceProcess -Sandbox -Wait -RedirectStandardOutput $out -RedirectStandardError /dev/null -- sh -c "cat $secret; touch /usr/x && echo written; echo mine >~/x && cat ~/x; grep -E '^(CapBnd|NoNewPrivs)' /proc/self/status; unshare --user true && echo made; cd /proc; ls -d [0-9]* | wc -l"
    $shown = (Get-Content $out) -replace '\s+', ' '
    Assert-Equal ($shown | Select-Object -SkipLast 1) mine, 'CapBnd: 0000000000000000', 'NoNewPrivs: 1'
    Assert-True ([int]$shown[-1] -le 4) 'processes from outside are seen'
}

Step Start 'a clock of its own' {
    $out = Join-Path $folder out
    $null = New-NamespaceProcess -Type Time @asRoot -BootTimeOffset ([TimeSpan]::FromDays(1000)) -Wait -RedirectStandardOutput $out -- cat /proc/uptime
    Assert-True ([double](-split (Get-Content $out))[0] -gt 86400 * 999) 'the clock is the old one'
}

Step Start 'an init that reaps' {
    $out = Join-Path $folder out
    $process = New-NamespaceProcess -Type Pid @asRoot -MountProc -Init -Wait -RedirectStandardOutput $out -- sh -c 'echo $$; (sleep 0 &); exit 3'
    Assert-Equal $process.ExitCode 3
    Assert-Equal (Get-Content $out) 2
}

Step Start 'environment, directory and input' {
    $out, $in = (Join-Path $folder out), (Join-Path $folder in)
    Set-Content $in line
    $null = New-NamespaceProcess -Type Uts @asRoot -Environment @{ COLOUR = 'blue' } -WorkingDirectory $folder -RedirectStandardInput $in -RedirectStandardOutput $out -Wait -- sh -c 'echo $COLOUR; pwd; cat'
    Assert-Equal (Get-Content $out) blue, $folder, line
}

# A session of its own starts a program and is killed.
function Test-EndsWithSession {
    param([string] $Options, [string] $Sleep)
    $file = Join-Path $folder id
    Remove-Item $file -ErrorAction Ignore
    $script = "`$WarningPreference = 'SilentlyContinue'; `$ErrorActionPreference = 'Stop'; Import-Module '$ModulePath'; `$null = New-NamespaceProcess $Options -KillWithParent -- sh -c 'echo `$`$ >$file.new; mv $file.new $file; exec $Sleep 1000'; Start-Sleep 1000"
    $session = [Diagnostics.Process]::Start([Environment]::ProcessPath, [string[]]('-NoProfile', '-NonInteractive', '-Command', $script))
    $children.Add($session)
    Wait-True { (Test-Path $file) -or $session.HasExited }
    if (-not (Test-Path $file)) {
        # What was refused there is refused here too, with its error.
        $null = New-NamespaceProcess -Type Uts @asRoot -Wait true
        throw 'the session ended before its program began'
    }

    $id = Get-Content $file
    Wait-True { "$(Get-Content "/proc/$id/cmdline" -Raw -ErrorAction Ignore)" -match '1000' }
    kill -KILL $session.Id
    Wait-True { -not (Test-Path "/proc/$id") }
}

# The steps of a start, as -Verbose tells them.
function Get-StartStep {
    param([hashtable] $With)
    $words = $With['Root'] ? @('/bin/busybox', 'true') : @('env', 'true')
    New-NamespaceProcess @With -Wait -Verbose -FilePath $words[0] -ArgumentList $words[1] 4>&1 | ForEach-Object { "$_" }
}

$kernel = [Environment]::OSVersion.Version
Step Start 'ends with its session' {
    Test-EndsWithSession ($isRoot ? '-Type Uts' : '-Type Uts -MapRootUser') sleep
}

# Linux 7.1: by the kernel alone, which asks no ordinary user for more than no_new_privs. Before, by a signal of the parent's death.
Step Start 'the kernel ends it with its session where it can' {
    $with = $isRoot ? @{ Type = 'Uts'; KillWithParent = $true } : @{ Type = 'Uts'; MapRootUser = $true; NoNewPrivileges = $true; KillWithParent = $true }
    $shown = Get-StartStep $with
    $isNew = $kernel -ge [version]'7.1'
    Assert-Equal @($shown -match '^clone3: .*PIDFD_AUTOKILL').Count, @($shown -match 'SIGKILL').Count ([int]$isNew), ([int]-not $isNew)
    $process = New-NamespaceProcess @with -Wait -- sh -c 'exit 7'
    Assert-Equal $process.ExitCode 7
    $process = New-NamespaceProcess @with -Wait -- sh -c 'kill -TERM $$'
    Assert-Equal $process.Signal 15

    # What gains privileges loses that signal of the kernel's.
    $sleep = Join-Path $folder sleep
    Copy-Item (Get-Command sleep).Source $sleep -Force
    chmod 4755 $sleep
    Test-EndsWithSession ($isRoot ? '-Type Uts' : '-Type Uts -MapRootUser -NoNewPrivileges') $sleep
}

# Linux 7.0: the mount namespace is made of the new root alone. Before, of all mounts, of which all but the new root are let go.
Step Start 'a mount namespace of its root alone where the kernel makes one' -Needs busybox {
    $root = Join-Path $folder tree
    $null = New-Item -ItemType Directory "$root/bin", "$root/proc", "$root/data" -Force
    Copy-Item (Get-Command busybox).Source $root/bin/busybox -Force
    $with = @{ Type = 'Mnt', 'Uts'; Root = $root; WorkingDirectory = '/data' } + $asRoot
    $mounts = Get-Content /proc/self/mountinfo
    $shown = Get-StartStep $with
    $isNew = $kernel -ge [version]'7.0'
    Assert-Equal @($shown -match '^open_tree: make a new mnt').Count, @($shown -match '^pivot_root').Count ([int]$isNew), ([int]-not $isNew)
    $out = Join-Path $folder out
    $null = New-NamespaceProcess @with -Wait -RedirectStandardOutput $out -- /bin/busybox sh -c 'busybox ls /; busybox pwd; cd /../..; busybox ls -d data'
    Assert-Equal (Get-Content $out) bin, data, proc, /data, data
    if ($isRoot) {
        # A /proc of the root's own shows its mounts: the root and that, none of which is shared.
        $null = New-NamespaceProcess @with -MountProc -Wait -RedirectStandardOutput $out -- /bin/busybox sh -c 'busybox readlink /proc/self/ns/mnt; busybox cat /proc/self/mountinfo'
        $inside = Get-Content $out
        Assert-Equal ($inside | Select-Object -Skip 1 | ForEach-Object { (-split $_)[4] }) '/', '/proc'
        Assert-Equal @($inside -match 'shared:').Count 0
        Assert-True ($inside[0] -ne (readlink /proc/self/ns/mnt)) 'the namespace is the old one'
    }

    # The session's own are as they were.
    Assert-Equal (Get-Content /proc/self/mountinfo) $mounts
}

# Linux 7.3: by fchroot(2). Before, by a change of directory and chroot(2).
Step Start 'the root of a target by its descriptor' -Root -Needs busybox {
    $root = Join-Path $folder jail
    $null = New-Item -ItemType Directory "$root/bin", "$root/only" -Force
    Copy-Item (Get-Command busybox).Source $root/bin/busybox -Force
    $null = ln -sf busybox $root/bin/sleep
    if (-not $isRoot) { New-NetNamespace "$($prefix)x" }
    $target = Start-Target unshare, --uts, "--root=$root"
    $shown = Invoke-NamespaceCommand $target -TargetRoot -Type Uts -- /bin/busybox ls /
    Assert-Equal $shown bin, only
}

Step Start 'a program inside, with its output' {
    $target = Start-Contained --uts, --net
    Assert-Equal (Invoke-NamespaceCommand $target -- readlink /proc/self/ns/net) (readlink "/proc/$target/ns/net")
    'a', 'b' | Invoke-NamespaceCommand -ProcessId $target -FilePath cat | ForEach-Object { $_ } -OutVariable lines
    Assert-Equal $lines a, b
    Invoke-NamespaceCommand $target -- sh -c 'exit 9'
    Assert-Equal $LASTEXITCODE 9
}

Step Start 'a script block inside' {
    $new = $isRoot ? @{} : @{ MapRootUser = $true }
    $shown = Invoke-NamespaceCommand -New Uts @new -HostName box { hostname; $PID; (Get-Item /proc/self/ns/uts).Target }
    Assert-Equal $shown[0] box
    Assert-True ($shown[2] -notmatch (Get-Link $PID uts)) 'the namespace is the old one'
}

Step Start 'a script block in process' -Root {
    if (-not $isRoot) { New-NetNamespace "$($prefix)x" }
    $target = Start-Contained --net
    Assert-Equal (Invoke-NamespaceCommand -ProcessId $target -Type Net -InProcess { (Get-Item /proc/thread-self/ns/net).Target }) (readlink "/proc/$target/ns/net")
}

Step Start 'a mount namespace entered' {
    $target = Start-Contained --mount
    Assert-Equal (Invoke-NamespaceCommand $target -Type ($isRoot ? 'Mnt' : @('User', 'Mnt')) -- readlink /proc/self/ns/mnt) (readlink "/proc/$target/ns/mnt")
}

Step Start 'a kernel thread as the way in' -Root -Lacks 'this pid namespace has no kernel threads' -Needs { -not $isRoot -or "$(Get-Content /proc/2/comm -ErrorAction Ignore)" -eq 'kthreadd' } {
    Assert-Equal (Invoke-NamespaceCommand -ProcessId 2 -Type Mnt, Uts { (Get-Item /proc/self/ns/uts).Target }) (readlink /proc/2/ns/uts)
}

# The kernel gives ids from 6.18 on, and opens them by file handle. Older kernels have none.
Step Start 'a namespace by the id of the kernel' {
    $target = Start-Contained --uts
    $id = (Get-Namespace -ProcessId $target -Type Uts).NamespaceId
    Assert-Equal ([bool]$id) ([Environment]::OSVersion.Version -ge [version]'6.18')
    $shown = try { Invoke-NamespaceCommand ":$($id ?? 987654321)" -- readlink /proc/self/ns/uts } catch { if ($_.FullyQualifiedErrorId -like 'SpawnNotSupported,*') { throw }; Get-ErrorId $_ }
    $expected = if (-not $id) { 'TargetNotFound' } elseif ($isRoot) { readlink "/proc/$target/ns/uts" } else { 'JoinRefused' }
    Assert-Equal $shown $expected
}

Step Start 'a refused start leaves nothing' {
    $target = Start-Contained --uts
    $with = @{ Type = 'Mnt', 'Uts'; Root = $folder } + $asRoot
    $attempts = { New-NamespaceProcess @with -- /none }, { Invoke-NamespaceCommand $target -- /none }, { Enter-Namespace $target -FilePath /none }
    $look = {
        foreach ($attempt in $attempts) { try { & $attempt; 'none' } catch { Get-ErrorId $_ } }
        Get-Namespace -Source All | ForEach-Object Inode | Sort-Object
        Get-ChildItem /proc/self/fd | ForEach-Object Target | Where-Object { $_ -match '^[a-z_]+:\[[0-9]+\]$|pidfd|memfd' -and $_ -notmatch '^(pipe|socket):' } | Sort-Object
        Get-Content /proc/self/mountinfo

        # Threads come and go, and their children go over to others.
        pgrep -P $PID | Sort-Object
        Get-ChildItem $folder -Recurse | ForEach-Object FullName
    }
    $before = & $look
    Assert-Equal ($before | Select-Object -First 3 | Sort-Object -Unique | Where-Object { $_ -notin 'ProgramNotFound', 'SpawnNotSupported' }) @()

    # The PowerShell of a script block that an earlier step ran may end meanwhile; nothing may come.
    Assert-Equal (Compare-Object $before @(& $look) | Where-Object SideIndicator -eq '=>' | ForEach-Object InputObject) @()
}

Step Start 'Enter-Namespace runs a shell' {
    $target = Start-Contained --uts
    $out = Join-Path $folder out
    Enter-Namespace $target -FilePath sh -ArgumentList '-c', "readlink /proc/self/ns/uts > $out; exit 5"
    Assert-Equal $LASTEXITCODE, (Get-Content $out) 5, (readlink "/proc/$target/ns/uts")
}

Step Start 'Mount-Namespace keeps, nsenter finds, Dismount-Namespace lets go' -Root {
    $target = $isRoot ? (Start-Contained --uts) : $PID
    $inode = Get-Link $target uts
    $path = Join-Path $folder kept
    Mount-Namespace $target $path -Type Uts -Create
    Stop-Target
    Assert-Equal (nsenter "--uts=$path" readlink /proc/self/ns/uts) "uts:[$inode]"
    Assert-Equal (Get-Namespace -Path $path).Inode $inode
    Dismount-Namespace $path -RemoveFile
    Assert-Equal (Test-Path $path) False
}

Step Start 'a session to a namespace' {
    $new = $isRoot ? @{} : @{ MapRootUser = $true }
    $session = New-NamespaceSession -New Uts @new -HostName box
    try { Assert-Equal (Invoke-Command -Session $session { hostname }) box }
    finally { Remove-PSSession $session }
}
