# How many namespaces of a tenth of a second Watch-Namespace reports at its default interval, and what that costs.
. $PSScriptRoot/common.ps1

$count = 200
$warmUp = Start-Helper blink $count, 100, 20
$blink = Start-Helper blink $count, 100, 20
$watch = "
    Import-Module '$ModulePath'
    [Console]::Out.WriteLine('watching')
    `$found = Watch-Namespace -TimeoutSec 60 -WarningAction Ignore | Where-Object { `$_.Change -eq 'Added' -and `$_.Type -eq 'Uts' }
    [Console]::Out.WriteLine(`$found.ProcessId -join ' ')"
$start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
'-NoProfile', '-NonInteractive', '-EncodedCommand', [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($watch)) | ForEach-Object { $start.ArgumentList.Add($_) }
$start.RedirectStandardOutput = $true
$session = [Diagnostics.Process]::Start($start)
if ($session.StandardOutput.ReadLine() -ne 'watching') { throw 'Watch-Namespace did not start.' }

# What is compiled at first does not count: a watch goes on for long, and the runtime compiles again, in its own time, what it has called thirty times.
Start-Sleep -Seconds 15
$warmUp.StandardInput.WriteLine()
$null = $warmUp.StandardOutput.ReadLine()
Stop-Helper $warmUp
Start-Sleep -Seconds 15
$before = (Get-Process -Id $session.Id).TotalProcessorTime
$elapsed = [Diagnostics.Stopwatch]::StartNew()
$blink.StandardInput.WriteLine()
$made = [int[]](-split $blink.StandardOutput.ReadLine())
$share = ((Get-Process -Id $session.Id).TotalProcessorTime - $before) / $elapsed.Elapsed
$seen = [int[]](-split $session.StandardOutput.ReadLine())
$session.WaitForExit()
Stop-Helper $blink
$reported = @($made | Where-Object { $_ -in $seen }).Count
"Watch-Namespace, $((Get-ChildItem /proc -Directory | Where-Object Name -Match '^\d+$').Count) processes, $([Environment]::ProcessorCount) processors"
Write-Ratio "of $count namespaces that lived 100 ms each, reported" $reported '' 'at least 195'
Write-Ratio 'of one processor, while watching' (100 * $share) '%' 'at most 5'
