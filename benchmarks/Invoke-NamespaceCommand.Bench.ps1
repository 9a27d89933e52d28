# Invoke-NamespaceCommand against nsenter and against the start of PowerShell itself, all from one session.
. $PSScriptRoot/common.ps1

$process = Start-Process unshare -ArgumentList '-nu', 'sleep', '600' -PassThru
Start-Sleep -Milliseconds 500
$id = $process.Id
$pwsh = [Environment]::ProcessPath
$nothing = { }
try {
    "Invoke-NamespaceCommand, $(nsenter --version), $([Environment]::ProcessorCount) processors"

    # The runtime's compiler takes its time: a session that has just begun is not what is measured.
    foreach ($i in 1..3000) { Invoke-NamespaceCommand -ProcessId $id -Type Net -InProcess $nothing }
    foreach ($i in 1..100) { Invoke-NamespaceCommand -ProcessId $id -Type Net -FilePath /bin/true }
    Start-Sleep -Seconds 1
    $fast = Measure-SideBySide ([ordered]@{
            'nsenter'    = { nsenter -t $id -n true }
            'program'    = { Invoke-NamespaceCommand -ProcessId $id -Type Net -FilePath /bin/true }
            'in process' = {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                foreach ($i in 1..200) { Invoke-NamespaceCommand -ProcessId $id -Type Net -InProcess $nothing }
                $watch.Elapsed.TotalMilliseconds / 200
            }
        }) -Rounds 41 -WarmUp 20
    $slow = Measure-SideBySide ([ordered]@{
            'pwsh'   = { & $pwsh -NoProfile -Command exit }
            'first'  = { Invoke-NamespaceCommand -ProcessId $id -Type Net $nothing -IdleTimeoutSec 1 -Environment @{ FIRST = [guid]::NewGuid() } }
            'again'  = {
                Invoke-NamespaceCommand -ProcessId $id -Type Net $nothing
                $watch = [Diagnostics.Stopwatch]::StartNew()
                Invoke-NamespaceCommand -ProcessId $id -Type Net $nothing
                $watch.Elapsed.TotalMilliseconds
            }
        }) -Rounds 11 -WarmUp 2

    'nsenter {0:n2} ms, program {1:n2} ms, in process {2:n3} ms; pwsh {3:n0} ms, script block {4:n0} ms, again {5:n1} ms' -f
        $fast.nsenter, $fast.program, $fast.'in process', $slow.pwsh, $slow.first, $slow.again
    Write-Ratio 'nsenter -t PID -n true / -FilePath /bin/true' ($fast.nsenter / $fast.program) x 'at least 3'
    Write-Ratio 'nsenter -t PID -n true / -InProcess { }' ($fast.nsenter / $fast.'in process') x 'at least 50'
    Write-Ratio 'script block in a child / pwsh -NoProfile -Command exit' ($slow.first / $slow.pwsh) x 'at most 1.15'
    Write-Ratio 'script block again / pwsh -NoProfile -Command exit' ($slow.again / $slow.pwsh) x 'at most 0.23'
}
finally {
    $process.Kill()
}
