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
        $shown = Invoke-NamespaceCommand -ProcessId $inside -Type Mnt, Pid {
            (Get-ChildItem /).Name
            Get-Content /etc/mine
            Get-Content /proc/1/comm
        }
        $shown | Should -Be ((Get-ChildItem "/proc/$inside/root").Name + 'only-here', 'busybox')
        Get-Sight $inside | Should -Be $before
    }

    It 'loads nothing of the target, and shows no variables of its start' {
        $maps, $variables = Invoke-NamespaceCommand -ProcessId $inside { (Get-Content /proc/self/maps -Raw), (Get-ChildItem env: | Where-Object Name -Match '^(LD_|LINUXNAMESPACES|DOTNET_STARTUP)').Count }
        $files = $maps -split "`n" | ForEach-Object { ($_ -split ' +', 6)[5] } | Where-Object { $_ -like '/*' -and $_ -notlike '/memfd:*' } | Sort-Object -Unique
        $files | Where-Object { $_ -notlike '/.ps/*' -and $_ -notlike '*/bin/LinuxNamespaces.dll' -and $_ -notlike '*/bin/net*/LinuxNamespaces.dll' } | Should -BeNullOrEmpty
        $variables | Should -Be @(Get-ChildItem env: | Where-Object Name -Match '^(LD_|LINUXNAMESPACES|DOTNET_STARTUP)').Count
    }

    It 'opens sessions, which copy files, hash them and start jobs' {
        $session = New-NamespaceSession $inside
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

    It 'has the modules that are loaded here' {
        $null = New-Item -ItemType Directory "$TestDrive/LntLoaded"
        Set-Content "$TestDrive/LntLoaded/LntLoaded.psm1" 'function Get-LntPlace { Get-Content /etc/mine }'
        New-ModuleManifest "$TestDrive/LntLoaded/LntLoaded.psd1" -RootModule LntLoaded.psm1 -FunctionsToExport Get-LntPlace
        Import-Module "$TestDrive/LntLoaded/LntLoaded.psd1"
        try {
            Invoke-NamespaceCommand -ProcessId $inside -IdleTimeoutSec 0 { Import-Module LntLoaded; Get-LntPlace } | Should -Be 'only-here'
        }
        finally {
            Remove-Module LntLoaded
        }
    }

    It 'is what Enter-Namespace starts' {
        $shown = "Get-Content /etc/mine; `$PSVersionTable.PSVersion.Major; exit 6" | & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Enter-Namespace $inside; `$LASTEXITCODE"
        $shown -join ' ' | Should -Match 'only-here.* 7 .*6$'
    }

    It 'has no files of its own among those of the target, and is told to send nothing' {
        $kept = $env:POWERSHELL_TELEMETRY_OPTOUT
        $env:POWERSHELL_TELEMETRY_OPTOUT = $null
        try {
            $shown = "'count=' + @((Get-ChildItem /tmp -Recurse -Force).Name -match ""[-.]`$PID[-.]"").Count; 'told=' + `$env:POWERSHELL_TELEMETRY_OPTOUT; exit" |
                & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Enter-Namespace $inside"
        }
        finally {
            $env:POWERSHELL_TELEMETRY_OPTOUT = $kept
        }

        $shown -join ' ' | Should -Match 'count=0\b.*told=1\b'
    }

    It 'is left outside where that is asked for' {
        Invoke-NamespaceCommand -ProcessId $inside -NoHostPowerShell { Test-Path /etc/mine } -WarningVariable warned -WarningAction SilentlyContinue | Should -BeFalse
        "$warned" | Should -Match 'mount namespace of .* was not joined'
        { Invoke-NamespaceCommand -ProcessId $inside -NoHostPowerShell -Type Mnt { 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'PowerShellNotFound,*'
    }
}

Describe 'An ordinary user whose target has no PowerShell' -Skip:(-not $isRoot) {
    BeforeAll {
        . $PSScriptRoot/common.ps1

        # In a container of theirs, with a user namespace, which they have a pipe to.
        $start = @'
$start = [Diagnostics.ProcessStartInfo]@{ FileName = 'unshare'; RedirectStandardInput = $true; RedirectStandardOutput = $true }
$inside = 'cd / && mount -t tmpfs jail /mnt && cd /mnt && mkdir bin etc old proc tmp && cp "$(command -v busybox)" bin/busybox && echo only-here > etc/mine &&
    mount -t proc proc proc && SPOIL && pivot_root . old && exec /bin/busybox sh -c "/bin/busybox umount -l /old && echo ready && exec /bin/busybox sleep 300"'
('-Urmpf', '--kill-child', 'sh', '-c', $inside).ForEach{ $start.ArgumentList.Add($_) }
$target = [Diagnostics.Process]::Start($start)
$null = $target.StandardOutput.ReadLine()
$id = [int](Get-Content "/proc/$($target.Id)/task/$($target.Id)/children").Trim()
'@
    }

    It 'gets it too, by the rights of the user namespace, and the target sees nothing' {
        $shown = Invoke-AsUser ($start.Replace('SPOIL', 'true') + @'

try {
    $before = Get-Content "/proc/$id/mountinfo", "/proc/$id/maps" -Raw
    $seen = Invoke-NamespaceCommand -ProcessId $id -IdleTimeoutSec 0 { (Get-ChildItem /).Name; Get-Content /etc/mine; Get-Content /proc/1/comm; [Environment]::UserName; Set-Content /tmp/made 1 } 3>&1
    "$seen"
    Get-Content "/proc/$id/root/tmp/made"
    "$before" -eq "$(Get-Content "/proc/$id/mountinfo", "/proc/$id/maps" -Raw)"
    'exit 6' | & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$((Get-Module LinuxNamespaces).Path)'; Enter-Namespace $id; `$LASTEXITCODE" | Select-Object -Last 1
}
finally { $target.Kill(); $target.WaitForExit() }
'@)
        $shown[0] | Should -Match '^bin dev etc old proc tmp only-here busybox \w+$'
        $shown[1, 2] | Should -Be '1', 'True'
        $shown[-1] | Should -Match '6$'
    }

    It 'is warned where that is refused, and told the reason by -Verbose' {
        $shown = Invoke-AsUser ($start.Replace('SPOIL', 'mkdir .ps') + @'

try { Invoke-NamespaceCommand -ProcessId $id -Verbose { 'ran' } *>&1 | ForEach-Object { "$_" } }
finally { $target.Kill(); $target.WaitForExit() }
'@)
        $shown | Should -Contain 'ran'
        "$shown" | Should -Match 'could not be brought there: there is a /\.ps already.* was not joined'
    }
}
