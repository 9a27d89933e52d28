BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $env:LINUXNAMESPACES_ENGINE = 'bpf'
    $isRefused = "$(Get-Namespace Uts -Verbose 4>&1)" -notmatch '\(BPF\)'
    Remove-Item Env:LINUXNAMESPACES_ENGINE
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    # Everything that is told of the namespaces made here: others come and go meanwhile.
    function Get-Row {
        param([string] $Engine, [scriptblock] $Look)
        try {
            $env:LINUXNAMESPACES_ENGINE = $Engine
            & $Look | Where-Object { $_.Inode -in $mine } | Select-Object * | ForEach-Object {
                ($_.PSObject.Properties | ForEach-Object { "$($_.Name)=$($_.Value)" }) -join '|'
            }
        }
        finally {
            Remove-Item Env:LINUXNAMESPACES_ENGINE
        }
    }

    # Until two looks in a row by /proc are the same, so that nothing came or went in between.
    function Compare-Engine {
        param([scriptblock] $Look)
        foreach ($attempt in 1..10) {
            $before = Get-Row proc $Look
            $iterated = Get-Row bpf $Look
            $walked = Get-Row proc $Look
            if (-not (Compare-Object @($before) @($walked))) { break }
            Start-Sleep -Milliseconds 200
        }

        $iterated, $walked
    }

    # A process and all below it.
    function Get-Family {
        param([int] $Id)
        $Id
        pgrep -P $Id | ForEach-Object { Get-Family $_ }
    }

    $initial = Get-ChildItem /proc/$PID/ns | ForEach-Object { if ((readlink $_) -match '\[(\d+)\]') { [ulong]$Matches[1] } }
}

