# Containers of real engines: each is started by its engine's own tool, looked at, entered, and ended while it is entered. The groups of
# engines load this file. The image is a busybox that listens on a port, so that no network is needed.
$work = '/var/tmp/matrix'
$image = Join-Path $work image
$port = 8080
$program = '/bin/busybox', 'httpd', '-f', '-p', "$port"
$types = 'mnt', 'net', 'uts', 'ipc', 'pid', 'user', 'cgroup'
if (Test-Path "/run/user/$(id -u)") { $env:XDG_RUNTIME_DIR = "/run/user/$(id -u)" }

function Get-EngineVersion {
    foreach ($package in $args) { "$package $(dpkg-query -W -f '${Version}' $package 2>$null)" }
}

# What an engine says is the reason where it does not start something.
function Invoke-Tool {
    $said = & $args[0] @($args | Select-Object -Skip 1) 2>&1
    if ($LASTEXITCODE -ne 0) { throw [NotSupportedException]"$($args[0]): $(@($said | ForEach-Object { "$_" } | Where-Object { $_ })[-1])" }
    $said | Where-Object { $_ -is [string] }
}

function New-ContainerRoot {
    if (Test-Path "$work/image.tar") { return }
    foreach ($name in 'bin', 'usr/bin', 'proc', 'sys', 'dev', 'tmp', 'etc', 'run', 'var/tmp', 'root') { $null = New-Item -ItemType Directory -Force "$image/$name" }
    Copy-Item (Get-Command busybox).Source "$image/bin/busybox"
    foreach ($name in 'sh', 'readlink', 'sleep') { $null = ln -sf busybox "$image/bin/$name" }
    Set-Content "$image/etc/passwd" 'root:x:0:0:root:/root:/bin/sh'
    Set-Content "$image/etc/group" 'root:x:0:'
    Set-Content "$image/etc/os-release" 'ID=matrix'
    Set-Content "$image/only-here" 'only in the image'
    Set-Content "$image/script.ps1" '$value = 1', '', '"ran with $value"'
    # Of root, also where an ordinary user makes it.
    tar -C $image --owner=0 --group=0 -cf "$work/image.new" .
    Move-Item "$work/image.new" "$work/image.tar"
}

# The newest process that runs the program of the image, while the unit lives that started it.
function Find-Program {
    param([string] $Unit)
    Wait-True { $script:found = pgrep -n -x -f ($program -join ' '); $script:found -or "$(systemctl is-active $Unit)" -notin 'active', 'activating' } 120
    if (-not $script:found) { throw [NotSupportedException]"$Unit`: $(journalctl -q -n 3 --no-pager -o cat -u $Unit)" }
    [int]$script:found
}

# A service of the machine; the manager tells its main process.
function Start-Unit {
    param([string] $Name, [string[]] $Options = @(), [string[]] $Words = $program)
    $null = Invoke-Tool systemd-run --quiet --collect "--unit=$Name" @Options -- @Words
    Wait-True { $script:found = [int](systemctl show -p MainPID --value $Name); $script:found -or "$(systemctl is-active $Name)" -notin 'active', 'activating' } 120
    if (-not $script:found) { throw [NotSupportedException]"$Name`: $(@(journalctl -q --no-pager -o cat -u $Name)[-1])" }
    $script:found
}

function Assert-Found {
    param($Target, [int] $Id)
    $rows = @(Compare-Namespace $Target $Id)
    Assert-True ($rows.Count -ge 7) "$Target has $($rows.Count) namespaces"
    Assert-Equal ($rows | Where-Object { -not $_.IsEqual } | ForEach-Object Type) @()
}

function Test-Alive {
    param([int] $Id)
    "$(Get-Content "/proc/$Id/stat" -ErrorAction Ignore)" -notmatch '^(.*\) [ZX] .*)?$'
}

