BeforeDiscovery {
    # The hierarchy of version 2, as the oracle of what can be limited here: its own files, without the module.
    $root = '/sys/fs/cgroup'
    $isVersion2 = (stat -f -c %T $root) -eq 'cgroup2fs'
    $controllers = $isVersion2 ? (Get-Content $root/cgroup.controllers) -split ' ' : @()
    $isVersion1 = [bool](Get-Content /proc/cgroups -ErrorAction Ignore | Where-Object { $_ -match '^memory\t[1-9]' })
    $isVisibleRoot = $isVersion2 -and -not (Test-Path $root/cgroup.type)
    $canLimit = (id -u) -eq '0' -and -not (Compare-Object $controllers memory, cpu, pids | Where-Object SideIndicator -eq '=>') -and ($isVisibleRoot -or (Test-Path /run/systemd/system))
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $root = '/sys/fs/cgroup'
    $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item -ItemType Directory $folder
    $output = "$folder/output"

    function Get-StartError {
        param([hashtable] $With)
        try { $null = New-NamespaceProcess -Wait @With true } catch { return $_ }
        throw 'Nothing failed.'
    }

    # The directories of this session's groups.
    function Get-OwnGroup { @(Get-ChildItem $root -Directory -Recurse -Filter "linuxnamespaces-$PID-*" | ForEach-Object FullName) }
}

AfterAll {
    Remove-Item -Recurse -Force $folder
}

Describe 'Limits' {
    It 'are refused with values that limit nothing: <With.Values>' -ForEach @(
        @{ With = @{ MemoryLimit = 0 } }, @{ With = @{ MemoryLimit = -1 } }, @{ With = @{ CpuLimit = 0 } }, @{ With = @{ CpuLimit = -0.5 } }
        @{ With = @{ ProcessLimit = 0 } }, @{ With = @{ IoWeight = 0 } }, @{ With = @{ IoWeight = 10001 } }
    ) {
        (Get-StartError $With).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }

    It 'are null for a process without' {
        $process = New-NamespaceProcess -Wait true
        $process.PeakMemory, $process.CpuTime, $process.OomKilled | Should -Be $null, $null, $null
    }

    It 'are refused where the controllers are of version 1, with <Controller>' -Skip:(-not $isVersion1) -ForEach @(
        @{ Controller = 'memory'; With = @{ MemoryLimit = '64MB' } }, @{ Controller = 'cpu'; With = @{ CpuLimit = 0.5 } }
        @{ Controller = 'pids'; With = @{ ProcessLimit = 9 } }, @{ Controller = 'io'; With = @{ IoWeight = 50 } }
    ) {
        $failure = Get-StartError $With
        $failure.FullyQualifiedErrorId | Should -BeLike 'ControlGroupsNotSupported,*'
        $failure | Should -BeLike "*version 1 for $($Controller):*"
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*cgroup_no_v1=all*'
    }
}

