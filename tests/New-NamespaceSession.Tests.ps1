BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1

    # Not written where they are used: an argument of a command that needs no variable is computed here, not there.
    $getProcessId = { $PID }

    # Threads of sessions; others come and go meanwhile.
    function Get-ReaderCount {
        @([IO.Directory]::GetDirectories('/proc/self/task').ForEach{ Get-Content "$_/comm" -ErrorAction Ignore } | Where-Object { $_ -like 'LinuxNamespaces*' }).Count
    }
}

Describe 'New-NamespaceSession' -Skip:(-not $isRoot) {
    BeforeAll {
        $target = Start-Target '-muinpC', '--fork', '--mount-proc'
        $inside = [int](Get-Content "/proc/$($target.Id)/task/$($target.Id)/children").Trim()
        Wait-ProcessName $inside sleep
        $session = New-NamespaceSession $inside -Name tests
    }

    AfterAll {
        Remove-PSSession $session
        Stop-Target $target
    }

    It 'gives a PSSession that Get-PSSession lists, with the place as its computer' {
        $session | Should -BeOfType ([System.Management.Automation.Runspaces.PSSession])
        $listed = Get-PSSession -Name tests
        $listed.InstanceId | Should -Be $session.InstanceId
        $listed.State | Should -Be 'Opened'
        $listed.Availability | Should -Be 'Available'
        $listed.Transport | Should -Be 'Namespace'
        $listed.ComputerName | Should -Be "sleep:$inside"
    }

    It 'is in the namespaces of the target' {
        $paths = $NamespaceLinks.ForEach{ "/proc/self/ns/$_" }
        Invoke-Command -Session $session { readlink $using:paths } | Should -Be (readlink $NamespaceLinks.ForEach{ "/proc/$inside/ns/$_" })
        Invoke-Command -Session $session { (Get-Process -Id 1).Name } | Should -Be 'sleep'
    }

    It 'takes $using:, arguments and input, and gives all streams' {
        $factor = 3
        $script = { param($add) $input | ForEach-Object { $_ * $using:factor + $add } }
        1..3 | Invoke-Command -Session $session $script -ArgumentList 1 | Should -Be 4, 7, 10
        $streams = @{ WarningVariable = 'warned'; InformationVariable = 'informed'; ErrorVariable = 'failed'; WarningAction = 'SilentlyContinue'; ErrorAction = 'SilentlyContinue' }
        Invoke-Command -Session $session { Write-Warning 'careful'; Write-Information 'info'; Write-Error 'wrong'; 'out' } @streams | Should -Be 'out'
        "$warned", "$informed", "$failed" | Should -Be 'careful', 'info', 'wrong'
        $failed[0].OriginInfo.PSComputerName | Should -Be "sleep:$inside"
    }

    It 'runs jobs, which can be stopped' {
        $job = Invoke-Command -Session $session -AsJob { 1..3; Start-Sleep 300 }
        Wait-Condition { $job.ChildJobs[0].Output.Count -eq 3 }
        $job.Location | Should -Be "sleep:$inside"
        Stop-Job $job
        $job.State | Should -Be 'Stopped'
        Remove-Job $job
        Invoke-Command -Session $session { 'still here' } | Should -Be 'still here'
    }

    It 'copies files both ways, byte for byte' {
        $bytes = [byte[]]::new(5MB)
        [Random]::new(7).NextBytes($bytes)
        $source = Join-Path $TestDrive 'source'
        [IO.File]::WriteAllBytes($source, $bytes)
        Invoke-Command -Session $session { mount -t tmpfs -o size=30m none /mnt }
        Copy-Item $source /mnt/there -ToSession $session
        Test-Path /mnt/there | Should -BeFalse
        sha256sum "/proc/$inside/root/mnt/there" | Should -Match "^$((Get-FileHash $source).Hash)"
        Copy-Item /mnt/there "$TestDrive/back" -FromSession $session
        (Get-FileHash "$TestDrive/back").Hash | Should -Be (Get-FileHash $source).Hash
        Invoke-Command -Session $session { umount /mnt }
    }

    It 'is imported as a module' {
        Invoke-Command -Session $session { function global:Get-Place { "pid $([int](readlink /proc/self))" } }
        $module = Import-PSSession $session -CommandName Get-Place -AllowClobber
        try {
            Get-Place | Should -Match '^pid \d+$'
        }
        finally {
            Remove-Module $module
        }
    }

    It 'leaves neither input to programs inside nor variables of its start, and takes no harm from what they write' {
        Invoke-Command -Session $session { @(cat).Count } | Should -Be 0
        Invoke-Command -Session $session { $null = sh -c 'echo stray >/proc/$PPID/fd/1'; 'fine' } | Should -Be 'fine'
        $own = [Environment]::GetEnvironmentVariables().Keys | Sort-Object
        Invoke-Command -Session $session { [Environment]::GetEnvironmentVariables().Keys | Sort-Object } | Should -Be $own
        $find = { Get-ChildItem /tmp -Filter '*iagnostic*-*' | Where-Object Name -Match "(-|\.)$PID(-|\.)" }
        Invoke-Command -Session $session $find | Should -BeNullOrEmpty
    }

    It 'has a session of its own, without the terminal, and does not ignore SIGINT' {
        $state = Invoke-Command -Session $session { Get-Content /proc/self/stat; sh -c 'grep SigIgn /proc/self/status' }
        $numbers = ($state[0] -replace '^.*\) ').Split(' ')
        $numbers[4] | Should -Be 0 -Because 'that is the terminal'
        ($numbers[2] -eq $numbers[3]) | Should -BeTrue
        ([Convert]::ToUInt64(($state[1] -split '\s+')[1], 16) -band 2) | Should -Be 0
    }

    It 'reaches a breakpoint of a script that runs there' {
        Invoke-Command -Session $session {
            Set-Content /tmp/lnt-script.ps1 '$a = 1', '$a = 2', '$a'
            $hits = [Collections.Generic.List[object]]::new()
            $null = Set-PSBreakpoint -Script /tmp/lnt-script.ps1 -Line 3 -Action { $hits.Add($a) }
            /tmp/lnt-script.ps1
            $hits
            Get-PSBreakpoint | Remove-PSBreakpoint
            Remove-Item /tmp/lnt-script.ps1
        } | Should -Be 2, 2
    }

    It 'leads on: a session within a session' {
        $module = $ModulePath
        Invoke-Command -Session $session {
            Import-Module $using:module
            $inner = New-NamespaceSession -New Uts -HostName nested
            Invoke-Command -Session $inner { hostname }
            Remove-PSSession $inner
        } | Should -Be 'nested'
    }

    It 'ends with Remove-PSSession, at once, and leaves nothing' {
        $null = New-NamespaceSession $inside | Remove-PSSession
        $readers = Get-ReaderCount
        $descriptors = Get-OpenFileCount
        $one = New-NamespaceSession $inside
        $other = Invoke-Command -Session $one $getProcessId
        Test-Path "/proc/$inside/root/proc/$other" | Should -BeTrue
        Remove-PSSession $one
        Test-Path "/proc/$inside/root/proc/$other" | Should -BeFalse

        # The thread that has read from it ends after it was told so.
        Wait-Condition { (Get-OpenFileCount) -le $descriptors -and (Get-ReaderCount) -le $readers }
    }
}