# The processes of a container, by the ids that they have here. A readlink for each would cost an emulated machine a tenth of a second.
function Get-ContainerProcess {
    param([int] $Id)
    $link = readlink "/proc/$Id/ns/pid"
    foreach ($name in [IO.Directory]::GetDirectories('/proc') -match '/\d+$') {
        try { if ([IO.FileInfo]::new("$name/ns/pid").LinkTarget -eq $link) { [int]($name -replace '.*/') } } catch [IO.IOException], [UnauthorizedAccessException] { continue }
    }
}

# The same, by the ids that they have in it.
function Get-Inhabitant {
    param([int] $Id)
    foreach ($process in Get-ContainerProcess $Id) {
        if ("$((Get-Content "/proc/$process/status" -ErrorAction Ignore) -match '^NSpid:')" -match '(\d+)$') { [int]$Matches[1] }
    }
}

# Files and processes by a PSSession, both ways, and nothing is left of it. What was there before may end meanwhile: the PowerShell of a script block
# waits a while for another one.
function Test-Session {
    param($C)
    $inside = "/proc/$($C.Id)/root"
    $before = Get-Sight $C
    $file = Join-Path $folder sent
    $bytes = [byte[]]::new(20MB)
    [Random]::Shared.NextBytes($bytes)
    [IO.File]::WriteAllBytes($file, $bytes)
    $hash = (-split (sha256sum $file))[0]
    $to = New-NamespaceSession $C.Target
    try {
        $entries = (Get-ChildItem $inside).Name
        Assert-Equal (Invoke-Command -Session $to { (Get-ChildItem /).Name } | Where-Object { $_ -in $entries -or $_ -notin 'proc', 'dev' }) $entries
        Assert-Equal (Invoke-Command -Session $to { Get-Content /only-here }) 'only in the image'
        Copy-Item $file /root/copy -ToSession $to
        Assert-Equal (-split (sha256sum "$inside/root/copy"))[0] $hash
        Copy-Item /root/copy "$file.back" -FromSession $to
        Assert-Equal (-split (sha256sum "$file.back"))[0] $hash
        Invoke-Command -Session $to { Remove-Item /root/copy }
        Wait-True { -not (Compare-Object @(Invoke-Command -Session $to { (Get-Process).Id }) @(Get-Inhabitant $C.Id)) } 60
        $shown = Invoke-Command -Session $to {
            $breakpoint = Set-PSBreakpoint -Script /script.ps1 -Line 3 -Action { Set-Variable value 7 -Scope 1 }
            /script.ps1
            $breakpoint.HitCount
        }
        Assert-Equal "$shown" 'ran with 7 1'
    }
    finally {
        Remove-PSSession $to
        Remove-Item $file, "$file.back" -ErrorAction Ignore
    }

    Assert-NothingNew $C $before
}

# However a session ends, nothing of it is left in the container.
function Test-SessionEnd {
    param($C, [string] $How)
    $before = Get-Sight $C
    if ($How -eq 'outside') {
        $script = "Import-Module '$((Get-Module LinuxNamespaces).Path)'; `$to = New-NamespaceSession '$($C.Target)'; Invoke-Command -Session `$to { Get-Content /only-here }; kill -9 `$PID"
        Assert-Equal @(& ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script) 'only in the image'
    }
    else {
        $others = @(Get-ContainerProcess $C.Id)
        $to = New-NamespaceSession $C.Target
        if ($How -eq 'exit') { Invoke-Command -Session $to { exit 7 } } else { kill -9 @(Get-ContainerProcess $C.Id | Where-Object { $_ -notin $others }) }
        Wait-True { "$($to.State)" -in 'Broken', 'Closed' } 60
        Remove-PSSession $to -ErrorAction Ignore
    }

    Assert-NothingNew $C $before
}

# What a container has that a session might change.
function Get-Sight {
    param($C)
    $inside = "/proc/$($C.Id)/root"
    Get-Inhabitant $C.Id
    Get-Content "/proc/$($C.Id)/mountinfo"
    Get-ChildItem $inside, "$inside/root" -Force | ForEach-Object FullName
}

