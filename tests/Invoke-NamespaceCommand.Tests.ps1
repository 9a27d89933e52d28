BeforeDiscovery {
    $isRoot = (id -u) -eq '0'

    # One that has a runtime of its own cannot be started by dotnet.
    $isTool = [bool](Get-Content "$PSHOME/pwsh.runtimeconfig.json" | ConvertFrom-Json).runtimeOptions.framework
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1

    # The namespaces a program of nsenter's finds itself in.
    function Get-NsenterLink {
        param([string[]] $Options)
        nsenter @Options readlink $NamespaceLinks.ForEach{ "/proc/self/ns/$_" }
    }
}

Describe 'Invoke-NamespaceCommand' -Skip:(-not $isRoot) {
    BeforeAll {
        $name = New-UniqueName
        ip netns add $name
        $inode = stat -c %i "/run/netns/$name"
        $target = Start-Target '-muinC'
    }

    AfterAll {
        Stop-Target $target
        ip netns delete $name
    }

    Context 'a program' {
        It 'is where nsenter would be: <_>' -Tag T061 -ForEach 'Net', 'Uts', 'Ipc', 'Cgroup', 'Mnt' {
            $links = $NamespaceLinks.ForEach{ "/proc/self/ns/$_" }
            $letter = @{ Net = '-n'; Uts = '-u'; Ipc = '-i'; Cgroup = '-C'; Mnt = '-m' }[$_]
            Invoke-NamespaceCommand -ProcessId $target.Id -Type $_ -FilePath readlink -ArgumentList $links | Should -Be (Get-NsenterLink '-t', $target.Id, $letter)
        }

        It 'joins by default all in which the target differs' -Tag T062 {
            $links = $NamespaceLinks.ForEach{ "/proc/self/ns/$_" }
            Invoke-NamespaceCommand -ProcessId $target.Id -FilePath readlink -ArgumentList $links |
                Should -Be (readlink $NamespaceLinks.ForEach{ "/proc/$($target.Id)/ns/$_" })
        }

        It 'writes lines, with the place they come from' {
            $lines = Invoke-NamespaceCommand -Name $name -FilePath printf -ArgumentList 'a\n\nb'
            $lines | Should -Be 'a', '', 'b'
            $lines[0].PSNamespace | Should -Be "/run/netns/$name"
        }

        It 'sets $LASTEXITCODE: <Code>' -ForEach @{ Script = 'exit 0'; Code = 0 }, @{ Script = 'exit 3'; Code = 3 }, @{ Script = 'kill -TERM $$'; Code = 143 } {
            Invoke-NamespaceCommand -Name $name -FilePath sh -ArgumentList '-c', $Script
            $global:LASTEXITCODE | Should -Be $Code
        }

        It 'counts the first of several that did not succeed' -Tag T063 {
            $process = Start-Target '-n'
            try {
                $name, $process.Id, $name | Invoke-NamespaceCommand -FilePath sh -ArgumentList '-c', "[ `$(stat -Lc %i /proc/self/ns/net) = $inode ]"
                $global:LASTEXITCODE | Should -Be 1
            }
            finally { Stop-Target $process }
        }

        It 'reads what is piped in' -Tag T064 {
            'x', 'y' | Invoke-NamespaceCommand -Name $name -FilePath cat | Should -Be 'x', 'y'
            1..20000 | Invoke-NamespaceCommand -Name $name -FilePath wc -ArgumentList '-l' | Should -Be '20000'
        }

        It 'gives back every byte' {
            $bytes = [byte[]](0..255 + 255, 254, 13, 10, 10)
            $back = , $bytes | Invoke-NamespaceCommand -Name $name -FilePath cat -AsByteStream
            $back | Should -Be $bytes
        }

        It 'does not wait for a program that does not read all' {
            1..100000 | Invoke-NamespaceCommand -Name $name -FilePath head -ArgumentList '-n1' | Should -Be '1'
        }

        It 'has nothing to read where nothing is piped in' {
            Invoke-NamespaceCommand -Name $name -FilePath cat | Should -BeNullOrEmpty
        }

        It 'brings messages on the error stream' {
            $ErrorActionPreference = 'Continue'
            $all = Invoke-NamespaceCommand -Name $name -FilePath sh -ArgumentList '-c', 'echo out; echo err >&2' 2>&1
            $all | Where-Object { $_ -isnot [Management.Automation.ErrorRecord] } | Should -Be 'out'
            $errors = $all | Where-Object { $_ -is [Management.Automation.ErrorRecord] }
            "$errors" | Should -Be 'err'
            $errors.FullyQualifiedErrorId | Should -Be 'NativeCommandError'
            $records = Invoke-NamespaceCommand -Name $name -FilePath sh -ArgumentList '-c', 'echo err >&2' -ErrorAction Continue 2>&1
            $records.FullyQualifiedErrorId | Should -BeLike 'NativeCommandError,*'
            $records.PSNamespace | Should -Be "/run/netns/$name"
        }

        It 'is not stopped by its messages where errors stop' {
            $ErrorActionPreference = 'Stop'
            Invoke-NamespaceCommand -Name $name -FilePath sh -ArgumentList '-c', 'echo err >&2; echo out' | Should -Be 'out'
        }

        It 'has only 0 to 2 open' {
            # The last one is the directory ls itself reads.
            Invoke-NamespaceCommand -Name $name -FilePath ls -ArgumentList /proc/self/fd | Should -Be '0', '1', '2', '3'
        }

        It 'gets -Environment, and -WorkingDirectory' -Tag T065 {
            Invoke-NamespaceCommand -ProcessId $target.Id -FilePath sh -ArgumentList '-c', 'echo $LNT $HOME; pwd' -Environment @{ LNT = 'yes'; HOME = $null } -WorkingDirectory /usr |
                Should -Be 'yes', '/usr'
        }

        It 'starts in the session''s location where files are the same' {
            Push-Location /usr
            try { Invoke-NamespaceCommand -Name $name -FilePath pwd | Should -Be '/usr' }
            finally { Pop-Location }
        }

        It 'says what is not there' {
            { Invoke-NamespaceCommand -Name $name -FilePath nosuchprogram -ErrorAction Stop } | Should -Throw -ErrorId 'ProgramNotFound,*'
            { Invoke-NamespaceCommand -Name nosuchname -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*' -ExpectedMessage "*no net namespace named 'nosuchname'*"
            { Invoke-NamespaceCommand -Path /nonexistent/ns -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*' -ExpectedMessage "*no file '/nonexistent/ns'*"
            { Invoke-NamespaceCommand -ProcessId 4194303 -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
            { Invoke-NamespaceCommand -Name $name -Type Mnt -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'TargetLacksType,*'
            { Invoke-NamespaceCommand -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
        }

        It 'goes on with the others where one target fails' {
            $lines = 4194303, $name | Invoke-NamespaceCommand -FilePath echo -ArgumentList hello -ErrorVariable failed -ErrorAction SilentlyContinue
            $lines | Should -Be 'hello'
            $failed.FullyQualifiedErrorId | Should -BeLike 'ProcessNotFound,*'
        }
    }

    Context 'a name' {
        It 'shows the devices of its namespace in /sys, and keeps control groups' -Tag T066 {
            Invoke-NamespaceCommand -Name $name -FilePath ls -ArgumentList /sys/class/net | Should -Be (ip netns exec $name ls /sys/class/net)
            $below = 'sh', '-c', 'cut -d" " -f5 /proc/self/mountinfo | grep ^/sys/. | sort -u'
            Invoke-NamespaceCommand -Name $name -FilePath $below[0] -ArgumentList $below[1..2] | Should -Be (& $below[0] $below[1..2])
        }

        It 'has the files of /etc/netns' -Tag T067 {
            $null = New-Item -ItemType Directory "/etc/netns/$name" -Force
            try {
                'nameserver 192.0.2.1' | Set-Content "/etc/netns/$name/hosts"
                '' | Set-Content "/etc/netns/$name/nosuchfile"
                Invoke-NamespaceCommand -Name $name -FilePath cat -ArgumentList /etc/hosts -WarningVariable said -WarningAction SilentlyContinue | Should -Be 'nameserver 192.0.2.1'
                $said | Should -BeLike '*nosuchfile*'
                Get-Content /etc/hosts | Should -Not -Contain 'nameserver 192.0.2.1'
            }
            finally { Remove-Item "/etc/netns/$name" -Recurse }
        }

        It 'leaves no mount behind' {
            Select-String -Path /proc/self/mountinfo -Pattern " /sys .* - sysfs" | Should -HaveCount (@(Select-String -Path /proc/1/mountinfo -Pattern ' /sys .* - sysfs').Count)
        }
    }

    Context 'a script block' {
        It 'runs inside, and gives objects back on their streams' -Tag T068 {
            $all = Invoke-NamespaceCommand -Name $name {
                Write-Error 'an error' -ErrorId Mine -Category ResourceBusy -TargetObject 5 -ErrorAction Continue
                Write-Warning 'a warning'
                Write-Verbose 'verbose' -Verbose
                Write-Debug 'debug' -Debug
                Write-Information 'information' -Tags one, two
                Write-Host 'host'
                Write-Progress -Activity activity -Status status -PercentComplete 50
                [pscustomobject]@{ Inode = (readlink /proc/self/ns/net); List = 1, 2; When = [datetime]::new(2026, 1, 2) }
                $null
                5
            } -ErrorAction Continue *>&1
            $value = $all | Where-Object { $null -ne $_ -and $_.PSObject.Properties['Inode'] }
            $value.Inode | Should -Be "net:[$inode]"
            $value.List | Should -Be 1, 2
            $value.When | Should -Be ([datetime]::new(2026, 1, 2))
            $value.PSNamespace | Should -Be "/run/netns/$name"
            $all[-1] | Should -Be 5
            $all[-1] | Should -BeOfType int
            $failure = $all | Where-Object { $_ -is [Management.Automation.ErrorRecord] }
            "$failure" | Should -Be 'an error'
            $failure.FullyQualifiedErrorId | Should -BeLike 'Mine*'
            $failure.CategoryInfo.Category | Should -Be 'ResourceBusy'
            $failure.TargetObject | Should -Be 5
            ($all | Where-Object { $_ -is [Management.Automation.WarningRecord] }).Message | Should -Be 'a warning'
            ($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Message | Should -BeNullOrEmpty
            $information = $all | Where-Object { $_ -is [Management.Automation.InformationRecord] }
            "$($information[0])" | Should -Be 'information'
            $information[0].Tags | Should -Be 'one', 'two'
            "$($information[1])" | Should -Be 'host'
        }

        It 'shows its progress' {
            $shell = [powershell]::Create().AddScript({
                    param($module, $name)
                    Import-Module $module
                    Invoke-NamespaceCommand -Name $name {
                        Write-Progress -Activity one -Status two -CurrentOperation three -Id 4 -ParentId 3 -PercentComplete 50 -SecondsRemaining 6
                        Write-Progress -Activity one -Id 4 -Completed
                    }
                }).AddArgument($ModulePath).AddArgument($name)
            try {
                $null = $shell.Invoke()
                $records = $shell.Streams.Progress
                $records.RecordType | Should -Be 'Processing', 'Completed'
                "$($records[0].Activity) $($records[0].StatusDescription) $($records[0].CurrentOperation)" | Should -Be 'one two three'
                "$($records[0].ActivityId) $($records[0].ParentActivityId) $($records[0].PercentComplete) $($records[0].SecondsRemaining)" | Should -Be '4 3 50 6'
            }
            finally { $shell.Dispose() }
        }

        It 'passes verbose and debug on where these are asked for' {
            $all = Invoke-NamespaceCommand -Name $name { Write-Verbose 'verbose' } -Verbose 4>&1
            $all.Message | Should -Be 'verbose'
        }

        It 'takes arguments and $using: values along' -Tag T069 {
            $text = 'it''s "here"'
            $table = @{ a = @{ b = 7 } }
            Invoke-NamespaceCommand -Name $name { param($one, $two) "$one-$two"; $using:text; $using:table.a.b; & { $using:text } } -ArgumentList 1, 'zwei' |
                Should -Be '1-zwei', $text, 7, $text
        }

        It 'finds piped input in $input' {
            1, 2, 3 | Invoke-NamespaceCommand -Name $name { $input | ForEach-Object { $_ * 2 } } | Should -Be 2, 4, 6
        }

        It 'ends the command by a terminating error, after what came before' {
            $before = [Collections.ArrayList]::new()
            { Invoke-NamespaceCommand -Name $name { 1; throw 'boom' } | ForEach-Object { $before.Add($_) } } | Should -Throw 'boom' -ErrorId 'boom*'
            $before | Should -Be 1
        }

        It 'may exit' {
            Invoke-NamespaceCommand -Name $name { 1; exit 4 } | Should -Be 1
            Invoke-NamespaceCommand -Name $name { 2 } | Should -Be 2
        }

        It 'is told of where it ends by a signal' {
            { Invoke-NamespaceCommand -Name $name { [Diagnostics.Process]::GetCurrentProcess().Kill(); Start-Sleep 5 } -ErrorAction Stop } | Should -Throw -ErrorId 'InnerSessionEnded,*'
            Invoke-NamespaceCommand -Name $name { 'next' } | Should -Be 'next'
        }

        It 'sees nothing of the one before it' {
            $null = Invoke-NamespaceCommand -Name $name { Set-Variable lnt 1 -Scope Global; function global:Get-Lnt { }; $env:LNT = 1; Set-Location /; $PID }
            $state = Invoke-NamespaceCommand -Name $name { "$(Get-Variable lnt -Scope Global -ValueOnly -ErrorAction Ignore)|$((Get-Command Get-Lnt -ErrorAction Ignore))|$env:LNT|$PWD" }
            $state | Should -Be "|||$PWD"
        }

        It 'uses the PowerShell inside again, for a time' {
            $first = Invoke-NamespaceCommand -Name $name { $PID }
            Invoke-NamespaceCommand -Name $name { $PID } | Should -Be $first
            $other = Invoke-NamespaceCommand -Name $name { $PID } -Environment @{ LNT = 1 } -IdleTimeoutSec 0
            $other | Should -Not -Be $first
            Test-Path "/proc/$other" | Should -BeFalse
        }

        It 'keeps the lines of a variable that the start itself uses' {
            $path = $env:PATH
            $seen = Invoke-NamespaceCommand -Name $name -IdleTimeoutSec 0 -Environment @{ POWERSHELL_UPDATECHECK = "Off`nPATH"; POWERSHELL_TELEMETRY_OPTOUT = "1`n" } {
                $env:PATH, $env:POWERSHELL_UPDATECHECK, $env:POWERSHELL_TELEMETRY_OPTOUT, $env:LINUXNAMESPACES_SERVER
            }
            $seen | Should -Be $path, "Off`nPATH", "1`n", $null
        }

        It 'leaves no variables of its own, and no sockets' {
            $sockets = Invoke-NamespaceCommand -Name $name -IdleTimeoutSec 0 {
                "$env:DOTNET_EnableDiagnostics$env:POWERSHELL_DIAGNOSTICS_OPTOUT"
                $start = [Diagnostics.Process]::GetCurrentProcess().StartTime
                Get-ChildItem /tmp -Force | Where-Object Name -Match "-$PID-|\.$PID\." | Where-Object LastWriteTime -GE $start
            }
            $sockets | Should -Be ''
        }

        It 'joins a mount namespace that has PowerShell, and its own user''s processes see it' {
            Invoke-NamespaceCommand -ProcessId $target.Id { $types = 'mnt', 'uts'; readlink $types.ForEach{ "/proc/self/ns/$_" } } |
                Should -Be (readlink "/proc/$($target.Id)/ns/mnt" "/proc/$($target.Id)/ns/uts")
        }

        It 'runs in a PowerShell that dotnet starts where the session is one' -Tag 'needs a PowerShell that dotnet starts' -Skip:(-not $isTool) {
            dotnet $PSHOME/pwsh.dll -NoProfile -NonInteractive -Command "
                Import-Module '$ModulePath'
                Invoke-NamespaceCommand -ProcessId $($target.Id) -IdleTimeoutSec 0 { [Environment]::ProcessPath; readlink /proc/self/ns/mnt }" |
                Should -Be (readlink -f (Get-Command dotnet).Source), (readlink "/proc/$($target.Id)/ns/mnt")
        }

        It 'stops when its pipeline stops' {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            Invoke-NamespaceCommand -Name $name { 1; 2; Start-Sleep 600 } | Select-Object -First 1 | Should -Be 1
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 300
        }

        It 'stops on Ctrl+C' {
            $shell = [powershell]::Create().AddScript("Import-Module '$ModulePath'; Invoke-NamespaceCommand -Name $name { 'running'; Start-Sleep 600 }")
            $output = [Management.Automation.PSDataCollection[psobject]]::new()
            $running = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
            Wait-Condition { $output.Count -gt 0 -or $running.IsCompleted }
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 300
            $shell.Dispose()
        }
    }

    Context 'several targets' {
        It 'runs side by side, no more than -ThrottleLimit' -Tag T070 {
            $others = 1..3 | ForEach-Object { Start-Target '-u' }
            try {
                $ids = $others.Id
                $hosts = $others | Invoke-NamespaceCommand { readlink /proc/self/ns/uts } -ThrottleLimit 2
                $hosts | Sort-Object | Should -Be (readlink $ids.ForEach{ "/proc/$_/ns/uts" } | Sort-Object)
                foreach ($result in $hosts) {
                    $result.PSNamespace -match 'process (\d+)' | Should -BeTrue
                    readlink "/proc/$($Matches[1])/ns/uts" | Should -Be $result
                }
            }
            finally { $others | ForEach-Object { Stop-Target $_ } }
        }

        It 'takes whatever tells a place' -Tag T071 {
            $expected = "net:[$inode]"
            $info = Get-Namespace Net -Name $name
            foreach ($given in $info, $name, "/run/netns/$name", "net:[$inode]", ([pscustomobject]@{ Type = 'Net'; Inode = [ulong]$inode })) {
                $given | Invoke-NamespaceCommand -FilePath readlink -ArgumentList /proc/self/ns/net | Should -Be $expected
            }

            Get-Process -Id $target.Id | Invoke-NamespaceCommand -FilePath readlink -ArgumentList /proc/self/ns/net | Should -Be (readlink "/proc/$($target.Id)/ns/net")
            [pscustomobject]@{ Id = $target.Id } | Invoke-NamespaceCommand -FilePath readlink -ArgumentList /proc/self/ns/net | Should -Be (readlink "/proc/$($target.Id)/ns/net")
        }
    }

    Context 'a process of the module' {
        It 'is a target, as it is started and as it is listed' {
            $process = New-NamespaceProcess -Type Net, Uts, Pid -MountProc sleep 300
            try {
                $links = $NamespaceLinks.ForEach{ "/proc/self/ns/$_" }
                $expected = readlink $NamespaceLinks.ForEach{ "/proc/$($process.Id)/ns/$_" }
                $process | Invoke-NamespaceCommand -FilePath readlink -ArgumentList $links | Should -Be $expected
                $process | Invoke-NamespaceCommand -IdleTimeoutSec 0 { readlink $using:links } | Should -Be $expected
                $process | Get-Namespace -Type Pid | Get-NamespaceProcess | Invoke-NamespaceCommand -FilePath readlink -ArgumentList $links | Should -Be $expected
                $process | Invoke-NamespaceCommand -Type Net, Uts -InProcess -WarningAction SilentlyContinue { [IO.File]::ResolveLinkTarget('/proc/thread-self/ns/net', $false).Name } | Should -Be "net:[$($process.NetNamespace)]"
            }
            finally { $process | Stop-Process }

            Wait-Condition { $process.HasExited }
            { $process | Invoke-NamespaceCommand -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
        }
    }

    Context '-New' {
        It 'runs a program in fresh namespaces' {
            $links = Invoke-NamespaceCommand -New Net, Uts -HostName throwaway -LoopbackUp -FilePath sh -ArgumentList '-c', 'readlink /proc/self/ns/net /proc/self/ns/ipc; hostname; cat /sys/class/net/lo/flags; ip -br link show lo'
            $links[0] | Should -Not -Be (readlink /proc/self/ns/net)
            $links[1] | Should -Be (readlink /proc/self/ns/ipc)
            $links[2] | Should -Be 'throwaway'
            $links[4] | Should -Match 'LOOPBACK,UP'
            hostname | Should -Not -Be 'throwaway'
        }

        It 'runs a script block in fresh namespaces' {
            $result = Invoke-NamespaceCommand -New Pid, User -MountProc -MapRootUser { $PID; id -u; (Get-ChildItem /proc -Directory | Where-Object Name -Match '^\d+$').Count }
            $result[0] | Should -Be 1
            $result[1] | Should -Be '0'
            $result[2] | Should -BeLessThan 4
        }
    }

    Context '-InProcess' {
        It 'runs on the session''s own thread: <_>' -ForEach 'Net', 'Uts', 'Ipc', 'Cgroup', 'Mnt' {
            $file = "/proc/thread-self/ns/$($_.ToLower())"
            $here = [IO.File]::ResolveLinkTarget($file, $false).Name
            $session = 0
            $there = Invoke-NamespaceCommand -ProcessId $target.Id -Type $_ -InProcess {
                $session = $PID
                Set-Variable session $PID -Scope 2
                [IO.File]::ResolveLinkTarget($file, $false).Name
            } -WarningAction SilentlyContinue
            $there | Should -Be (readlink "/proc/$($target.Id)/ns/$($_.ToLower())")
            [IO.File]::ResolveLinkTarget($file, $false).Name | Should -Be $here
        }

        It 'comes back whatever happens: <Case>' -ForEach @(
            @{ Case = 'throw'; Block = { throw 'x' } }
            @{ Case = 'break'; Block = { break } }
            @{ Case = 'continue'; Block = { continue } }
            @{ Case = 'return'; Block = { return 1 } }
            @{ Case = 'native failure'; Block = { false } }
            @{ Case = 'a program in a place it cannot be'; Block = { nosuchprogram } }
        ) {
            foreach ($once in 1) {
                try { $null = Invoke-NamespaceCommand -ProcessId $target.Id -Type Net, Mnt -InProcess $Block -WarningAction SilentlyContinue } catch { $null = $_ }
            }

            foreach ($type in 'net', 'mnt') {
                [IO.File]::ResolveLinkTarget("/proc/thread-self/ns/$type", $false).Name | Should -Be (readlink "/proc/$PID/ns/$type")
            }
        }

        It 'restores the working directory and the root' {
            $before = [Environment]::CurrentDirectory
            Invoke-NamespaceCommand -ProcessId $target.Id -Type Mnt -InProcess { [Environment]::CurrentDirectory = '/tmp' } -WarningAction SilentlyContinue
            [Environment]::CurrentDirectory | Should -Be $before
            Test-Path $ModulePath | Should -BeTrue
        }

        It 'comes back though the thread that made a child stays for it, and /proc there is another''s' {
            $here = readlink "/proc/$PID/ns/mnt"
            $other = Start-Target '-mpf', '--mount-proc', '--kill-child'
            try {
                $inner = [int](Get-Content "/proc/$($other.Id)/task/$($other.Id)/children").Trim()
                Invoke-NamespaceCommand -ProcessId $inner -Type Mnt -InProcess {
                    (New-NamespaceProcess -KillWithParent -Wait -- sh -c 'exit 6').ExitCode
                } -WarningAction SilentlyContinue | Should -Be 6
                [IO.File]::ResolveLinkTarget('/proc/thread-self/ns/mnt', $false).Name | Should -Be $here
            }
            finally { Stop-Target $other }
        }

        It 'starts children where it is, not where it was before' {
            $script = 'mount -t tmpfs lnt /mnt && echo "$0" > /mnt/who && echo ready && exec sleep 300'
            $visited = 'first', 'second' | ForEach-Object { Start-Ready unshare '-mpf', '--mount-proc', '--kill-child', 'sh', '-c', $script, $_ }
            try {
                $lines = foreach ($process in $visited + $visited) {
                    $inner = [int](Get-Content "/proc/$($process.Id)/task/$($process.Id)/children").Trim()
                    Invoke-NamespaceCommand -ProcessId $inner -Type Mnt -InProcess {
                        $null = New-NamespaceProcess -KillWithParent -Wait -RedirectStandardOutput /mnt/out -- cat /mnt/who
                        Get-Content /mnt/out
                    } -WarningAction SilentlyContinue
                }
                $lines | Should -Be 'first', 'second', 'first', 'second'
            }
            finally { $visited | ForEach-Object { Stop-Target $_ } }
        }

        It 'knows the new namespaces of children though /proc there is another''s' {
            $other = Start-Target '-mpf', '--mount-proc', '--kill-child'
            try {
                $inner = [int](Get-Content "/proc/$($other.Id)/task/$($other.Id)/children").Trim()
                $with = @{ KillWithParent = $true }, @{ MapRootUser = $true }, @{}
                $children = Invoke-NamespaceCommand -ProcessId $inner -Type Mnt -InProcess {
                    foreach ($one in $with) { New-NamespaceProcess -Type Uts @one sleep 60 }
                } -WarningAction SilentlyContinue
                $children | Should -HaveCount 3
                foreach ($child in $children) {
                    $child.UtsNamespace | Should -Be (Get-LinkInode $child.Id uts)
                    $child.UserNamespace | Should -Be (Get-LinkInode $child.Id user)
                }
                $children | Stop-Process
            }
            finally { Stop-Target $other }
        }

        It 'lets what follows in the pipeline run outside' {
            $here = readlink "/proc/$PID/ns/net"
            Invoke-NamespaceCommand -Name $name -InProcess { 1 } -WarningAction SilentlyContinue | ForEach-Object { [IO.File]::ResolveLinkTarget('/proc/thread-self/ns/net', $false).Name } | Should -Be $here
        }

        It 'can be nested' {
            $result = Invoke-NamespaceCommand -Name $name -InProcess {
                Invoke-NamespaceCommand -ProcessId $target.Id -Type Net -InProcess { [IO.File]::ResolveLinkTarget('/proc/thread-self/ns/net', $false).Name }
                [IO.File]::ResolveLinkTarget('/proc/thread-self/ns/net', $false).Name
            } -WarningAction SilentlyContinue
            $result | Should -Be (readlink "/proc/$($target.Id)/ns/net"), "net:[$inode]"
        }

        It 'says that a thread was left inside' {
            $said = @()
            $box = @{}
            Invoke-NamespaceCommand -Name $name -InProcess {
                $gate = [Threading.ManualResetEventSlim]::new()
                $thread = [Threading.Thread]::new([Delegate]::CreateDelegate([Threading.ThreadStart], $gate, 'Wait'))
                $thread.Start()
                $box.Gate = $gate
            } -WarningVariable said -WarningAction SilentlyContinue
            $box.Gate.Set()
            "$said" | Should -BeLike '*stay in /run/netns/*'
        }

        It 'says so too where something else lies on /proc/loadavg' {
            $script = @"
Import-Module '$ModulePath'
Invoke-NamespaceCommand -Name $name -InProcess {
    `$gate = [Threading.ManualResetEventSlim]::new()
    [Threading.Thread]::new([Delegate]::CreateDelegate([Threading.ThreadStart], `$gate, 'Wait')).Start()
    `$global:gate = `$gate
} -WarningVariable said -WarningAction SilentlyContinue
`$gate.Set()
"said `$said"
"@
            $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))
            unshare -m sh -c "cp /proc/loadavg /run/$name.load; mount --bind /run/$name.load /proc/loadavg; rm /run/$name.load; exec '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -EncodedCommand $encoded" |
                Should -BeLike 'said *stay in /run/netns/*'
        }

        It 'is where it was after a refusal, and says what was refused' {
            Invoke-AsUser "try { Invoke-NamespaceCommand -Name $name -InProcess { 1 } } catch { `$_.FullyQualifiedErrorId }; Invoke-NamespaceCommand -ProcessId `$PID -InProcess { 'fine' }" |
                Should -Be 'JoinRefused,LinuxNamespaces.Commands.InvokeNamespaceCommandCommand', 'fine'
        }

        It 'is refused for <_>' -ForEach 'pid', 'user', 'time' {
            $letter = @{ pid = '-pf'; user = '-Ur'; time = '-T' }[$_]
            $process = Start-Target $letter
            try {
                $inner = $_ -eq 'user' ? $process.Id : [int](pgrep -P $process.Id)
                if (-not $inner) { $inner = $process.Id }
                { Invoke-NamespaceCommand -ProcessId $inner -InProcess { 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'TypeNotInProcess,*'
            }
            finally { Stop-Target $process }
        }
    }

    It 'leaves no process, thread or descriptor behind' {
        $null = Invoke-NamespaceCommand -Name $name -FilePath true
        $files = Get-OpenFileCount
        foreach ($round in 1..20) {
            $null = Invoke-NamespaceCommand -Name $name -FilePath true
            $null = Invoke-NamespaceCommand -Name $name -InProcess { } -WarningAction SilentlyContinue
        }

        [GC]::Collect()
        [GC]::WaitForPendingFinalizers()
        Get-OpenFileCount | Should -BeLessOrEqual ($files + 2)
        pgrep -P $PID true | Should -BeNullOrEmpty
    }
}
