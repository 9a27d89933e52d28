# Mounts against findmnt, and what processes use against a C program that reads the same files.
. $PSScriptRoot/common.ps1

$folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
$null = New-Item -ItemType Directory $folder
$start = [Diagnostics.ProcessStartInfo]::new('unshare')
$script = 'mount -t tmpfs x "$1" && i=0 && while [ $i -lt 1000 ]; do mkdir "$1/$i" && mount -t tmpfs -o size=1m,mode=700 "source$i" "$1/$i"; i=$((i+1)); done; echo ready; cat'
foreach ($argument in '-m', '--propagation', 'private', 'sh', '-ec', $script, 'sh', $folder) { $start.ArgumentList.Add($argument) }
$start.RedirectStandardInput = $start.RedirectStandardOutput = $true
$lab = [Diagnostics.Process]::Start($start)
$null = $lab.StandardOutput.ReadLine()
try {
    Invoke-WarmUp { Get-NamespaceMount $lab.Id }
    $mounts = Measure-SideBySide -Rounds 9 -WarmUp 2 ([ordered]@{
            ours    = { $null = Get-NamespaceMount $lab.Id }
            findmnt = { $null = nsenter -t $lab.Id -m findmnt -J | ConvertFrom-Json }
        })
    Write-Ratio 'nsenter … findmnt -J with ConvertFrom-Json / Get-NamespaceMount, 1,000 mounts' ($mounts.findmnt / $mounts.ours) -Target 'at least 8'
}
finally {
    $lab.StandardInput.Close()
    $lab.WaitForExit()
    Remove-Item $folder
}

$herd = Start-Helper herd 60, 3000
$floor = [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo]@{ FileName = Get-Floor floor-usage; RedirectStandardInput = $true; RedirectStandardOutput = $true })
try {
    Invoke-WarmUp { Measure-Namespace -All }
    $usage = Measure-SideBySide -Rounds 9 -WarmUp 2 ([ordered]@{
            ours  = { $null = Measure-Namespace -All }
            floor = { $floor.StandardInput.WriteLine(); [double]$floor.StandardOutput.ReadLine() / 1e6 }
        })
    Write-Ratio 'Measure-Namespace -All / C floor that reads the same files, 3,000 processes' ($usage.ours / $usage.floor) -Target 'at most 1.5'
}
finally {
    $floor.StandardInput.Close()
    $floor.WaitForExit()
    Stop-Helper $herd
}
