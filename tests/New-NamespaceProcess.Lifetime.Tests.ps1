Describe 'Signals and lifetime' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        chmod 0777 $folder
        $counter = Get-Helper signalcount
        chmod 0755 (Split-Path $counter)
        $isRoot = (id -u) -eq 0
        $new = if ($isRoot) { '-Type Pid' } else { '-Type Pid -MapRootUser' }

        # A PowerShell that runs a command until a signal reaches it, and what the counter inside then says.
        function Get-Count {
            param([Parameter(Mandatory)] [string] $Command, [Parameter(Mandatory)] [string] $Signal)
            $file = Join-Path $folder ([guid]::NewGuid().ToString('n'))
            $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
            foreach ($word in '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$ModulePath'; `$file = '$file'; `$counter = '$counter'; $Command; Start-Sleep 60") {
                $start.ArgumentList.Add($word)
            }

            $start.RedirectStandardOutput = $true
            $session = [Diagnostics.Process]::Start($start)
            try {
                Wait-Condition { (Get-Content $file -ErrorAction Ignore) -match '^ready' }
                kill "-$Signal" $session.Id
                $null = $session.WaitForExit(20000)
                Wait-Condition { (Get-Content $file) -match '^count' }
            }
            finally {
                if (-not $session.HasExited) { $session.Kill($true) }
            }

            [pscustomobject]@{ Count = [int]((Get-Content $file)[1] -split ' ')[1]; ExitCode = $session.ExitCode }
        }
    }

    AfterAll {
        Remove-Item -Recurse -Force $folder
    }

    Context 'The death of the session' {
        It 'is told once: <Name>' -ForEach @(
            @{ Name = 'a program in a namespace'; With = '-Type Uts' }
            @{ Name = 'PID 1'; With = '-Type Pid' }
            @{ Name = 'a program with a reaper'; With = '-Init' }
        ) {
            $with = if ($isRoot) { $With } else { "$With -MapRootUser" }
            (Get-Count "`$null = New-NamespaceProcess $with -ParentDeathSignal TERM `$counter `$file" KILL).Count | Should -Be 1
        }

        It 'leaves no guard behind when the program ends first' {
            $process = New-NamespaceProcess -MapRootUser -ParentDeathSignal TERM sleep 60
            $guards = { @(pgrep -x session-guard -P $PID) }
            (& $guards).Count | Should -Be 1
            $guard = & $guards
            Wait-Condition { (Get-ChildItem "/proc/$guard/fd").Count -eq 2 }
            Stop-Process -Id $process.Id
            Wait-Condition { (& $guards).Count -eq 0 }
        }

        It 'ends a program that gains privileges when it starts' {
            if (-not $isRoot) { Set-ItResult -Skipped -Because 'it takes root to make a set-user-ID program of root' }
            $program = Join-Path $folder 'gains'
            Copy-Item (Get-Command sleep).Source $program
            chmod 4755 $program
            $id = Invoke-AsUser "(New-NamespaceProcess -KillWithParent $program 73 -RedirectStandardOutput /dev/null -RedirectStandardError /dev/null).Id; kill -9 `$PID" | Select-Object -First 1
            $id | Should -Match '^\d+$'
            Wait-Condition { -not (Test-Path "/proc/$id") }
        }
    }

    Context 'SIGTERM to a session that waits' {
        It 'reaches the program once, and ends the session after it: <Name>' -ForEach @(
            @{ Name = 'New-NamespaceProcess -Wait'; Command = 'New-NamespaceProcess -MapRootUser -Wait $counter $file' }
            @{ Name = 'with a reaper'; Command = 'New-NamespaceProcess -MapRootUser -Init -Wait $counter $file' }
            @{ Name = 'Invoke-NamespaceCommand'; Command = 'Invoke-NamespaceCommand -MapRootUser -FilePath $counter -ArgumentList $file' }
            @{ Name = 'several programs'; Command = '$one, $two = 1..2 | ForEach-Object { New-NamespaceProcess -MapRootUser sleep 60 }; $one, $two | Invoke-NamespaceCommand -FilePath sh -ArgumentList "-c", ("mkdir $file.lock 2>/dev/null && exec $counter $file; exec sleep 1"); Stop-Process -Id $one.Id, $two.Id' }
        ) {
            $result = Get-Count $Command TERM
            $result.Count | Should -Be 1
            $result.ExitCode | Should -Be 143
        }
    }

    Context '-Init' {
        It 'is PID 1, and keeps nothing of the session' {
            $file = Join-Path $folder 'init'
            $process = New-NamespaceProcess -MapRootUser -Init -MountProc -Wait -RedirectStandardOutput $file -- sh -c 'echo $$ $PPID; cat /proc/1/comm; ls /proc/1/fd | wc -l; wc -l < /proc/1/maps; grep VmRSS /proc/1/status; exit 7'
            $lines = Get-Content $file
            $lines[0] | Should -Be '2 1'
            $lines[1] | Should -Be 'namespace-init'
            [int]$lines[2] | Should -Be 0
            [int]$lines[3] | Should -BeLessThan 40
            [int]($lines[4] -replace '\D') | Should -BeLessThan 4096
            $process.ExitCode | Should -Be 7
            $process.NamespacePid | Should -Be 1
        }

        It 'has no pages of the session''s heap' {
            $secret = 'secret-' + [guid]::NewGuid().ToString('n')
            $process = New-NamespaceProcess -MapRootUser -Init sleep 60
            try {
                # What is mapped is read by another program, which sees what a debugger would.
                $text = bash -c "while read range mode rest; do case `$mode in r*) start=`${range%-*}; end=`${range#*-}; dd if=/proc/$($process.Id)/mem bs=4096 skip=`$((0x`$start / 4096)) count=`$(((0x`$end - 0x`$start) / 4096)) status=none 2>/dev/null; esac; done < /proc/$($process.Id)/maps | iconv -f UTF-16LE -t UTF-8 -c | grep -c '$secret'"
                $text | Should -Be 0
            }
            finally {
                Stop-Process -Id $process.Id -Force
            }
        }

        It 'ends with the program''s code: <Code>' -ForEach @(
            @{ Script = 'exit 0'; Code = 0 }
            @{ Script = 'exit 255'; Code = 255 }
            @{ Script = 'kill -KILL $$'; Code = 137 }
            @{ Script = 'kill -TERM $$'; Code = 143 }
            @{ Script = '(sleep 60 &) ; exit 9'; Code = 9 }
        ) {
            (New-NamespaceProcess -MapRootUser -Init -Wait -- sh -c $Script).ExitCode | Should -Be $Code
        }

        It 'takes orphans away: 60 of them leave no zombie' {
            $file = Join-Path $folder 'zombies'
            $script = 'i=0; while [ $i -lt 60 ]; do (sh -c "exit 3" &) ; i=$((i+1)); done; j=0; while [ $j -lt 200 ]; do n=0; for f in /proc/[0-9]*/status; do read_state=$(grep "^State" $f 2>/dev/null); case "$read_state" in *Z*) n=$((n+1));; esac; done; [ $n = 0 ] && [ $j -gt 0 ] && break; j=$((j+1)); done; echo $n $(ls -d /proc/[0-9]* | wc -l)'
            $process = New-NamespaceProcess -MapRootUser -Init -MountProc -Wait -RedirectStandardOutput $file -- sh -c $script
            $process.ExitCode | Should -Be 0
            (Get-Content $file) -split ' ' | Select-Object -First 1 | Should -Be 0
        }

        It 'hands <Signal> on once' -ForEach @(@{ Signal = 'TERM'; Number = 15 }, @{ Signal = 'INT'; Number = 2 }, @{ Signal = 'USR1'; Number = 10 }, @{ Signal = 'HUP'; Number = 1 }) {
            $file = Join-Path $folder "forward-$Signal"
            $process = New-NamespaceProcess -MapRootUser -Init $counter $file $Number 300
            Wait-Condition { (Get-Content $file -ErrorAction Ignore) -match '^ready' }
            kill "-$Signal" $process.Id
            Wait-Condition { $process.HasExited }
            (Get-Content $file)[1] | Should -Be 'count 1'
            $process.ExitCode | Should -Be 41
        }

        It 'goes on after it was stopped' {
            $file = Join-Path $folder 'stopped'
            $process = New-NamespaceProcess -MapRootUser -Init $counter $file 15 300
            Wait-Condition { (Get-Content $file -ErrorAction Ignore) -match '^ready' }
            1..5 | ForEach-Object {
                kill -STOP $process.Id
                Wait-Condition { (Get-Content "/proc/$($process.Id)/stat") -match '\) T ' }
                kill -CONT $process.Id
                Wait-Condition { (Get-Content "/proc/$($process.Id)/stat") -match '\) S ' }
            }

            (Get-Content $file).Count | Should -Be 1
            kill -TERM $process.Id
            Wait-Condition { $process.HasExited }
            (Get-Content $file)[1] | Should -Be 'count 1'
        }

        It 'leaves nothing where the program cannot start' {
            $before = @(pgrep -x namespace-init -P $PID).Count
            { New-NamespaceProcess -MapRootUser -Init nosuchprogram } | Should -Throw -ErrorId 'ProgramNotFound,*'
            { New-NamespaceProcess -MapRootUser -Init -WorkingDirectory /nonexistent true } | Should -Throw -ErrorId 'WorkingDirectoryNotFound,*'
            @(pgrep -x namespace-init -P $PID).Count | Should -Be $before
        }

        It 'ends with the session where that is asked' {
            $pwsh = [Environment]::ProcessPath
            $id = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; (New-NamespaceProcess -MapRootUser -Init -KillWithParent sleep 74 -RedirectStandardOutput /dev/null -RedirectStandardError /dev/null).Id; kill -9 `$PID"
            Wait-Condition { -not (Test-Path "/proc/$id") }
        }

        It 'calls functions that another library than libc serves, as libpthread did before glibc 2.34' {
            $library = Join-Path $folder 'libserves.so'
            @'
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
ssize_t write(int file, const void *text, size_t length) { return syscall(SYS_write, file, text, length); }
int waitid(idtype_t type, id_t id, siginfo_t *info, int options) { return syscall(SYS_waitid, type, id, info, options, (void *)0); }
'@ | gcc -Wall -Werror -shared -fPIC '-Wl,-z,now' -o $library -x c -
            $command = "Import-Module '$ModulePath'; `$process = New-NamespaceProcess -MapRootUser -Init -Wait -- sh -c 'exit 3'; `$process.State"
            env LD_PRELOAD=$library ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $command | Should -Be 'exit 3'
        }

        It 'is refused beside a joined namespace' {
            $target = New-NamespaceProcess -MapRootUser -Type Net sleep 60
            try {
                { New-NamespaceProcess -Join $target -Init true } | Should -Throw -ErrorId 'InvalidRequest,*'
            }
            finally {
                Stop-Process -Id $target.Id
            }
        }
    }
}
