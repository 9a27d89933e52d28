# Bytes of a program inside against a native pipe, and script blocks in many places against one, all from one session.
. $PSScriptRoot/common.ps1

$places = 40
$size = 64MB
$folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
$null = New-Item -ItemType Directory $folder
$processes = foreach ($i in 1..$places) { New-NamespaceProcess -Type Net sleep 3600 }
$id = $processes[0].Id
$fresh = { @{ ROUND = [guid]::NewGuid() } }
try {
    "Invoke-NamespaceCommand, $($size / 1MB) MB and $places places, $([Environment]::ProcessorCount) processors"
    $bytes = Measure-SideBySide ([ordered]@{
            'native' = { head -c $size /dev/zero > "$folder/native" }
            'inside' = { $null = Invoke-NamespaceCommand -ProcessId $id -AsByteStream -- head -c $size /dev/zero | cat > "$folder/inside" }
        }) -Rounds 7 -WarmUp 1

    # With variables of its own no PowerShell that is kept from before serves.
    $blocks = Measure-SideBySide ([ordered]@{
            'first' = { $null = Invoke-NamespaceCommand -ProcessId $id -IdleTimeoutSec 0 { 1 } -Environment (& $fresh) }
            'all'   = { $null = Invoke-NamespaceCommand -ProcessId $processes.Id -ThrottleLimit 1 -IdleTimeoutSec 0 { 1 } -Environment (& $fresh) }
            'two'   = { $null = Invoke-NamespaceCommand -ProcessId $processes.Id -ThrottleLimit 2 -IdleTimeoutSec 0 { 1 } -Environment (& $fresh) }
        }) -Rounds 2 -WarmUp 0

    'native {0:n0} ms, inside {1:n0} ms; one place {2:n0} ms, all {3:n0} ms, two at a time {4:n0} ms' -f
        $bytes.native, $bytes.inside, $blocks.first, $blocks.all, $blocks.two
    Write-Ratio '-AsByteStream of 64 MB | cat > file / command > file' ($bytes.inside / $bytes.native) x 'at most 3'
    Write-Ratio '40 places one after the other / 40 times one place' ($blocks.all / ($places * $blocks.first)) x 'at most 1.1'
    Write-Ratio '40 places two at a time / one after the other' ($blocks.two / $blocks.all) x 'at most 0.6'
}
finally {
    Stop-Process -Id $processes.Id
    Remove-Item -Recurse $folder
}