Describe 'What a PSSession does at its end' -Skip:(-not $isRoot) {
    BeforeAll {
        $name = New-UniqueName
        ip netns add $name
    }

    AfterAll {
        ip netns delete $name
        Get-PSSession | Where-Object ComputerName -EQ "net:$name" | Remove-PSSession
    }

    It 'breaks when the process inside is killed, and says so' {
        $session = New-NamespaceSession -Name $name
        $session.Name | Should -Be $name
        $session.ComputerName | Should -Be "net:$name"
        $process = Invoke-Command -Session $session $getProcessId
        $failure = $null
        $end = { Stop-Process -Id $PID -Force; Start-Sleep 60 }
        $null = Invoke-Command -Session $session $end -ErrorVariable failure -ErrorAction SilentlyContinue
        "$failure" | Should -Match 'SIGKILL'
        Wait-Condition { $session.State -eq 'Broken' }
        $session.Runspace.RunspaceStateInfo.Reason.Message | Should -Match "^The PowerShell in /run/netns/$name has ended \(SIGKILL terminated it\)\.$"
        Test-Path "/proc/$process" | Should -BeFalse
        $session | Remove-PSSession
        Get-PSSession -InstanceId $session.InstanceId -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'ends what is stopped, or whose grandchildren hold its pipes, soon' {
        $session = New-NamespaceSession -Name $name
        $process = Invoke-Command -Session $session $getProcessId
        kill -STOP $process
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Remove-PSSession $session
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 55 -Because 'the engine alone would wait for a minute'
        Wait-Condition { -not (Test-Path "/proc/$process") }
    }

    It 'ends with the session that made it' {
        $script = "Import-Module '$ModulePath'; `$s = New-NamespaceSession -Name $name; Invoke-Command -Session `$s { `$PID }; Stop-Process -Id `$PID -Force"
        $process = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script
        $process | Should -Match '^\d+$'
        Wait-Condition { -not (Test-Path "/proc/$process") }
    }
}

Describe 'Targets and errors of New-NamespaceSession' -Skip:(-not $isRoot) {
    BeforeAll {
        $names = 1..2 | ForEach-Object { New-UniqueName }
        $names.ForEach{ ip netns add $_ }
    }

    AfterAll {
        $names.ForEach{ ip netns delete $_ }
    }

    It 'opens several at once, in order; one that fails costs the others nothing' {
        $sessions = $names[0], 'nosuchname', $names[1] | New-NamespaceSession -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures.FullyQualifiedErrorId | Should -Be 'TargetNotFound,LinuxNamespaces.Commands.NewNamespaceSessionCommand'
        $sessions.ComputerName | Should -Be $names.ForEach{ "net:$_" }
        $found = Invoke-Command -Session $sessions { stat -Lc %i /proc/self/ns/net }
        foreach ($i in 0, 1) {
            ($found | Where-Object PSComputerName -EQ "net:$($names[$i])") | Should -Be (stat -Lc %i "/run/netns/$($names[$i])")
        }
        Remove-PSSession $sessions
    }

    It 'makes fresh namespaces, with variables, a directory and a user' {
        $session = New-NamespaceSession -New Net -HostName fresh -MountProc -LoopbackUp -Environment @{ LNT_VALUE = 'ö x'; PAGER = $null } -WorkingDirectory /usr
        $shown = Invoke-Command -Session $session { hostname; Get-Content env:LNT_VALUE; "$PWD"; env pwd; (ip -brief link show lo) -match 'UP'; Test-Path env:PAGER }
        $shown[0..2] + "$($shown[3])" + $shown[4..5] | Should -Be 'fresh', 'ö x', '/usr', '/usr', $true, $false
        Remove-PSSession $session
        $session = New-NamespaceSession -Name $names[0] -UserId 65534 -GroupId 65534 -WorkingDirectory /
        Invoke-Command -Session $session { id -u; id -G } | Should -Be 65534, 65534
        Remove-PSSession $session
    }

    It 'opens for a user who may not enter the directory that this session is in' {
        $closed = (New-Item -ItemType Directory "$TestDrive/closed").FullName
        chmod 700 $closed
        Push-Location $closed
        try {
            $session = New-NamespaceSession -Name $names[0] -UserId 65534 -GroupId 65534 -WarningVariable warnings -WarningAction SilentlyContinue
        }
        finally {
            Pop-Location
        }

        try {
            $warnings | Should -BeLike "*may not enter '$closed'*"
            Invoke-Command -Session $session { id -u; "$PWD" } | Should -Be 65534, '/'
        }
        finally {
            Remove-PSSession $session
        }
    }

    It 'starts in a directory with an odd name: <Directory>' -ForEach @(@{ Directory = "it's ‘so’ ``n" }, @{ Directory = 'a[b]*c?' }, @{ Directory = '$(exit) -x "y"' }) {
        $folder = [IO.Directory]::CreateDirectory("$TestDrive/$Directory").FullName
        $session = New-NamespaceSession -Name $names[0] -WorkingDirectory $folder
        Invoke-Command -Session $session { "$PWD"; env pwd } | Should -Be $folder, $folder
        Remove-PSSession $session
    }

    It 'starts where a directory is that was handed over open, and where this session is' {
        $session = New-NamespaceSession -Name $names[0] -OuterWorkingDirectory /var/tmp
        Invoke-Command -Session $session { "$PWD" } | Should -Be '/var/tmp'
        Remove-PSSession $session
        Push-Location /usr/lib
        try {
            $session = New-NamespaceSession -Name $names[0]
            Invoke-Command -Session $session { "$PWD" } | Should -Be '/usr/lib'
            Remove-PSSession $session
        }
        finally {
            Pop-Location
        }
    }

    It 'are opened and used from eight runspaces, each in its own place, and leave nothing' {
        $many = 1..8 | ForEach-Object { New-UniqueName }
        $many.ForEach{ ip netns add $_ }
        $readers = Get-ReaderCount
        $descriptors = Get-OpenFileCount
        $module = $ModulePath
        try {
            $answers = $many | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:module
                $session = New-NamespaceSession -Name $_
                $place = "net:[$(stat -Lc %i "/run/netns/$_")]"
                $ask = { param($number) "$number $([IO.File]::ResolveLinkTarget('/proc/self/ns/net', $false).Name) $PID" }
                $process = $null
                foreach ($number in 1..25) {
                    $answer = Invoke-Command -Session $session $ask -ArgumentList $number
                    if ("$answer" -notmatch "^$number $([regex]::Escape($place)) (\d+)$") { "wrong: $answer" } else { $process = $Matches[1] }
                }

                Remove-PSSession $session
                "ended $process"
            }
            $answers | Should -HaveCount 8
            $answers | Should -Match '^ended \d+$'
            ($answers -replace 'ended ').ForEach{ Test-Path "/proc/$_" } | Should -Not -Contain $true
        }
        finally {
            $many.ForEach{ ip netns delete $_ }
        }

        # Runspaces keep descriptors of their own until they are collected.
        Wait-Condition { [GC]::Collect(); (Get-OpenFileCount) -le $descriptors + 8 -and (Get-ReaderCount) -le $readers }
    }

    It 'ends its PowerShell by the end of its input, so that the runtime keeps what the next start is quicker by' {
        $cache = Join-Path $TestDrive cache
        $session = New-NamespaceSession -Name $names[0] -Environment @{ XDG_CACHE_HOME = $cache }
        $process = Invoke-Command -Session $session { $PID }
        Remove-PSSession $session
        Test-Path "/proc/$process" | Should -BeFalse
        Get-Item $cache/powershell/StartupProfileData-ServerMode | Should -HaveCount 1
    }

    It 'does not begin in another directory, whose name the name of the right one matches' {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive (New-UniqueName))).FullName
        mkdir "$folder/a[b]*" "$folder/a[b]*c"
        $other = (& { Set-Location -LiteralPath $args[0]; $PWD.ProviderPath; Set-Location $ProjectRoot } "$folder/a[b]*")
        $failure = $null
        $session = New-NamespaceSession -Name $names[0] -WorkingDirectory "$folder/a[b]*" -ErrorVariable failure -ErrorAction SilentlyContinue
        $shown = try { Invoke-NamespaceCommand -Name $names[0] -WorkingDirectory "$folder/a[b]*" { "$PWD" } } catch { $failure += $_ }
        if ($other -ceq "$folder/a[b]*") {
            # PowerShell has found the right one first, as it may.
            Invoke-Command -Session $session { "$PWD"; /bin/pwd } | Should -Be $other, $other
            $shown | Should -Be $other
            Remove-PSSession $session
        }
        else {
            $session | Should -BeNullOrEmpty
            $shown | Should -BeNullOrEmpty
            $failure.FullyQualifiedErrorId -replace ',.*' | Should -Be 'InnerSessionNotStarted', 'InvalidRequest'
            $failure.ForEach{ "$_" } | Should -Match "PowerShell takes the name '.*' for a pattern, and would work in '$([regex]::Escape($other))'"
        }
    }

    It 'does nothing with -WhatIf' {
        $before = @(Get-PSSession).Count
        New-NamespaceSession -Name $names[0] -WhatIf | Should -BeNullOrEmpty
        @(Get-PSSession).Count | Should -Be $before
    }

    It 'refuses joins with fresh namespaces' {
        { New-NamespaceSession -New Net -UserId 1 } | Should -Throw -ErrorId 'InvalidRequest,*'
    }

    It 'says what went wrong where PowerShell cannot start' {
        $failure = $null
        New-NamespaceSession -New Net -Environment @{ DOTNET_STARTUP_HOOKS = $null; DOTNET_GCHeapHardLimit = '100000' } -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure.FullyQualifiedErrorId | Should -Be 'InnerSessionNotStarted,LinuxNamespaces.Commands.NewNamespaceSessionCommand'
        "$failure" | Should -Match 'has ended \(exit code \d+\)\. .*(GC|heap|memory)'
    }

    It 'says which PowerShell it needs: <Version>' -ForEach @{ Version = '7.5.9'; Works = $false }, @{ Version = '7.4.0-preview.1'; Works = $false }, @{ Version = '7.6.0'; Works = $true }, @{ Version = '7.7.0-preview.2'; Works = $true }, @{ Version = '8.0.0'; Works = $true } {
        $type = [LinuxNamespaces.NamespaceInfo].Assembly.GetType('LinuxNamespaces.Commands.Remote.Client.SessionAssembly')
        $method = $type.GetMethod('RequireVersion', [System.Reflection.BindingFlags]'NonPublic, Static')
        $failure = try { $method.Invoke($null, @($Version)) } catch { $_.Exception.GetBaseException() }
        if ($Works) {
            $failure | Should -BeNullOrEmpty
        }
        else {
            $failure.ErrorId | Should -Be 'SessionNotSupported'
            $failure.Message | Should -Be "A PSSession into namespaces needs PowerShell 7.6 or newer; this is $Version."
        }
    }
}

Describe 'Sessions of an ordinary user' -Skip:(-not $isRoot) {
    It 'lead into fresh namespaces of their own' {
        $shown = Invoke-AsUser '$s = New-NamespaceSession -New Net, Uts -MapRootUser -HostName mine; Invoke-Command -Session $s { hostname; id -u }; Remove-PSSession $s'
        $shown | Should -Be 'mine', 0
    }
}
