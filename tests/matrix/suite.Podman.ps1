# Containers of podman: of root, and of an ordinary user as root and as that user see them. Dot-sourced by steps.ps1.
. (Join-Path $PSScriptRoot engines.ps1)
$versions = Get-EngineVersion podman crun passt slirp4netns catatonit

# -Rootless: as tester, also where the suite runs as root.
function Invoke-Podman {
    param([switch] $Rootless, [Parameter(ValueFromRemainingArguments)] [string[]] $Words)
    $as = @()
    if ($Rootless) {
        $bus = "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus"
        $as = 'env', '-C', '/home/tester', 'HOME=/home/tester', 'XDG_RUNTIME_DIR=/run/user/1000', $bus
        if ($isRoot) { $as = @('setpriv', '--reuid', '1000', '--regid', '1000', '--clear-groups') + $as }
    }

    $all = @($as) + 'podman' + $Words
    Invoke-Tool @all
}

function Start-Podman {
    param([string] $Name, [string[]] $Options = @(), [switch] $Rootless)
    $who = @{ Rootless = $Rootless }

    # The user's own run comes after that of root, whose rootless containers have their names still.
    if (-not $isRoot) { $Name += 'u' }
    if (-not ((Invoke-Podman @who images '--format={{.Repository}}') -match 'matrix')) { $null = Invoke-Podman @who import "$work/image.tar" localhost/matrix }
    $words = @('run', '-d', '--name', $Name) + $Options + 'localhost/matrix' + $program
    $null = Invoke-Podman @who @words
    @{ Name = $Name; Key = "$(Invoke-Podman @who inspect '--format={{.Id}}' $Name)"; Id = [int](Invoke-Podman @who inspect '--format={{.State.Pid}}' $Name) }
}

$killRootless = { param($c) Invoke-Podman -Rootless kill $c.Name }
if ($isRoot) {
    $kill = { param($c) Invoke-Podman kill $c.Name }
    Kind 'podman, bridge' podman { Start-Podman pbridge } $kill -Session
    Kind 'podman, no control group' podman { Start-Podman pbare '--cgroups=disabled', '--network=none' } $kill -Quick
    Kind 'podman, pod' podman {
        $null = Invoke-Podman pod create --name matrixpod --network=none
        Start-Podman ppod '--pod=matrixpod'
    } $kill -Quick
    Kind 'podman, --userns=auto' podman {
        if (-not (getent passwd containers)) { Add-Content /etc/passwd 'containers:x:990:65534::/nonexistent:/usr/sbin/nologin' }
        foreach ($file in '/etc/subuid', '/etc/subgid') { Add-Content $file 'containers:2000000:1048576' }
        Start-Podman pauto '--userns=auto:size=1024', '--network=none'
    } $kill -Quick
}

Kind 'podman, rootless' podman { Start-Podman prone '--network=none' -Rootless } $killRootless -Session
Kind 'podman, rootless, pasta' podman { Start-Podman rpasta '--network=pasta' -Rootless } $killRootless -Quick
Kind 'podman, rootless, slirp4netns' podman { Start-Podman rslirp '--network=slirp4netns' -Rootless } $killRootless -Quick
Kind 'podman, rootless, no control group' podman { Start-Podman rbare '--cgroups=disabled', '--network=none' -Rootless } $killRootless -Quick
