# Containers of systemd-nspawn, and services with namespaces of their own. Dot-sourced by steps.ps1.
. (Join-Path $PSScriptRoot engines.ps1)
$versions = Get-EngineVersion systemd

function Start-Nspawn {
    param([string] $Name, [string[]] $Options = @())
    $null = New-Item -ItemType Directory -Force /var/lib/machines
    Copy-Item $image "/var/lib/machines/$Name" -Recurse -Force
    $null = Invoke-Tool systemd-run --quiet --collect "--unit=matrix-$Name" systemd-nspawn -q -D "/var/lib/machines/$Name" -M $Name --private-network @Options @program
    @{ Name = $Name; Key = $Name; Id = Find-Program "matrix-$Name" }
}

$kill = { param($c) kill -KILL $c.Id }
Kind 'systemd-nspawn' nspawn {
    $state = Start-Nspawn nreg
    Assert-Equal (Invoke-Tool machinectl show -p Leader --value nreg) $state.Id
    $state
} $kill -HasNoId
Kind 'systemd-nspawn, not registered' nspawn { Start-Nspawn nfree '--register=no' } $kill -HasNoId -Quick
Kind 'systemd-nspawn, in its unit' nspawn { Start-Nspawn nkeep '--keep-unit' } $kill -HasNoId -Quick
Kind 'systemd-nspawn, ids of its own' nspawn { Start-Nspawn nids '--private-users=pick' } $kill -HasNoId
Kind 'systemd-nspawn@.service' nspawn {
    Copy-Item $image /var/lib/machines/nunit -Recurse -Force
    $null = New-Item -ItemType Directory -Force /etc/systemd/nspawn
    Set-Content /etc/systemd/nspawn/nunit.nspawn '[Exec]', 'Boot=no', "Parameters=$($program -join ' ')", '[Network]', 'VirtualEthernet=yes'
    $null = Invoke-Tool systemctl start systemd-nspawn@nunit
    @{ Name = 'nunit'; Key = 'nunit'; Id = Find-Program systemd-nspawn@nunit }
} $kill -HasNoId -Quick

Kind 'service, PrivateNetwork=' service { @{ Id = Start-Unit mprivate '-pPrivateNetwork=yes' } } $kill -HasNoName
Kind 'service, NetworkNamespacePath=' service {
    $null = Invoke-Tool ip netns add mblue
    @{ Id = Start-Unit mpath '-pNetworkNamespacePath=/run/netns/mblue' }
} $kill -HasNoName -Quick
Kind 'service, RootDirectory=, PrivateUsers=, PrivatePIDs=, PrivateIPC=, ProtectHostname=' service {
    $null = Start-Unit mall "-pRootDirectory=$image", '-pMountAPIVFS=yes', '-pPrivateUsers=yes', '-pPrivatePIDs=yes', '-pPrivateIPC=yes', '-pProtectHostname=private', '-pPrivateNetwork=yes', '-pPrivateTmp=yes'

    # The first process that the manager tells of makes the pid namespace, and ends.
    $id = Find-Program mall
    Wait-True { (systemctl show -p MainPID --value mall) -eq $id } 60
    @{ Unit = 'mall'; Id = $id }
} $kill -HasNoName
