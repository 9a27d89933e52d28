BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

Describe 'The PowerShell of the session in a container that has none' -Skip:(-not $isRoot) {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/inside.ps1

        # All that the target could see of it.
        function Get-Sight {
            param([int] $ProcessId)
            Get-Content "/proc/$ProcessId/mountinfo", "/proc/$ProcessId/maps" -Raw
            find "/proc/$ProcessId/root/" -xdev -printf '%p %y %s %T@\n' | Sort-Object
        }

        $library = Join-Path $TestDrive 'preload.so'
        'int made_for_a_test;' | gcc -shared -o $library -x c -
        $target = Start-Jail -Spoil "echo only-here > etc/mine; cp '$library' etc/preload.so; echo /etc/preload.so > etc/ld.so.preload" -Options '-p', '--fork'
        $inside = [int](Get-Content "/proc/$($target.Id)/task/$($target.Id)/children").Trim()
    }

    AfterAll {
        Stop-Target $target
    }

    It 'runs script blocks that see the files and processes of the target, which sees nothing' {
        $before = Get-Sight $inside
        $shown = Invoke-NamespaceCommand -ProcessId $inside -Type Mnt, Pid -HostPowerShell {
            (Get-ChildItem /).Name
            Get-Content /etc/mine
            Get-Content /proc/1/comm
        }
        $shown | Should -Be ((Get-ChildItem "/proc/$inside/root").Name + 'only-here', 'busybox')
        Get-Sight $inside | Should -Be $before
    }

    It 'loads nothing of the target, and shows no variables of its start' {
        $maps, $variables = Invoke-NamespaceCommand -ProcessId $inside -HostPowerShell { (Get-Content /proc/self/maps -Raw), (Get-ChildItem env: | Where-Object Name -Match '^(LD_|LINUXNAMESPACES|DOTNET_STARTUP)').Count }
        $files = $maps -split "`n" | ForEach-Object { ($_ -split ' +', 6)[5] } | Where-Object { $_ -like '/*' -and $_ -notlike '/memfd:*' } | Sort-Object -Unique
        $files | Where-Object { $_ -notlike '/.ps/*' -and $_ -notlike '*/bin/LinuxNamespaces.dll' -and $_ -notlike '*/bin/net*/LinuxNamespaces.dll' } | Should -BeNullOrEmpty
        $variables | Should -Be @(Get-ChildItem env: | Where-Object Name -Match '^(LD_|LINUXNAMESPACES|DOTNET_STARTUP)').Count
    }

    It 'opens sessions, which copy files, hash them and start jobs' {
        $session = New-NamespaceSession $inside -HostPowerShell
        try {
            Set-Content "$TestDrive/small" 'content'
            Copy-Item "$TestDrive/small" /tmp/small -ToSession $session
            Get-Content "/proc/$inside/root/tmp/small" | Should -Be 'content'
            (Invoke-Command -Session $session { Get-FileHash /tmp/small }).Hash | Should -Be (Get-FileHash "$TestDrive/small").Hash
            Invoke-Command -Session $session { Start-Job { 6 * 7 } | Receive-Job -Wait } | Should -Be 42
        }
        finally {
            Remove-PSSession $session
            Remove-Item "/proc/$inside/root/tmp/small" -ErrorAction Ignore
        }
    }

    It 'is not brought without being asked for' {
        Invoke-NamespaceCommand -ProcessId $inside { Test-Path /etc/mine } -WarningVariable warned -WarningAction SilentlyContinue | Should -BeFalse
        "$warned" | Should -Match 'mount namespace of .* was not joined'
    }
}
