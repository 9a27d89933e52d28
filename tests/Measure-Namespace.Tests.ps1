BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $groups = findmnt -n -o TARGET -t cgroup2 | Select-Object -First 1
    $hasGroups = $isRoot -and $groups -and (Test-Path "$groups/cgroup.procs") -and -not ((findmnt -n -o OPTIONS $groups) -match '(^|,)ro(,|$)')
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    # A field of a file of a process as it stands there.
    function Get-ProcNumber {
        param([int] $Id, [string] $File, [string] $Pattern)
        [long][regex]::Match((Get-Content -Raw "/proc/$Id/$File"), $Pattern).Groups[1].Value
    }

    # What /proc says of all these, added up by hand.
    function Get-Sum {
        param([int[]] $Id)
        $sum = [ordered]@{ ProcessCount = $Id.Count; ThreadCount = 0; DescriptorCount = 0; Ticks = 0; ResidentBytes = 0; SharedBytes = 0; ProportionalBytes = 0; ReadBytes = 0; WrittenBytes = 0; ReadCharacters = 0; WrittenCharacters = 0 }
        foreach ($one in $Id) {
            $stat = (Get-Content -Raw "/proc/$one/stat") -replace '(?s)^.*\) ' -split ' '
            $statm = (Get-Content -Raw "/proc/$one/statm") -split ' '
            $sum.Ticks += [long]$stat[11] + [long]$stat[12]
            $sum.ThreadCount += [long]$stat[17]
            $sum.ResidentBytes += [long]$statm[1] * [Environment]::SystemPageSize
            $sum.SharedBytes += [long]$statm[2] * [Environment]::SystemPageSize
            $sum.ProportionalBytes += 1024 * (Get-ProcNumber $one smaps_rollup '(?m)^Pss:\s+(\d+)')
            $sum.DescriptorCount += [IO.Directory]::GetFileSystemEntries("/proc/$one/fd").Count
            $sum.ReadCharacters += Get-ProcNumber $one io 'rchar: (\d+)'
            $sum.WrittenCharacters += Get-ProcNumber $one io 'wchar: (\d+)'
            $sum.ReadBytes += Get-ProcNumber $one io '(?m)^read_bytes: (\d+)'
            $sum.WrittenBytes += Get-ProcNumber $one io '(?m)^write_bytes: (\d+)'
        }

        $sum
    }

    # Processes that have used a second of a processor, some memory, a file and a thread, and wait for the end of their input.
    $program = @'
import os, sys, threading, time
for _ in range(2 if sys.argv[1] == "three" else 0):
    if os.fork() == 0: break
keep = bytearray(os.urandom(4096) * 2048)
data = open(sys.argv[2], "w"); data.write("x" * 100000); data.flush(); os.fsync(data.fileno())
threading.Thread(target=lambda: threading.Event().wait(), daemon=True).start()
while time.process_time() < 0.4: pass
os.write(1, b"ready\n")
os.read(0, 1)
os._exit(0)
'@
    # Not by a script that finds it: that would be part of what a control group has used.
    $python = python3 -c 'import sys; print(sys.executable)'
    $scriptFile = Join-Path ([IO.Path]::GetTempPath()) "$(New-UniqueName).py"
    Set-Content $scriptFile $program

    function Start-Worker {
        param([string[]] $Prefix, [string] $Count = 'one')
        $command = $Prefix + @($python, $scriptFile, $Count, "$scriptFile.out")
        $start = [Diagnostics.ProcessStartInfo]::new($command[0])
        $command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        foreach ($line in 1..($Count -eq 'three' ? 3 : 1)) { $process.StandardOutput.ReadLine() | Should -Be ready }
        $process
    }

    function Stop-Worker {
        param([Diagnostics.Process] $Process)
        $Process.StandardInput.Close()
        $Process.WaitForExit()
    }

    # Pages come and go on a busy machine: compared is what was the same before and after. What others share of a page is theirs to change.
    function Test-Usage {
        param([scriptblock] $Measure, [int[]] $Id)
        $own = 'Ticks', 'ProportionalBytes'
        Wait-Condition {
            $script:before, $script:usage, $script:after = (Get-Sum $Id), (& $Measure), (Get-Sum $Id)
            -not ($before.Keys | Where-Object { $_ -notin $own -and $before[$_] -ne $after[$_] })
        }

        foreach ($name in $before.Keys | Where-Object { $_ -notin $own }) {
            $usage.$name | Should -Be $before[$name] -Because $name
        }

        [Math]::Round($usage.CpuTime.TotalSeconds * (getconf CLK_TCK)) | Should -Be $before.Ticks
        [Math]::Abs($usage.ProportionalBytes / $before.ProportionalBytes - 1) | Should -BeLessThan 0.3
        $usage.HiddenCount | Should -Be 0
        $usage
    }
}

AfterAll {
    Remove-Item $scriptFile, "$scriptFile.out" -ErrorAction Ignore
}

