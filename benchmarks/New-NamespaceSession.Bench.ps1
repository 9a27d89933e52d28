# PSSessions into namespaces beside PSSessions over ssh to this machine. The server is one of this script's own, on a port and with keys of its own.
. $PSScriptRoot/common.ps1
. $ProjectRoot/tests/inside.ps1
. $ProjectRoot/tests/ssh.ps1

$pwsh = [Environment]::ProcessPath
$server = $null
$target = $null
$jail = $null
try {
    $server = Start-SshServer
    $ssh = $server.Parameters
    $target = Start-Target '-muinpC', '--fork', '--mount-proc'
    $inside = [int](Get-Content "/proc/$($target.Id)/task/$($target.Id)/children").Trim()
    $jail = Start-Jail -Options '-p', '--fork'
    $jailed = [int](Get-Content "/proc/$($jail.Id)/task/$($jail.Id)/children").Trim()

    # The runtime compiles again, in its own time, what it has called thirty times: a session that has opened others is what is measured.
    $open = Measure-SideBySide -Rounds 11 -WarmUp 35 -Contenders ([ordered]@{
            start = { & $pwsh -NoProfile -NonInteractive -Command exit }
            session = { $watch = [Diagnostics.Stopwatch]::StartNew(); $one = New-NamespaceSession $inside; $watch.Elapsed.TotalMilliseconds; Remove-PSSession $one }
            brought = { $watch = [Diagnostics.Stopwatch]::StartNew(); $one = New-NamespaceSession $jailed; $watch.Elapsed.TotalMilliseconds; Remove-PSSession $one }
            ssh = { $watch = [Diagnostics.Stopwatch]::StartNew(); $one = New-PSSession @ssh; $watch.Elapsed.TotalMilliseconds; Remove-PSSession $one }
        })
    Write-Ratio 'New-NamespaceSession into a namespace / the start of pwsh -NoProfile' ($open.session / $open.start) x 'at most 1.15'
    Write-Ratio 'the same with PowerShell brought along / the same' ($open.brought / $open.start) x 'at most 1.25'
    Write-Ratio 'New-NamespaceSession / New-PSSession over ssh' ($open.session / $open.ssh) x 'at most 0.8'

    $here = New-NamespaceSession $inside
    $far = New-PSSession @ssh
    $one = { 1 }
    $many = { foreach ($i in 1..10000) { [pscustomobject]@{ A = $i; B = "text $i"; C = $i * 2; D = 'x'; E = $true } } }
    Invoke-WarmUp { Invoke-Command -Session $here $one }, { Invoke-Command -Session $far $one }, { Invoke-NamespaceCommand -ProcessId $inside $one }
    $calls = Measure-SideBySide -Rounds 60 -Contenders ([ordered]@{
            own = { $null = Invoke-Command -Session $here $one }
            ssh = { $null = Invoke-Command -Session $far $one }
        })
    Write-Ratio 'Invoke-Command -Session { 1 } / the same over ssh' ($calls.own / $calls.ssh) x 'at most 0.9'
    $frames = Measure-SideBySide -Rounds 60 -Contenders ([ordered]@{
            frames = { $null = Invoke-NamespaceCommand -ProcessId $inside $one }
            own = { $null = Invoke-Command -Session $here $one }
        })
    Write-Ratio 'Invoke-NamespaceCommand { 1 }, second call / Invoke-Command -Session { 1 }' ($frames.frames / $frames.own)
    Write-Ratio 'Invoke-NamespaceCommand { 1 }, second call' $frames.frames ms
    $objects = Measure-SideBySide -Rounds 15 -WarmUp 3 -Contenders ([ordered]@{
            own = { $null = Invoke-Command -Session $here $many }
            ssh = { $null = Invoke-Command -Session $far $many }
            frames = { $null = Invoke-NamespaceCommand -ProcessId $inside $many }
        })
    Write-Ratio '10,000 objects of 5 properties out of a session / the same over ssh' ($objects.own / $objects.ssh) x 'at most 0.9'
    Write-Ratio '10,000 objects from Invoke-NamespaceCommand / out of a session' ($objects.frames / $objects.own)
}
finally {
    Get-PSSession | Remove-PSSession
    if ($target) { Stop-Target $target }
    if ($jail) { Stop-Target $jail }
    if ($server) { Stop-SshServer $server }
}
