# The net namespace cmdlets against ip from the same session, and a C floor.
. $PSScriptRoot/common.ps1

$prefix = New-UniqueName
$start = [Diagnostics.ProcessStartInfo]::new((Get-Floor floor-netns))
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true

# Makes the directory a shared mount, which the floor does not.
New-NetNamespace "$prefix-first" | Remove-NetNamespace
$floor = [Diagnostics.Process]::Start($start)

# The kernel takes namespaces down behind our backs; a contender is not to pay for the one before it.
function Wait-Quiet {
    $path = '/sys/kernel/slab/net_namespace/objects'
    if (Test-Path $path) {
        $last = ''
        while (($now = Get-Content $path) -ne $last) { $last = $now; Start-Sleep -Milliseconds 200 }
    }
    else {
        Start-Sleep -Milliseconds 1500
    }
}

function Measure-Quiet {
    param([Parameter(Mandatory)] [scriptblock] $Script)
    Wait-Quiet
    $watch = [Diagnostics.Stopwatch]::StartNew()
    & $Script
    $watch.Elapsed.TotalMilliseconds
}

$names = 0..199 | ForEach-Object { "$prefix$_" }
try {
    $create = Measure-SideBySide -Rounds 7 -WarmUp 2 ([ordered]@{
            ours  = { Measure-Quiet { $null = New-NetNamespace $names; Remove-NetNamespace $names } }
            pipe  = { Measure-Quiet { $names | New-NetNamespace | Remove-NetNamespace } }
            ip    = { Measure-Quiet { foreach ($name in $names) { ip netns add $name }; foreach ($name in $names) { ip netns delete $name } } }
            floor = {
                Wait-Quiet
                $floor.StandardInput.WriteLine("200 $prefix")
                [double]$floor.StandardOutput.ReadLine() / 1e6
            }
        })

    $null = New-NetNamespace (0..499 | ForEach-Object { "$prefix$_" })
    $list = Measure-SideBySide -Rounds 31 -WarmUp 5 ([ordered]@{
            ours  = { $script:found = Get-NetNamespace }
            count = { $script:counts = (Get-NetNamespace).InterfaceCount }
            ip    = { $script:listed = ip -j netns list | ConvertFrom-Json }
        })
    if ($found.Count -ne $listed.Count) {
        throw "Get-NetNamespace found $($found.Count), ip $($listed.Count)."
    }

    Remove-NetNamespace "$prefix*"
    $blue, $red = "$prefix-blue", "$prefix-red"
    $null = New-NetNamespace $blue, $red
    $veth = Measure-SideBySide -Rounds 21 -WarmUp 3 ([ordered]@{
            ours = {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                Connect-NetNamespace $blue $red -Address 10.0.0.1/24 -PeerAddress 10.0.0.2/24
                $watch.Elapsed.TotalMilliseconds
                ip -n $blue link del veth0
            }
            ip   = {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                ip link add veth0 netns $blue type veth peer name veth0 netns $red
                ip -n $blue addr add 10.0.0.1/24 dev veth0
                ip -n $red addr add 10.0.0.2/24 dev veth0
                ip -n $blue link set veth0 up
                ip -n $red link set veth0 up
                ip -n $blue link set lo up
                ip -n $red link set lo up
                $watch.Elapsed.TotalMilliseconds
                ip -n $blue link del veth0
            }
        })
}
finally {
    $floor.StandardInput.Close()
    Remove-NetNamespace "$prefix*"
}

"Net namespaces, $(ip -V), $([Environment]::ProcessorCount) processors"
'200 named net namespaces made and removed: {0:n1} ms, by pipeline {1:n1} ms, ip {2:n1} ms, C floor {3:n1} ms' -f $create.ours, $create.pipe, $create.ip, $create.floor
Write-Ratio 'ip netns add and delete / New- and Remove-NetNamespace, 200 names' ($create.ip / $create.ours) x 'at least 6'
Write-Ratio 'New- and Remove-NetNamespace / C floor, 200 names' ($create.ours / $create.floor) x 'at most 1.5'
Write-Ratio 'The same name by name through the pipeline / C floor' ($create.pipe / $create.floor) x
'500 named net namespaces listed: {0:n1} ms, with the interfaces of each counted {1:n1} ms, ip {2:n1} ms' -f $list.ours, $list.count, $list.ip
Write-Ratio 'ip -j netns list | ConvertFrom-Json / Get-NetNamespace, 500 names' ($list.ip / $list.ours) x 'at least 5'
'A veth pair with addresses: {0:n1} ms, ip {1:n1} ms' -f $veth.ours, $veth.ip
Write-Ratio 'The ip commands / Connect-NetNamespace' ($veth.ip / $veth.ours) x 'at least 4'