Describe 'Measure-Namespace' {
    It 'measures the namespaces of this session without any target' {
        $own = Measure-Namespace
        $own.Type | Should -Be (Get-Namespace -ProcessId $PID).Type
        $own.NamespaceInode | Should -Be (Get-Namespace -ProcessId $PID).Inode
        $own.ProcessCount | ForEach-Object { $_ | Should -BeGreaterThan 0 }
        ($own | Where-Object Type -EQ Pid).ResidentBytes | Should -BeGreaterOrEqual 10MB
    }

    It 'leaves out with -Fast what takes the kernel long' {
        $fast = Measure-Namespace -Type Uts -Fast
        $fast.ProportionalBytes, $fast.DescriptorCount, $fast.CpuPercent | Should -Be $null, $null, $null
        $fast.ThreadCount | Should -BeGreaterThan 1
    }

    It 'says what is not there' {
        { Measure-Namespace 2147483647 -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
        { Measure-Namespace 'nosuchcontainer' -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
        { Measure-Namespace -Container '[' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
        Measure-Namespace -Container 'nosuchcontainer*' | Should -BeNullOrEmpty
    }
}

Describe 'Measure-Namespace of a lab' -Skip:(-not $isRoot) {
    BeforeAll {
        $lab = Start-Worker unshare, '-u' three
        $ids = @($lab.Id) + @((Get-Content "/proc/$($lab.Id)/task/$($lab.Id)/children").Trim() -split ' ')
        $inode = Get-LinkInode $lab.Id uts
    }

    AfterAll {
        Stop-Worker $lab
    }

    It 'agrees with the sum of /proc' -Tag T086 {
        $ids | Should -HaveCount 3
        $usage = Test-Usage { Measure-Namespace $lab.Id -Type Uts } $ids
        $usage.NamespaceInode | Should -Be $inode
        $usage.CpuTime.TotalSeconds | Should -BeGreaterThan 1
        $usage.ResidentBytes | Should -BeGreaterThan 24MB
        $usage.CpuPercent | Should -BeNullOrEmpty
    }

    It 'counts a process in each of its namespaces' {
        $all = Measure-Namespace $lab.Id
        ($all | Where-Object Type -EQ Uts).ProcessCount | Should -Be 3
        ($all | Where-Object Type -EQ Pid).ProcessCount | Should -BeGreaterThan 3
        ($all | Where-Object Type -EQ Net).NamespaceInode | Should -Be (Get-LinkInode $lab.Id net)
    }

    It 'takes the pipeline, and measures all' {
        (Get-Namespace -Inode $inode | Measure-Namespace).ProcessCount | Should -Be 3
        ("uts:[$inode]", "/proc/$($lab.Id)/ns/uts" | Measure-Namespace).ProcessCount | Should -Be 3
        $all = Measure-Namespace -All -Type Uts -Fast
        ($all | Where-Object NamespaceInode -EQ $inode).ProcessCount | Should -Be 3
        $all.Type | Select-Object -Unique | Should -Be Uts
        $all.NamespaceInode | Should -Contain (Get-LinkInode $PID uts)
    }

    It 'is drawn as a table' {
        Measure-Namespace $lab.Id -Type Uts | Out-String -Width 200 | Should -Match "uts:\[$inode\] +Uts +3 +00:00:0\d\.\d\d"
    }

    It 'gives the share of a processor that is used while it is watched' -Tag T087 {
        (Measure-Namespace $lab.Id -Type Uts -IntervalSec 0.05).CpuPercent | Should -Be 0
        $busy = [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo]@{ FileName = 'unshare'; Arguments = '-u sh -c "while :; do :; done"' })
        try {
            # On a machine that has much to do it may have to wait.
            Wait-Condition { (Get-LinkInode $busy.Id uts) -notin $null, (Get-LinkInode $PID uts) }
            Wait-Condition { ($script:usage = Measure-Namespace $busy.Id -Type Uts -IntervalSec 0.3 -Fast).CpuPercent -gt 0 }
            $script:usage.CpuPercent | Should -BeLessOrEqual 120
            $script:usage.CpuTime | Should -BeGreaterThan ([TimeSpan]::Zero)
        }
        finally {
            $busy.Kill($true)
            $busy.WaitForExit()
        }
    }
}

Describe 'Measure-Namespace of a container' -Skip:(-not $hasGroups) {
    BeforeAll {
        $id = -join (1..4 | ForEach-Object { [guid]::NewGuid().ToString('n').Substring(0, 16) })
        $group = "$(findmnt -n -o TARGET -t cgroup2 | Select-Object -First 1)/docker-$id.scope"
        $null = New-Item -ItemType Directory $group

        # In the group from the first, so that it has all that is used.
        $lab = Start-Worker sh, '-c', "echo `$`$ > $group/cgroup.procs; exec `"`$@`"", 'sh' three
    }

    AfterAll {
        Stop-Worker $lab
        Wait-Condition { -not (Get-Content $group/cgroup.procs) }
        rmdir $group
    }

    It 'agrees with the figures of its control group' -Tag T088 {
        $name = "docker:$($id.Substring(0, 12))"
        $procs = Get-Content $group/cgroup.procs
        $usage = Test-Usage { Measure-Namespace -Container $name } $procs
        $usage.Container, $usage.ProcessCount | Should -Be $name, $procs.Count
        $usage.ThreadCount | Should -Be @(Get-Content $group/cgroup.threads).Count

        # The group counts in millionths of a second and has what the shell used; processes count in ticks, and round down.
        $microseconds = [long](((Get-Content $group/cpu.stat) -match '^usage_usec')[0] -split ' ')[1]
        [Math]::Abs($usage.CpuTime.TotalSeconds - $microseconds / 1e6) | Should -BeLessThan 0.25
        $usage.Type, $usage.NamespaceInode | Should -Be $null, $null
    }

    It 'takes names without the runtime, and wildcards' {
        (Measure-Namespace -Container "$($id.Substring(0, 8))*" -Fast).ProcessCount | Should -Be 3
        (Measure-Namespace -Container "docker:$($id.Substring(0, 8))*" -Fast | Out-String -Width 200) | Should -Match "docker:$($id.Substring(0, 12))"
    }
}
