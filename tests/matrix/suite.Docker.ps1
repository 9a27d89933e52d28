# Containers of docker. Dot-sourced by steps.ps1.
. (Join-Path $PSScriptRoot engines.ps1)
$versions = Get-EngineVersion docker.io containerd runc

function Start-Docker {
    param([string] $Name, [string[]] $Options = @(), [string[]] $Words = $program)
    Wait-True { docker version 2>$null >$null; $LASTEXITCODE -eq 0 -or (systemctl is-failed docker) -eq 'failed' }
    if (-not (docker images -q matrix)) { $null = Invoke-Tool docker import "$work/image.tar" matrix }
    $null = Invoke-Tool docker run -d --name $Name @Options matrix @Words
    @{ Name = $Name; Key = "$(Invoke-Tool docker inspect -f '{{.Id}}' $Name)"; Id = [int](Invoke-Tool docker inspect -f '{{.State.Pid}}' $Name) }
}

$kill = { param($c) docker kill $c.Name }
Kind 'docker, bridge' docker { Start-Docker dbridge } $kill -Session
Kind 'docker, none, read-only' docker { Start-Docker dnone '--network=none', '--read-only' } $kill
Kind 'docker, host' docker { Start-Docker dhost '--network=host' } $kill
Kind 'docker, container:' docker {
    $null = Start-Docker dfirst '--ipc=shareable' '/bin/busybox', 'sleep', '100000'
    Start-Docker dsecond '--network=container:dfirst', '--ipc=container:dfirst'
} { param($c) docker kill $c.Name dfirst }
Kind 'docker, privileged, --init' docker { Start-Docker dinit '--privileged', '--init' } $kill
Kind 'docker, user namespace, cgroupfs' docker {
    $null = New-Item -ItemType Directory -Force /etc/docker
    Set-Content /etc/docker/daemon.json '{ "userns-remap": "tester", "exec-opts": ["native.cgroupdriver=cgroupfs"] }'
    $null = Invoke-Tool systemctl restart docker
    Start-Docker dremap
} $kill -Session
