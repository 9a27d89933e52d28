# Containers of real engines: each is started by its own tool, and then looked at, entered and ended while entered. Dot-sourced by
# suite.ps1. A group is a kind of container. The image is a busybox, so no network is needed; its program listens on a port.
$work = '/var/tmp/matrix'
$image = Join-Path $work image
$port = 8080
$program = '/bin/busybox', 'httpd', '-f', '-p', "$port"

$versions = foreach ($package in 'docker.io', 'podman', 'containerd', 'runc', 'crun', 'lxc', 'incus', 'systemd') {
    "$package $(dpkg-query -W -f '${Version}' $package 2>$null)"
}

# One at a time under emulation; what an engine says is the reason where it does not start.
function Invoke-Tool {
    $said = & $args[0] @($args | Select-Object -Skip 1) 2>&1 | ForEach-Object { "$_" }
    if ($LASTEXITCODE -ne 0) { throw [NotSupportedException]"$($args[0]): $(@($said | Where-Object { $_ })[-1])" }
    $said
}

function New-ContainerRoot {
    if (Test-Path "$image/bin/busybox") { return }
    foreach ($name in 'bin', 'proc', 'sys', 'dev', 'tmp', 'etc', 'run', 'var', 'root', 'www') { $null = New-Item -ItemType Directory -Force "$image/$name" }
    Copy-Item (Get-Command busybox).Source "$image/bin/busybox"
    foreach ($name in 'sh', 'cat', 'hostname', 'sleep', 'readlink', 'ls', 'mount', 'ip') { $null = ln -sf busybox "$image/bin/$name" }
    Set-Content "$image/etc/passwd" 'root:x:0:0:root:/root:/bin/sh'
    Set-Content "$image/etc/group" 'root:x:0:'
    Set-Content "$image/etc/os-release" 'ID=busybox'
    tar -C $image -cf "$work/image.tar" .
}

# The first process of a container, as its engine's own tool tells it.
$kinds = [ordered]@{}
function Kind {
    param([string] $Name, [string] $Runtime, [scriptblock] $Start, [scriptblock] $Stop = {}, [switch] $SharesNetwork, [switch] $HasNoId)
    $kinds[$Name] = @{ Name = $Name; Runtime = $Runtime; Start = $Start; Stop = $Stop; SharesNetwork = [bool]$SharesNetwork; HasNoId = [bool]$HasNoId; State = $null }
    $here = $kinds[$Name]

    # A container that could not be started fails one step and skips the others.
    $each = {
        param([string] $What, [scriptblock] $Body)
        Step $here.Name $What ([scriptblock]::Create("`$here = `$kinds['$($here.Name)']; if (-not `$here.State) { throw [NotSupportedException]'the container does not run' }; `$state = `$here.State; $Body"))
    }

    Step $Name 'starts' ([scriptblock]::Create("New-ContainerRoot; `$kinds['$Name'].State = & `$kinds['$Name'].Start; Wait-True { Test-Path ""/proc/`$(`$kinds['$Name'].State.Id)"" }"))
    & $each 'shown with its name' {
        $ns = Get-Namespace -ProcessId $state.Id -Type Mnt
        if ("$($ns.Container)" -notlike "$($here.Runtime):*") { throw "shown as <$($ns.Container)>" }
        if ($state.Key -notin ("$($ns.Container)" -replace '^[^:]+:')) { if ("$($ns.Container)" -notlike "*$($state.Name)*") { throw "shown as <$($ns.Container)>" } }
    }
    & $each 'found by name' { Assert-Equal (Compare-Namespace $state.Name $state.Id).Where({ -not $_.IsEqual }) @() }
    & $each 'found by runtime:name' { Assert-Equal (Compare-Namespace "$($here.Runtime):$($state.Name)" $state.Id).Where({ -not $_.IsEqual }) @() }
    if (-not $HasNoId) {
        & $each 'found by id' { Assert-Equal (Compare-Namespace $state.Key $state.Id).Where({ -not $_.IsEqual }) @() }
        & $each 'found by short id' { Assert-Equal (Compare-Namespace $state.Key.Substring(0, 12) $state.Id).Where({ -not $_.IsEqual }) @() }
    }

    & $each 'a program inside' {
        Assert-Equal (Invoke-NamespaceCommand $state.Name -- /bin/readlink /proc/self/ns/mnt /proc/self/ns/net /proc/self/ns/uts) (readlink "/proc/$($state.Id)/ns/mnt" "/proc/$($state.Id)/ns/net" "/proc/$($state.Id)/ns/uts")
    }
    & $each 'a script block inside' { Assert-Equal (Invoke-NamespaceCommand $state.Name { (Get-Item /proc/self/ns/uts).Target }) (readlink "/proc/$($state.Id)/ns/uts") }
    & $each 'its sockets' {
        Wait-True { "$(nsenter --net --target $state.Id busybox netstat -lnt)" -match ':8080 ' }
        $found = Get-NetNamespaceConnection $state.Name -Protocol Tcp -State Listen | Where-Object LocalPort -eq 8080
        Assert-True $found 'the socket is not shown'
        Assert-Equal (Get-Link $found.ProcessId mnt) (Get-Link $found.ProcessId mnt)
    }
    & $each 'its interfaces' {
        $shown = Get-NetNamespaceInterface -ProcessId $state.Id
        Assert-Equal $shown.InterfaceName (nsenter --net --target $state.Id ip -o link | ForEach-Object { ($_ -split ': ')[1] -replace '@.*' })
        $veth = @($shown | Where-Object Kind -eq veth)
        if ($veth -and (Get-Link $state.Id net) -ne (Get-Link $PID net)) { Assert-Equal $veth[0].PeerNamespace host }
    }
    & $each 'killed while entered' {
        $inside = New-NamespaceProcess -Join $state.Name -Type Uts -- /bin/sleep 1000
        $null = & $here.Stop $state
        Wait-True { -not (Test-Path "/proc/$($state.Id)") -or (Get-Content "/proc/$($state.Id)/stat") -match '\) Z' }
        if (-not $inside.HasExited) { $inside | Stop-Process }
        $again = try { Invoke-NamespaceCommand "$($here.Runtime):$($state.Name)" -- true; 'ran' } catch { Get-ErrorId $_ }
        Assert-Equal $again TargetNotFound
    }
}

