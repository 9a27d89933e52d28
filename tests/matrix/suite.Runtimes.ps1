# Containers of containerd's own client, of the runtimes alone, of LXC and of Incus. Dot-sourced by steps.ps1.
. (Join-Path $PSScriptRoot engines.ps1)
$versions = Get-EngineVersion containerd runc crun lxc incus

Kind 'containerd, ctr' containerd {
    if (-not (docker images -q matrix)) { $null = Invoke-Tool docker import "$work/image.tar" matrix }
    $null = Invoke-Tool docker save -o "$work/oci.tar" matrix
    $null = Invoke-Tool ctr images import "$work/oci.tar"
    $null = Invoke-Tool ctr run -d docker.io/library/matrix:latest cone @program
    @{ Name = 'cone'; Key = 'cone'; Id = [int]((-split (ctr task ls | Where-Object { $_ -match '^cone ' }))[1]) }
} { ctr task kill -s KILL cone } -HasNoId

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
Kind 'crun' crun { Start-Bundle crun kone } { crun kill kone KILL } -HasNoId -Quick

# The profiles are those of a package that is not in the image.
Kind 'lxc' lxc {
    $null = New-Item -ItemType Directory -Force /var/lib/lxc/lone
    Copy-Item $image /var/lib/lxc/lone/rootfs -Recurse -Force
    Set-Content /var/lib/lxc/lone/config 'lxc.uts.name = lone', 'lxc.rootfs.path = dir:/var/lib/lxc/lone/rootfs', 'lxc.net.0.type = empty', 'lxc.mount.auto = proc sys', 'lxc.apparmor.profile = unconfined', "lxc.init.cmd = $($program -join ' ')"
    lxc-start -n lone -d -l INFO -o "$work/lxc.log" 2>&1 | Out-Null
    if ($LASTEXITCODE -ne 0) { throw [NotSupportedException]"lxc-start: $(@((Get-Content "$work/lxc.log") -match ' ERROR ')[0] -replace '.* ERROR +')" }
    Wait-True { $script:found = lxc-info -n lone -p -H; $script:found } 120
    @{ Name = 'lone'; Key = 'lone'; Id = [int]$script:found }
} { lxc-stop -n lone -k } -HasNoId

# Its own network would need dnsmasq.
function Start-Incus {
    param([string] $Name, [string[]] $Options = @())
    if (-not (Select-String '^root:' /etc/subuid -Quiet)) {
        foreach ($file in '/etc/subuid', '/etc/subgid') { Add-Content $file 'root:3000000:65536' }
        $null = Invoke-Tool systemctl restart incus
    }

    if ("$(incus storage list -f csv 2>&1)" -notmatch '^default,') {
        "storage_pools: [{name: default, driver: dir}]`nprofiles: [{name: default, devices: {root: {type: disk, path: /, pool: default}}}]" | incus admin init --preseed 2>&1 | Out-Null
        $null = New-Item -ItemType Directory -Force "$work/incus"
        Copy-Item $image "$work/incus/rootfs" -Recurse -Force
        $null = New-Item -ItemType Directory -Force "$work/incus/rootfs/sbin"
        Set-Content "$work/incus/rootfs/sbin/init" '#!/bin/sh', "exec $($program -join ' ')"
        chmod 755 "$work/incus/rootfs/sbin/init"
        Set-Content "$work/incus/metadata.yaml" 'architecture: x86_64', 'creation_date: 1700000000', 'properties: {description: matrix}'
        tar -C "$work/incus" -cf "$work/incus.tar" metadata.yaml rootfs
        $null = Invoke-Tool incus image import "$work/incus.tar" --alias matrix
    }

    $project = @($Options -match '^--project')
    $null = Invoke-Tool incus launch matrix $Name @Options
    $path = "/1.0/instances/$Name/state" + ($project ? "?project=$($project[0] -replace '.*=')" : '')
    @{ Name = $Name; Key = $Name; Id = [int]((Invoke-Tool incus query $path | Out-String | ConvertFrom-Json).pid) }
}

Kind 'incus' incus { Start-Incus ione } { incus stop ione --force } -HasNoId
Kind 'incus, privileged' incus { Start-Incus itwo '--config=security.privileged=true' } { incus stop itwo --force } -HasNoId -Quick
Kind 'incus, project' incus {
    $null = Invoke-Tool incus project create proj -c features.images=false -c features.profiles=false
    $state = Start-Incus ithree '--project=proj'
    $state.Key = 'proj_ithree'
    $state
} { incus stop ithree --project=proj --force } -HasNoId -Quick