Describe 'The task iterator and /proc' -Tag 'needs the right to load BPF programs, on a kernel with types' -Skip:$isRefused {
    BeforeAll {
        $target = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item $target
        $helpers = @(
            Start-Helper herd 4, 40, held
            Start-Helper hidden thread
            Start-Helper hidden child
            Start-Helper hidden pidchild
            Start-Helper hidden fd
            Start-Helper hidden socket
            Start-Helper hidden mount, $target
            Start-Helper hidden ghost
            Start-Helper leaderless
            Start-Helper odd zombie, 61
        )

        # Three pid namespaces deep, and a main thread that has ended in namespaces of its own.
        $deep = Start-Process unshare '-Upfr', 'unshare', '-Upfr', 'unshare', '-Upfr', 'sleep', '1000' -PassThru
        Wait-Condition { pgrep -P $deep.Id }
        $threadless = [Diagnostics.ProcessStartInfo]::new('unshare')
        '-n', '-u', '-i', (Get-Helper leaderless) | ForEach-Object { $threadless.ArgumentList.Add($_) }
        $threadless.RedirectStandardInput = $threadless.RedirectStandardOutput = $true
        $threadless = [Diagnostics.Process]::Start($threadless)
        $null = $threadless.StandardOutput.ReadLine()
        $mine = @($helpers.Id + $deep.Id + $threadless.Id | ForEach-Object { Get-Family $_ } | ForEach-Object {
                Get-ChildItem "/proc/$_/ns", "/proc/$_/fd", "/proc/$_/task/*/ns" -ErrorAction Ignore | ForEach-Object { readlink $_ } | ForEach-Object { if ($_ -match '^\w+:\[(\d+)\]$') { [ulong]$Matches[1] } }
            }) + @($helpers | Where-Object { $_.StartInfo.FileName -like '*/hidden' } | ForEach-Object { [ulong]($_.ReadyLine -split ' ')[2] }) |
            Where-Object { $_ -notin $initial } | Sort-Object -Unique
        $inodes = @($helpers[0].ReadyLine -replace 'ready ' -split ' ' | ForEach-Object { Get-LinkInode $_ uts })
    }

    AfterAll {
        $helpers | ForEach-Object { Stop-Helper $_ }
        if ($threadless) { $threadless.StandardInput.Close(); $threadless.WaitForExit() }
        if ($deep) { pgrep -P $deep.Id | ForEach-Object { kill -9 $_ }; $deep.WaitForExit() }
        Remove-Item $target
    }

    It 'give the same rows, <Name>' -ForEach @(
        @{ Name = 'of processes'; Look = { Get-Namespace -Source Process } }
        @{ Name = 'of descriptors and sockets'; Look = { Get-Namespace -Source Process, Descriptor, Socket } }
        @{ Name = 'from everywhere'; Look = { Get-Namespace -Source All } }
        @{ Name = 'of one type'; Look = { Get-Namespace -Type Net -Source All } }
        @{ Name = 'as a tree of processes'; Look = { Get-Namespace -Source Process -Hierarchy Process } }
        @{ Name = 'as a tree of owners'; Look = { Get-Namespace -Source All -Hierarchy Owner } }
    ) {
        $iterated, $walked = Compare-Engine $Look
        $walked.Count | Should -BeGreaterThan 5
        Compare-Object @($walked) @($iterated) | Out-String | Should -BeNullOrEmpty
    }

    It 'give the same holders' {
        foreach ($helper in $helpers | Where-Object { $_.StartInfo.FileName -like '*/hidden' }) {
            $inode = [ulong]($helper.ReadyLine -split ' ')[2]
            $iterated, $walked = Compare-Engine { Get-NamespaceProcess -Inode $inode -Holder }
            $walked | Should -Not -BeNullOrEmpty
            Compare-Object @($walked) @($iterated) | Out-String | Should -BeNullOrEmpty
        }
    }

    It 'give the same processes' {
        $iterated, $walked = Compare-Engine { Get-NamespaceProcess -Inode $inodes | Add-Member Inode $mine[0] -PassThru }
        $walked.Count | Should -BeGreaterOrEqual 40
        Compare-Object @($walked) @($iterated) | Out-String | Should -BeNullOrEmpty
    }

    It 'both agree with lsns on type, processes and first process' {
        foreach ($engine in 'bpf', 'proc') {
            try {
                $env:LINUXNAMESPACES_ENGINE = $engine
                $theirs = @{}
                lsns --noheadings --raw --output NS,TYPE,NPROCS,PID | ForEach-Object { $ns, $rest = $_ -split ' ', 2; $theirs[[ulong]$ns] = $rest }
                $ours = Get-Namespace -Source Process | Where-Object Inode -In $inodes
                $ours | Should -HaveCount 4
                $ours | ForEach-Object { "$($_.Type) $($_.ProcessCount) $($_.ProcessId)".ToLowerInvariant() | Should -Be $theirs[$_.Inode] }
            }
            finally {
                Remove-Item Env:LINUXNAMESPACES_ENGINE
            }
        }
    }

    It 'counts as a nested pid namespace does' {
        $command = "Import-Module '$ModulePath'; `$env:LINUXNAMESPACES_ENGINE = '@@'; Get-Namespace -Source Process -Verbose 4>&1 | ForEach-Object { `$_ -is [LinuxNamespaces.NamespaceInfo] ? `"`$_ `$(`$_.ProcessId) `$(`$_.ParentProcessId) `$(`$_.ParentInode) `$(`$_.OwnerInode) `$(`$_.ProcessCount)`" : `"`$_`" }"
        $rows = foreach ($engine in 'bpf', 'proc') {
            , @(unshare --pid --fork --mount-proc ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command ($command -replace '@@', $engine))
        }
        $rows[0] | Where-Object { $_ -match 'BPF' } | Should -HaveCount 1
        $namespaces = $rows | ForEach-Object { , @($_ -match '^\w+:\[' -notmatch '^(pid|mnt):' | Sort-Object) }
        $namespaces[0] | Should -Be $namespaces[1]
        $namespaces[0] -match '^uts:\[\d+\] 1 0 ' | Should -HaveCount 1
    }

    It 'needs no -Source All for threads and children' {
        $env:LINUXNAMESPACES_ENGINE = 'bpf'
        try {
            foreach ($kind in 1, 2) {
                $inode = [ulong]($helpers[$kind].ReadyLine -split ' ')[2]
                Get-Namespace | Where-Object Inode -EQ $inode | Should -HaveCount 1
            }
        }
        finally {
            Remove-Item Env:LINUXNAMESPACES_ENGINE
        }
    }
}

Describe 'The choice of the engine' {
    AfterEach {
        Remove-Item Env:LINUXNAMESPACES_ENGINE -ErrorAction Ignore
    }

    It 'can be made by the environment, and is told with -Verbose' {
        $env:LINUXNAMESPACES_ENGINE = 'proc'
        "$(Get-Namespace Uts -Verbose 4>&1)" | Should -BeLike '*from /proc: LINUXNAMESPACES_ENGINE says so.*'
    }

    It 'is /proc for an ordinary user, without an error' -Skip:((id -u) -ne '0') {
        $output = Invoke-AsUser "`$env:LINUXNAMESPACES_ENGINE = 'bpf'; (Get-Namespace Uts -Verbose -WarningAction Ignore 4>&1 | Out-String)"
        "$output" | Should -BeLike '*Processes were read from /proc: *'
        "$output" | Should -Not -BeLike '*Exception*'
    }

    It 'is /proc where the caller has no capabilities, is in a user namespace, or sees another /proc' -Skip:((id -u) -ne '0') {
        $command = "Import-Module '$ModulePath'; `$env:LINUXNAMESPACES_ENGINE = 'bpf'; `"`$(Get-Namespace Uts -Verbose -WarningAction Ignore 4>&1)`""
        $pwsh = [Environment]::ProcessPath
        "$(setpriv --bounding-set -all --inh-caps -all $pwsh -NoProfile -NonInteractive -Command $command)" | Should -BeLike '*from /proc: *EPERM*'
        "$(unshare --user --map-root-user $pwsh -NoProfile -NonInteractive -Command $command)" | Should -BeLike '*from /proc: the caller is not in the initial user namespace*'
        "$(unshare --pid --fork $pwsh -NoProfile -NonInteractive -Command $command)" | Should -BeLike '*from /proc: it shows another pid namespace*'
    }
}