# docker
function Start-Docker {
    param([string] $Name, [string[]] $Options)
    if (-not (docker images -q matrix)) { $null = Invoke-Tool docker import "$work/image.tar" matrix }
    $null = Invoke-Tool docker run -d --name $Name @Options matrix @program
    @{ Name = $Name; Key = "$(Invoke-Tool docker inspect -f '{{.Id}}' $Name)"; Id = [int](Invoke-Tool docker inspect -f '{{.State.Pid}}' $Name) }
}

$docker = { param($state) docker kill $state.Name }
Kind 'docker, bridge' docker { Start-Docker dbridge @() } $docker
Kind 'docker, none, read-only' docker { Start-Docker dnone '--network=none', '--read-only' } $docker
Kind 'docker, host' docker { Start-Docker dhost '--network=host' } $docker -SharesNetwork
Kind 'docker, privileged, --init' docker { Start-Docker dinit '--privileged', '--init' } $docker

# podman
function Start-Podman {
    param([string] $Name, [string[]] $Options)
    if (-not (podman images -q localhost/matrix)) { $null = Invoke-Tool podman import "$work/image.tar" localhost/matrix }
    $null = Invoke-Tool podman run -d --name $Name @Options localhost/matrix @program
    @{ Name = $Name; Key = "$(Invoke-Tool podman inspect -f '{{.Id}}' $Name)"; Id = [int](Invoke-Tool podman inspect -f '{{.State.Pid}}' $Name) }
}

$podman = { param($state) podman kill $state.Name }
Kind 'podman' podman { Start-Podman pbridge @() } $podman
Kind 'podman, cgroups disabled' podman { Start-Podman pbare '--cgroups=disabled', '--network=none' } $podman
Kind 'podman, pod' podman {
    $null = Invoke-Tool podman pod create --name matrixpod --network=none
    Start-Podman ppod '--pod=matrixpod'
} $podman

# containerd, by its own client
Kind 'containerd, ctr' containerd {
    $null = Invoke-Tool docker save -o "$work/oci.tar" matrix
    $null = Invoke-Tool ctr images import "$work/oci.tar"
    $null = Invoke-Tool ctr run -d docker.io/library/matrix:latest cone @program
    @{ Name = 'cone'; Key = 'cone'; Id = [int]((-split (ctr task ls | Where-Object { $_ -match '^cone ' }))[1]) }
} { ctr task kill -s KILL cone } -HasNoId