Describe 'A program with limits' -Tag 'needs root, and control groups of version 2 with the controllers memory, cpu and pids' -Skip:(-not $canLimit) {
    It 'is killed when it reaches the memory limit, and the object tells it' -Tag T150 {
        $process = New-NamespaceProcess -MemoryLimit 32MB -Wait -RedirectStandardError $output -- sh -c 'head -c 80M /dev/zero | tail'
        $process.OomKilled | Should -BeTrue
        $process.PeakMemory | Should -BeGreaterThan 24MB
        $process.PeakMemory | Should -BeLessOrEqual 32MB
        $process.State | Should -Be 'exit 137'
        Get-OwnGroup | Should -BeNullOrEmpty
    }

    It 'is not killed below the limit' {
        $process = New-NamespaceProcess -MemoryLimit 64MB -Wait true
        $process.State, $process.OomKilled | Should -Be 'exit 0', $false
        $process.CpuTime | Should -BeGreaterThan ([timespan]::Zero)
    }

    It 'gets no more than half a processor, and Measure-Namespace agrees' -Tag T151 {
        $process = New-NamespaceProcess -CpuLimit 0.5 -Type Pid -- sh -c 'while :; do :; done'
        try {
            # A loaded machine may give less, which is no fault: so there is no lower bound, and the kernel's count of stops instead.
            $before, $watch = $process.CpuTime, [Diagnostics.Stopwatch]::StartNew()
            Wait-Condition { $watch.Elapsed.TotalSeconds -gt 5 }
            $share = ($process.CpuTime - $before) / $watch.Elapsed
            $share | Should -BeLessThan 0.55
            $group = $root + (@(Get-Content /proc/$($process.Id)/cgroup) -match '^0::' -replace '^0::')
            [int](Select-String '^nr_throttled (\d+)' $group/cpu.stat).Matches[0].Groups[1].Value | Should -BeGreaterThan 0
            $measured = ($process | Measure-Namespace -Type Pid).CpuTime
            [math]::Abs(($process.CpuTime - $measured).TotalSeconds) | Should -BeLessThan 1
        }
        finally { $process | Stop-Process -Force }
    }

    It 'cannot start more processes than its limit' -Tag T152 {
        $process = New-NamespaceProcess -ProcessLimit 6 -Type Pid -Wait -RedirectStandardOutput $output -RedirectStandardError "$output.error" -- sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 100 & echo $i; done'
        $process.ExitCode | Should -Not -Be 0
        Get-Content "$output.error" | Should -BeLike '*annot fork*'
        @(Get-Content $output).Count | Should -Be 5
    }

    It 'is in a group from the first, which is the root of a new cgroup namespace' {
        $null = New-NamespaceProcess -MemoryLimit 64MB -ProcessLimit 7 -CpuLimit 0.25 -Type Cgroup, Mnt, User -MapRootUser -Wait -RedirectStandardOutput $output -- sh -c 'grep ^0 /proc/self/cgroup'
        Get-Content $output | Should -Be '0::/'
    }

    It 'has the values in the files of its group while it lives' {
        $process = New-NamespaceProcess -MemoryLimit 64MB -ProcessLimit 7 -CpuLimit 0.25 sleep 1000
        try {
            $group = $root + (@(Get-Content /proc/$($process.Id)/cgroup) -match '^0::' -replace '^0::')
            Get-Content $group/memory.max | Should -Be (64MB)
            Get-Content $group/cpu.max | Should -Be '25000 100000'
            Get-Content $group/cgroup.procs | Should -Contain $process.Id
            [int](Get-Content $group/pids.max) | Should -BeIn 7, 8
        }
        finally { $process | Stop-Process -Force }

        Wait-Condition { $process.HasExited }
        Wait-Condition { -not (Test-Path $group) }
    }

    It 'leaves nothing running in its group' {
        $process = New-NamespaceProcess -ProcessLimit 20 -Wait -RedirectStandardOutput $output -- sh -c 'setsid sleep 1000 >/dev/null 2>&1 & echo $!'
        $process.State | Should -Be 'exit 0'
        $left = [int](Get-Content $output)
        Wait-Condition { -not (Test-Path /proc/$left) -or (Get-Content /proc/$left/stat) -match '\) [ZX] ' }
        Get-OwnGroup | Should -BeNullOrEmpty
    }

    It 'leaves no group where the start fails' {
        (Get-StartError @{ MemoryLimit = 64MB; WorkingDirectory = '/nonesuch' }).FullyQualifiedErrorId | Should -BeLike 'WorkingDirectoryNotFound,*'
        Get-OwnGroup | Should -BeNullOrEmpty
    }

    It 'has its group removed by a later start where the session was killed' -Skip:(Test-Path /run/systemd/system) {
        $session = Start-Process ([Environment]::ProcessPath) -PassThru -ArgumentList '-NoProfile', '-NonInteractive', '-Command', "`"Import-Module '$ModulePath'; `$null = New-NamespaceProcess -ProcessLimit 20 -KillWithParent sleep 1000; Set-Content '$folder/ready' x; Start-Sleep 1000`""

        # A PowerShell takes its time to start on an emulated machine.
        foreach ($try in 1..6) {
            try { Wait-Condition { Test-Path $folder/ready }; break } catch { if ($try -eq 6) { throw } }
        }

        $group = Get-ChildItem $root -Directory -Filter "linuxnamespaces-$($session.Id)-*"
        $group.Count | Should -Be 1
        Stop-Process -Id $session.Id -Force
        Wait-Condition { (Get-Content "$group/cgroup.events") -contains 'populated 0' }
        $null = New-NamespaceProcess -ProcessLimit 20 -Wait true
        Test-Path $group | Should -BeFalse
    }

    It 'says what it would do' {
        $lines = New-NamespaceProcess -MemoryLimit 64MB -CpuLimit 0.5 -Verbose -Wait true 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$lines" | Should -BeLike '*(memory 67108864 bytes, processors 0.5)*looks whether the program is in its control group*'
    }
}