function Assert-NothingNew {
    param($C, $Before)
    for ($i = 0; $i -eq 0 -or ($left -and $i -lt 40); $i++) {
        Start-Sleep -Milliseconds 250
        $left = @(Get-Sight $C | Where-Object { $_ -notin $Before })
    }
    Assert-Equal $left @()
}

# A kind of container. Start gives its first process as its engine tells it, its name and its whole id. Shown: what the module calls it,
# where that is not RUNTIME:NAME. -HasNoName: a sandbox that nothing can name, so it is found by its process. -Quick: without a script
# block, for a kind that is entered as another one is: under emulation PowerShell takes half a minute to start inside. -Session: with a
# PSSession, for a kind of a file system and a pid namespace of its own. As: the ids inside, where nobody is root there.
function Kind {
    param([string] $Kind, [string] $Runtime, [scriptblock] $Start, [scriptblock] $Stop, [string] $Shown, [switch] $HasNoId, [switch] $HasNoName, [switch] $Quick, [switch] $Session, [hashtable] $As = @{})
    $c = @{ As = $As; Runtime = $Runtime; Start = $Start; Stop = $Stop; Shown = $Shown; Id = 0; Target = $null; Name = ''; Key = ''; Unit = '' }
    $lives = @{ With = $c; Needs = { param($c) $c.Id }; Lacks = 'the container does not run' }
    Step $Kind 'starts' -With $c {
        param($c)
        New-ContainerRoot
        $state = @(& $c.Start)[-1]
        foreach ($key in $state.Keys) { $c[$key] = $state[$key] }
        $c.Target = $c.Name ? $c.Name : $c.Id
        if (-not $c.Shown -and $c.Name) { $c.Shown = "$($c.Runtime):$($c.Name)" }

        # Its program listens, which is the last thing that it does before it waits.
        Wait-True { -not (Test-Alive $c.Id) -or "$(Get-Content "/proc/$($c.Id)/net/tcp", "/proc/$($c.Id)/net/tcp6" -ErrorAction Ignore)" -match (':{0:X4} \S+ 0A ' -f $port) } 120
        if (-not (Test-Alive $c.Id)) {
            $c.Id = 0
            $said = $c.Unit ? @(journalctl -q --no-pager -o cat -u $c.Unit)[-1] : ''
            throw [NotSupportedException]"its program has ended. $said"
        }
    }
    Step $Kind 'shown' @lives {
        param($c)
        Assert-Equal "$((Get-Namespace -ProcessId $c.Id -Type Mnt).Container)" $c.Shown
        $process = Get-Namespace -ProcessId $c.Id -Type Pid | Get-NamespaceProcess | Where-Object Id -eq $c.Id
        Assert-Equal "$($process.Container)", "$($process.ContainerId)" $c.Shown, $c.Key
    }
    if (-not $HasNoName) {
        Step $Kind 'by name' @lives { param($c) Assert-Found $c.Name $c.Id }
        Step $Kind 'by runtime:name' @lives { param($c) Assert-Found "$($c.Runtime):$($c.Name)" $c.Id }
        if (-not $HasNoId) {
            Step $Kind 'by id' @lives { param($c) Assert-Found $c.Key $c.Id }
            Step $Kind 'by short id' @lives { param($c) Assert-Found $c.Key.Substring(0, 12) $c.Id }
        }
    }

    Step $Kind 'program' @lives {
        param($c)
        $as = $c.As
        $shown = Invoke-NamespaceCommand $c.Target @as -- /bin/busybox sh -c "for i in $types; do /bin/busybox readlink /proc/self/ns/`$i; done"
        Assert-Equal $shown ($types | ForEach-Object { readlink "/proc/$($c.Id)/ns/$_" })
    }
    if (-not $Quick) {
        Step $Kind 'script block' @lives {
            param($c)
            $as = $c.As
            $shown = Invoke-NamespaceCommand $c.Target @as { Get-Content /etc/os-release | Select-Object -First 1; (Get-Item /proc/self/ns/net).Target }
            Assert-Equal $shown (Get-Content "/proc/$($c.Id)/root/etc/os-release" -TotalCount 1), (readlink "/proc/$($c.Id)/ns/net")
        }
    }

    if ($Session) {
        Step $Kind 'session' @lives { param($c) Test-Session $c }
        Step $Kind 'session that exits' @lives { param($c) Test-SessionEnd $c 'exit' }
        Step $Kind 'session killed inside' @lives { param($c) Test-SessionEnd $c 'inside' }
        Step $Kind 'session killed outside' @lives { param($c) Test-SessionEnd $c 'outside' }
    }
    Step $Kind 'sockets' @lives {
        param($c)
        $shown = @(Get-NetNamespaceConnection $c.Target -Protocol Tcp -State Listen | Where-Object LocalPort -eq $port)
        Assert-Equal $shown.Count 1
        Assert-Equal $shown.NamespaceInode (Get-Link $c.Id net)
        Assert-Equal (Get-Content "/proc/$($shown.ProcessId)/cmdline" -Raw) "$($program -join "`0")`0"
        Assert-Equal "$($shown.Container)" $c.Shown
    }
    Step $Kind 'interfaces' @lives {
        param($c)
        $shown = @(Get-NetNamespaceInterface $c.Id)
        $expected = Get-Content "/proc/$($c.Id)/net/dev" | Select-Object -Skip 2 | ForEach-Object { ($_ -split ':')[0].Trim() }
        Assert-Equal ($shown.InterfaceName | Sort-Object) ($expected | Sort-Object)
        if ($isRoot -and (Get-Link $c.Id net) -ne (Get-Link $PID net)) {
            foreach ($line in nsenter "--net=/proc/$($c.Id)/ns/net" ip -o link show type veth) {
                if ($line -notmatch '^\d+: ([^@]+)@if(\d+): ') { continue }
                $name, $number = $Matches[1], $Matches[2]
                $peer = ip -o link | Where-Object { $_ -match "^$number`: " } | ForEach-Object { ($_ -split '[:@] ?')[1] }
                $row = $shown | Where-Object InterfaceName -eq $name
                Assert-Equal $row.PeerNamespace, $row.PeerInterfaceName host, $peer
            }
        }
    }
    Step $Kind 'mounts' @lives {
        param($c)
        $expected = Get-Content "/proc/$($c.Id)/mountinfo" | ForEach-Object { ($_ -split ' ')[4] }
        Assert-Equal ((Get-NamespaceMount $c.Target).MountPoint | Sort-Object) ($expected | Sort-Object)
    }
    if (-not $HasNoName) {
        Step $Kind 'usage' @lives {
            param($c)

            # A program of the step before may still be on its way out.
            Wait-True {
                $script:found = @(Measure-Namespace -Container "$($c.Runtime):$($c.Name)")
                "$($script:found.ProcessCount)" -eq "$([int](lsns -n -t pid -o NPROCS -p $c.Id))"
            } 60
            Assert-Equal $script:found.Container $c.Shown
            Assert-True ($script:found.ResidentBytes -gt 0) 'it uses no memory'
        }
    }

    Step $Kind 'ended while entered' @lives {
        param($c)
        $as = $c.As
        $inside = New-NamespaceProcess -Join $c.Target @as -- /bin/busybox sleep 1000
        $ownPids = (Get-Link $c.Id pid) -ne (Get-Link $PID pid)

        # An engine may give up waiting on a slow machine, when the container has ended all the same.
        try { $null = & $c.Stop $c } catch [NotSupportedException] { Write-Verbose "$_" }
        Wait-True { -not (Test-Alive $c.Id) } 120

        # The kernel ends all of a pid namespace with its first process.
        if ($ownPids) { Wait-True { -not (Test-Alive $inside.Id) } 120 }
        elseif (-not $inside.HasExited) { Stop-Process -Id $inside.Id }
        $again = try { Invoke-NamespaceCommand ($c.Name ? "$($c.Runtime):$($c.Name)" : $c.Id) @as -- /bin/true; 'ran' } catch { Get-ErrorId $_ }
        Assert-Equal $again ($c.Name ? 'TargetNotFound' : 'ProcessNotFound')
        $c.Id = 0
    }
}