# The runtimes alone
function Start-Bundle {
    param([string] $Runtime, [string] $Name)
    $bundle = "$work/$Name"
    $null = New-Item -ItemType Directory -Force $bundle
    Copy-Item $image "$bundle/rootfs" -Recurse -Force
    Push-Location $bundle
    try {
        $null = Invoke-Tool $Runtime spec
        $config = Get-Content config.json -Raw | ConvertFrom-Json -AsHashtable
        $config.process.args = $program
        $config.process.terminal = $false
        $config | ConvertTo-Json -Depth 20 | Set-Content config.json
        sh -c "$Runtime run -d $Name </dev/null >$bundle/log 2>&1"
        if ($LASTEXITCODE -ne 0) { throw [NotSupportedException]"$Runtime`: $(Get-Content $bundle/log -Raw)" }
    }
    finally { Pop-Location }
    @{ Name = $Name; Key = $Name; Id = [int]((Invoke-Tool $Runtime state $Name | Out-String | ConvertFrom-Json).pid) }
}

Kind 'runc' runc { Start-Bundle runc rone } { runc kill rone KILL } -HasNoId
Kind 'crun' crun { Start-Bundle crun kone } { crun kill kone KILL } -HasNoId

Kind 'lxc' lxc {
    $null = New-Item -ItemType Directory -Force /var/lib/lxc/lone
    Copy-Item $image /var/lib/lxc/lone/rootfs -Recurse -Force
    Set-Content /var/lib/lxc/lone/config 'lxc.uts.name = lone', 'lxc.rootfs.path = dir:/var/lib/lxc/lone/rootfs', 'lxc.net.0.type = empty', 'lxc.apparmor.profile = unconfined', "lxc.init.cmd = $($program -join ' ')"
    $null = Invoke-Tool lxc-start -n lone -d
    @{ Name = 'lone'; Key = 'lone'; Id = [int]((lxc-info -n lone -p -H)) }
} { lxc-stop -n lone -k } -HasNoId

Kind 'incus' incus {
    $null = Invoke-Tool incus admin init --minimal
    $null = New-Item -ItemType Directory -Force "$work/incus"
    Copy-Item $image "$work/incus/rootfs" -Recurse -Force
    $null = New-Item -ItemType Directory -Force "$work/incus/rootfs/sbin"
    Set-Content "$work/incus/rootfs/sbin/init" '#!/bin/sh', 'exec /bin/busybox httpd -f -p 8080'
    chmod 755 "$work/incus/rootfs/sbin/init"
    Set-Content "$work/incus/metadata.yaml" 'architecture: x86_64', 'creation_date: 1700000000', 'properties: {description: matrix}'
    tar -C "$work/incus" -cf "$work/incus.tar" metadata.yaml rootfs
    $null = Invoke-Tool incus image import "$work/incus.tar" --alias matrix
    $null = Invoke-Tool incus launch matrix ione
    @{ Name = 'ione'; Key = 'ione'; Id = [int]((Invoke-Tool incus query /1.0/instances/ione/state | Out-String | ConvertFrom-Json).pid) }
} { incus stop ione --force } -HasNoId

function Start-Nspawn {
    param([string] $Name, [string[]] $Options)
    Copy-Item $image "$work/$Name" -Recurse -Force
    $null = Invoke-Tool systemd-run "--unit=matrix-$Name" systemd-nspawn -q -D "$work/$Name" -M $Name --private-network @Options @program
    Wait-True { pgrep -x -f "$($program -join ' ')" | Where-Object { (readlink "/proc/$_/root") -eq "$work/$Name" -or (Get-Content "/proc/$_/cgroup" -ErrorAction Ignore) -match $Name } }
    $id = pgrep -x -f "$($program -join ' ')" | Where-Object { (Get-Content "/proc/$_/cgroup" -ErrorAction Ignore) -match $Name } | Select-Object -First 1
    @{ Name = $Name; Key = $Name; Id = [int]$id }
}

Kind 'systemd-nspawn' nspawn { Start-Nspawn nreg @() } { systemctl kill -s KILL matrix-nreg; machinectl terminate nreg 2>$null } -HasNoId
Kind 'systemd-nspawn, not registered' nspawn { Start-Nspawn nfree '--register=no' } { systemctl kill -s KILL matrix-nfree; systemctl kill -s KILL nfree.scope 2>$null } -HasNoId
