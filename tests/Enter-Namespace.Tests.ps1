BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and [bool](Get-Command tmux -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Enter-Namespace' -Skip:((id -u) -ne '0') {
    BeforeAll {
        $name = New-UniqueName
        ip netns add $name
        $inode = stat -c %i "/run/netns/$name"
        $box = @{}
    }

    AfterAll {
        ip netns delete $name
    }

    It 'runs a program, and sets $LASTEXITCODE' -Tag T008 {
        Enter-Namespace $name -FilePath sh -ArgumentList '-c', "[ `$(stat -Lc %i /proc/self/ns/net) = $inode ] && exit 9"
        $global:LASTEXITCODE | Should -Be 9
        Enter-Namespace -Path "/run/netns/$name" -FilePath sh -ArgumentList '-c', 'kill -KILL $$'
        $global:LASTEXITCODE | Should -Be 137
    }

    It 'takes a process by pipeline, and by its id' {
        $process = Start-Process unshare -ArgumentList '-u', 'sleep', '60' -PassThru
        try {
            Wait-Namespace $process.Id uts
            $uts = stat -Lc %i "/proc/$($process.Id)/ns/uts"
            $process | Enter-Namespace -FilePath sh -ArgumentList '-c', "[ `$(stat -Lc %i /proc/self/ns/uts) = $uts ] && exit 8"
            $global:LASTEXITCODE | Should -Be 8
            Enter-Namespace -ProcessId $process.Id -FilePath sh -ArgumentList '-c', "[ `$(stat -Lc %i /proc/self/ns/uts) = $uts ] && exit 7"
            $global:LASTEXITCODE | Should -Be 7
        }
        finally { $process.Kill() }
    }

    It 'takes over <What> of a process that is in our namespaces' -ForEach @(
        @{ What = 'the working directory'; With = @{ TargetWorkingDirectory = $true }; Check = 'pwd'; Want = '/usr/share' }
        @{ What = 'the root'; With = @{ TargetRoot = $true }; Check = 'ls -di / | cut -d" " -f1'; Want = { stat -c %i / } }
        @{ What = 'the control groups'; With = @{ JoinCgroup = $true }; Check = 'cat /proc/self/cgroup'; Want = { Get-Content "/proc/$($process.Id)/cgroup" } }
    ) {
        $process = Start-Process sleep -ArgumentList 60 -WorkingDirectory /usr/share -PassThru
        $output = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        try {
            Enter-Namespace -ProcessId $process.Id @With -FilePath sh -ArgumentList '-c', "{ $Check; } > $output"
            $global:LASTEXITCODE | Should -Be 0
            $wanted = if ($Want -is [scriptblock]) { & $Want } else { $Want }
            Get-Content $output | Should -Be $wanted
        }
        finally {
            $process.Kill()
            Remove-Item $output -ErrorAction Ignore
        }
    }

    It 'says what is not there' {
        { Enter-Namespace 4194303 } | Should -Throw -ErrorId 'ProcessNotFound,*'
        { Enter-Namespace $name -FilePath nosuchprogram } | Should -Throw -ErrorId 'ProgramNotFound,*'
        { $name, $name | Enter-Namespace -FilePath true } | Should -Throw -ErrorId 'InvalidRequest,*'
    }
}

Describe 'Enter-Namespace at a terminal' -Tag 'needs root and tmux' -Skip:(-not $canRun) {
    BeforeAll {
        $name = New-UniqueName
        $socket = New-UniqueName
        ip netns add $name
        $pwsh = [Environment]::ProcessPath
        tmux -L $socket -f /dev/null new-session -d -x 120 -y 30 "env XDG_DATA_HOME=$TestDrive PS1='$ ' NO_COLOR=1 TERM=screen $pwsh -NoProfile -NoLogo -NoExit -Command 'Import-Module $ModulePath'"

        function Send-Key { tmux -L $socket send-keys @args }
    }

    AfterAll {
        tmux -L $socket kill-server
        ip netns delete $name
    }

    BeforeEach {
        tmux -L $socket clear-history
        Send-Key C-l
        $null = Wait-Screen $socket '(?m)^PS [^\n]*>\s*\Z'
    }

    It 'starts PowerShell, with the place in its prompt' {
        Send-Key "Enter-Namespace -Name $name" Enter
        $null = Wait-Screen $socket "\[net:$name\] PS "
        Send-Key "'in ' + (readlink /proc/self/ns/net)" Enter
        $null = Wait-Screen $socket "(?m)^in net:\[$(stat -c %i "/run/netns/$name")\]"
        Send-Key 'exit 5' Enter
        $null = Wait-Screen $socket '(?m)^PS [^\n]*>\s*\Z'
        Send-Key '"code $LASTEXITCODE"' Enter
        $null = Wait-Screen $socket '(?m)^code 5$'
    }

    It 'gives a shell its job control, its Ctrl+C and the window''s size' -Tag T009 {
        Send-Key "Enter-Namespace -Name $name -FilePath bash -ArgumentList --norc" Enter
        $null = Wait-Screen $socket '(?m)^\$\s*\Z'
        Send-Key 'sleep 177' Enter
        Wait-Program 'sleep 177'
        Send-Key C-c
        $null = Wait-Screen $socket '\^C'
        Send-Key 'sleep 178' Enter
        Wait-Program 'sleep 178'
        Send-Key C-z
        $null = Wait-Screen $socket 'Stopped'
        Send-Key 'fg' Enter
        Wait-Continued 'sleep 178'
        Send-Key C-c
        Send-Key 'stty size' Enter
        $null = Wait-Screen $socket '(?m)^30 120$'
        tmux -L $socket resize-window -x 100 -y 25
        Send-Key 'stty size' Enter
        $null = Wait-Screen $socket '(?m)^25 100$'
        Send-Key 'exit 7' Enter
        $null = Wait-Screen $socket '(?m)^PS [^\n]*>\s*\Z'
        Send-Key '"code $LASTEXITCODE"' Enter
        $null = Wait-Screen $socket '(?m)^code 7$'
    }

    It 'leaves the session''s own line editing as it was' -Tag T010 {
        Send-Key '"before" + "x"' Left 'after' Enter
        $null = Wait-Screen $socket '(?m)^beforexafter$'
    }
}
