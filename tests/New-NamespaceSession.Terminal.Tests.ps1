BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and -not ('tmux', 'runc', 'busybox' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
}

Describe 'A PSSession at a terminal' -Tag 'needs root, tmux, runc and busybox' -Skip:(-not $canRun) {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/runc.ps1
        $container = Start-Container {
            param($root)
            Set-Content "$root/mine" 'only here'
            Set-Content "$root/script.ps1" '$lnt = 1', '$lnt = 2', '"ran with $lnt"'
        }
        $socket = New-UniqueName
        $pwsh = [Environment]::ProcessPath

        # The length of the history counts for windows that are opened afterwards.
        Set-Content $TestDrive/tmux.conf 'set-option -g history-limit 20000'
        tmux -L $socket -f $TestDrive/tmux.conf new-session -d -x 120 -y 30 "env XDG_DATA_HOME=$TestDrive NO_COLOR=1 TERM=screen $pwsh -NoProfile -NoLogo -NoExit -Command 'Import-Module $ModulePath'"

        # Keys are sent as they are: an argument like Enter is a key, any other a text.
        function Send-Key { tmux -L $socket send-keys @args }

        # The terminal wraps its lines anew, which PSReadLine hears of with the next key: the screen is empty before anything is looked for.
        function Set-WindowSize([int] $Width, [int] $Height) {
            tmux -L $socket resize-window -x $Width -y $Height
            Send-Key C-l
            $null = Wait-Screen $socket '\A\s*PS [^\n]*>\s*\Z'
        }
        $inside = "(?m)^\[runc:$($container.Id)\]: PS [^\n]*>\s*\Z"
        $outside = '(?m)^PS [^\n]*>\s*\Z'
        $null = Wait-Screen $socket $outside
        Send-Key "`$s = New-NamespaceSession runc:$($container.Id)" Enter
        Send-Key '"opened $($s.State)"' Enter
        $null = Wait-Screen $socket '(?m)^opened Opened$'
    }

    AfterAll {
        tmux -L $socket kill-server
        Stop-Container $container
    }

    BeforeEach {
        tmux -L $socket clear-history
        Send-Key C-l
        $null = Wait-Screen $socket $outside
        Send-Key 'Enter-PSSession $s' Enter
        $null = Wait-Screen $socket $inside
    }

    AfterEach {
        Send-Key 'exit' Enter
        $null = Wait-Screen $socket $outside
    }

    It 'is entered, says where it is, and completes with Tab what is there' -Tag T233 {
        Send-Key 'Get-Content /mi' Tab Enter
        $null = Wait-Screen $socket '(?m)^only here$'
        Send-Key '"id $((Get-Process -Id 1).Name)"' Enter
        $null = Wait-Screen $socket '(?m)^id busybox$'
    }

    It 'stops a loop and a program with Ctrl+C, and stays' -Tag T234 {
        Send-Key 'while ($true) { $n++ ; if ($n -eq 1) { "loop" } }' Enter
        $null = Wait-Screen $socket '(?m)^loop$'
        Send-Key C-c
        $null = Wait-Screen $socket $inside
        Send-Key '/bin/busybox sleep 177' Enter
        Wait-Program '/bin/busybox sleep 177'
        Send-Key C-c
        Wait-Condition { -not (pgrep -x -f '/bin/busybox sleep 177') }
        Send-Key '"still $($n -gt 0)"' Enter
        $null = Wait-Screen $socket '(?m)^still True$'
    }

    It 'knows the size of the window, and shows long output to its end' -Tag T235 {
        Send-Key '"size $($Host.UI.RawUI.WindowSize.Width) $($Host.UI.RawUI.WindowSize.Height)"' Enter
        $null = Wait-Screen $socket '(?m)^size 120 30$'
        Send-Key '1..5000 | ForEach-Object { "line $_ of many" }; "done"' Enter
        $text = Wait-Screen $socket '(?m)^done$' -History 20000
        [regex]::Matches($text, '(?m)^line (\d+) of many$').ForEach{ [int]$_.Groups[1].Value } | Should -Be (1..5000)

        # As in every PSSession, that is the size at its opening.
        Send-Key exit Enter
        $null = Wait-Screen $socket $outside
        Set-WindowSize 100 25
        Send-Key '"now $($Host.UI.RawUI.WindowSize.Width) wide"' Enter
        $null = Wait-Screen $socket '(?m)^now 100 wide$'
        Send-Key "Enter-PSSession (`$t = New-NamespaceSession runc:$($container.Id))" Enter
        $null = Wait-Screen $socket $inside
        Send-Key '"size $($Host.UI.RawUI.WindowSize.Width) $($Host.UI.RawUI.WindowSize.Height)"' Enter
        $null = Wait-Screen $socket '(?m)^size 100 25$'
        Send-Key exit Enter
        $null = Wait-Screen $socket $outside
        Set-WindowSize 120 30
        Send-Key 'Remove-PSSession $t; "now $($Host.UI.RawUI.WindowSize.Width) wide"' Enter
        $null = Wait-Screen $socket '(?m)^now 120 wide$'
        Send-Key 'Enter-PSSession $s' Enter
        $null = Wait-Screen $socket $inside
    }

    It 'stops in the debugger at a breakpoint of a script that lies there' -Tag T236 {
        Send-Key '$null = Set-PSBreakpoint -Script /script.ps1 -Line 3' Enter '/script.ps1' Enter
        $null = Wait-Screen $socket '(?m)^\[runc:[^\]]+\]: \[DBG\]: PS [^\n]*>>\s*\Z'
        Send-Key '"seen $lnt"' Enter
        $null = Wait-Screen $socket '(?m)^seen 2$'
        Send-Key '$lnt = 8' Enter 'c' Enter
        $null = Wait-Screen $socket '(?m)^ran with 8$'
        Send-Key 'Get-PSBreakpoint | Remove-PSBreakpoint' Enter
    }

    It 'is left with Ctrl+D, and stays open' -Tag T237 {
        Send-Key C-d
        $null = Wait-Screen $socket $outside
        Send-Key '"now $($s.State)"' Enter
        $null = Wait-Screen $socket '(?m)^now Opened$'
        Send-Key 'Enter-PSSession $s' Enter
        $null = Wait-Screen $socket $inside
    }

    It 'is where a job waits for the debugger' -Tag T238 {
        Send-Key exit Enter
        $null = Wait-Screen $socket $outside
        Send-Key '$job = Invoke-Command -Session $s -AsJob { $a = 3; Wait-Debugger; "got $a" }' Enter
        Send-Key 'while ($job.State -ne "AtBreakpoint") { Start-Sleep -Milliseconds 20 }; Debug-Job $job' Enter
        $null = Wait-Screen $socket '(?m)\[DBG\]:[^\n]*>>\s*\Z'
        Send-Key '$a = 9' Enter c Enter
        $null = Wait-Screen $socket $outside
        Send-Key 'Receive-Job $job -Wait -AutoRemoveJob' Enter
        $null = Wait-Screen $socket '(?m)^got 9$'
        Send-Key 'Enter-PSSession $s' Enter
        $null = Wait-Screen $socket $inside
    }
}
