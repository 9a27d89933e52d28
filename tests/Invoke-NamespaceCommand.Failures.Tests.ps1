BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1

    # In a PowerShell of its own, for it changes what holds for a whole process.
    function Invoke-Apart {
        param([string] $Script)
        $command = "`$ErrorActionPreference = 'Stop'; Import-Module '$ModulePath'; $Script"
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand ([Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command)))
    }
}

Describe 'Invoke-NamespaceCommand where a thread cannot be started' -Skip:(-not $isRoot) {
    It 'says so, and leaves no child: the <Number>. <Name>' -ForEach @(
        @{ Number = 1; Name = 'invocation' }
        @{ Number = 1; Name = 'input' }
    ) {
        $mark = "3$(Get-Random -Minimum 100000 -Maximum 999999)"
        $lines = Invoke-Apart @"
Add-Type 'using System; using System.Threading;
public static class Refusing {
    static int _left;
    public static void Refuse(string name, int number) {
        _left = number;
        var type = AppDomain.CurrentDomain.Load("LinuxNamespaces").GetType("LinuxNamespaces.Operations.Start.Life.BackgroundThread");
        Action<Thread> starter = thread => { if (thread.Name == name && --_left == 0) throw new OutOfMemoryException(); thread.Start(); };
        type.GetProperty("Starter", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static).SetValue(null, starter);
    }
}'
[Refusing]::Refuse('LinuxNamespaces $Name', $Number)
try { 'x' * 100000 | Invoke-NamespaceCommand -New Uts -FilePath sleep -ArgumentList $mark } catch { `$_.FullyQualifiedErrorId }
@(pgrep -P `$PID -f 'sleep $mark').Count
'again' | Invoke-NamespaceCommand -New Uts -FilePath cat
"@
        $lines | Should -Be 'ProcessLimitReached,LinuxNamespaces.Commands.InvokeNamespaceCommandCommand', '0', 'again'
    }
}

Describe 'A limit on processes' -Skip:(-not $isRoot) {
    It 'is one error of one category, whether a program or a thread finds no room' -Tag T201 {
        # Nobody else has that user.
        $lines = Invoke-AsUser -UserId 64801 @'
            $null = New-NamespaceProcess -Type Uts -MapRootUser -Wait true
            prlimit --pid $PID --nproc=1
            foreach ($try in { New-NamespaceProcess -Type Uts -MapRootUser true }, { Invoke-NamespaceCommand -New Uts -MapRootUser -FilePath true -ErrorAction Stop }, { 'x' * 100000 | Invoke-NamespaceCommand -New Uts -MapRootUser -FilePath cat -ErrorAction Stop }) {
                try { & $try; "$try said nothing" } catch { "$($_.FullyQualifiedErrorId -replace ',.*') $($_.CategoryInfo.Category) $($_.ErrorDetails.RecommendedAction)" }
            }
'@
        $lines | Should -HaveCount 3
        $lines | Should -BeLike 'ProcessLimitReached LimitsExceeded *ulimit -u*pids.max*'
    }
}

Describe 'An exit code that was taken away' -Skip:(-not $isRoot) {
    It 'makes no start fail, however short the program: <Name>' -ForEach @(
        @{ Name = 'no gate'; With = '-Type Uts' }
        @{ Name = 'a gate'; With = '-KillWithParent' }
        @{ Name = 'a join'; With = '-Join $other' }
        @{ Name = 'a second process'; With = '-Owner 1234:1234 -Type User, Pid' }
        @{ Name = 'a second process after a gate'; With = '-Owner 1234:1234 -Type User, Pid -UidMap 0:0:1' }
    ) {
        $lines = Invoke-Apart @"
Set-Location /
Add-Type 'using System; using System.Runtime.InteropServices; public static class Native { [DllImport("libc")] public static extern IntPtr signal(int number, IntPtr action); }'
`$other = New-NamespaceProcess -Type Net, Ipc sleep 60
`$usual = [Native]::signal(17, [IntPtr]1)
foreach (`$i in 1..60) { try { "code `$((New-NamespaceProcess $With -Wait -ErrorAction Stop /bin/false).ExitCode)" } catch { "`$_" } }
`$null = [Native]::signal(17, `$usual)
`$other | Stop-Process
"@
        $lines | Should -HaveCount 60
        $lines | Should -BeIn 'code 1', 'code '
        if ([Environment]::OSVersion.Version -ge [Version]'6.15') {
            $lines | Sort-Object -Unique | Should -Be 'code 1' -Because 'it was held from the first'
        }
    }

    It 'is what the kernel tells, or none, but not 0' {
        # Who ignores SIGCHLD has children taken away by the kernel, which tells from 6.15 on how they ended.
        $known = if ([Environment]::OSVersion.Version -ge [Version]'6.15') { 'code 3' } else { 'code ' }
        Invoke-Apart @'
Add-Type 'using System; using System.Runtime.InteropServices; public static class Native { [DllImport("libc")] public static extern IntPtr signal(int number, IntPtr action); }'
$process = New-NamespaceProcess -Type Uts sleep 60
$usual = [Native]::signal(17, [IntPtr]1)
$global:LASTEXITCODE = 0
Invoke-NamespaceCommand -ProcessId $process.Id -FilePath sh -ArgumentList '-c', 'echo out; exit 3'
"code $LASTEXITCODE"
$global:LASTEXITCODE = 0
Enter-Namespace $process -FilePath sh -ArgumentList '-c', 'exit 3'
"code $LASTEXITCODE"
$null = [Native]::signal(17, $usual)
Invoke-NamespaceCommand -ProcessId $process.Id -FilePath sh -ArgumentList '-c', 'exit 3'
$LASTEXITCODE
$process | Stop-Process
'@ | Should -Be 'out', $known, $known, '3'
    }

    It 'is what it was where a script block ran no program' {
        $global:LASTEXITCODE = 7
        Invoke-NamespaceCommand -New Uts { 1 } | Should -Be 1
        $global:LASTEXITCODE | Should -Be 7
        Invoke-NamespaceCommand -New Uts { sh -c 'exit 8' }
        $global:LASTEXITCODE | Should -Be 8
    }
}

Describe 'A program that leaves others behind' -Skip:(-not $isRoot) {
    It 'is not waited for after Ctrl+C, though they keep its input open and do not read it' {
        $mark = "4$(Get-Random -Minimum 100000 -Maximum 999999)"
        $shell = [powershell]::Create().AddScript("Import-Module '$ModulePath'; 1..100000 | Invoke-NamespaceCommand -New Uts -FilePath sh -ArgumentList '-c', 'exec 3<&0; (exec setsid sleep $mark <&3 3<&-) & wait'")
        try {
            $running = $shell.BeginInvoke()
            Wait-Program "sleep $mark"
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 60
            $running.IsCompleted | Should -BeTrue
        }
        finally {
            $shell.Dispose()
            pgrep -x -f "sleep $mark" | ForEach-Object { kill $_ }
        }
    }
}

Describe 'What cannot be started in fresh namespaces' -Skip:(-not $isRoot) {
    It 'is an error as everywhere else' {
        { Invoke-NamespaceCommand -New Uts -FilePath true -Environment @{ 'a=b' = 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidRequest,*'
        { Invoke-NamespaceCommand -New Uts -FilePath nosuchprogram -ErrorAction Stop } | Should -Throw -ErrorId 'ProgramNotFound,*'
    }
}
