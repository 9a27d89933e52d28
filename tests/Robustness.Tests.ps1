BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    # A script in a PowerShell of its own mount namespace, where /proc may be spoilt.
    function Invoke-WithPrivateProc {
        param([string] $Prepare, [string] $Script, [switch] $AsUser)
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $file = "$folder/script.ps1"
        Set-Content $file "Import-Module '$ModulePath'`n$Script"
        $user = if ($AsUser) { "env HOME=$UserHome setpriv --reuid 65534 --regid 65534 --clear-groups" }
        unshare --mount sh -c "$Prepare; exec env NO_COLOR=1 $user '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -OutputFormat Text -File '$file' 2>&1"
        Remove-Item $folder -Recurse
    }
}

Describe 'The inventory' -Skip:(-not $isRoot) {
    It 'survives 500 processes a second that start and end' {
        $mark = Start-Helper hidden fd
        $churn = Start-Helper crowd churn, 500
        try {
            $inode = [ulong]($mark.ReadyLine -split ' ')[2]
            foreach ($look in 1..20) {
                $all = Get-Namespace
                $all | Where-Object Inode -EQ $inode | Should -HaveCount 1
                $all | Where-Object IsCurrent | Should -HaveCount 8
            }

            Get-Namespace -Source All | Where-Object Inode -EQ $inode | Should -HaveCount 1
            (Get-NamespaceProcess -Inode $inode -Holder).Id | Should -Be $mark.Id
            (Get-NamespaceProcess -Inode (Get-LinkInode $PID uts)).Id | Should -Contain $PID
        }
        finally {
            Stop-Helper $churn
            Stop-Helper $mark
        }
    }

    It 'sees all of 10,000 processes' {
        $own = Get-LinkInode $PID uts
        $crowd = Start-Helper crowd processes, 10000
        try {
            (Get-Namespace -Inode $own).ProcessCount | Should -BeGreaterThan 10000
            @(Get-NamespaceProcess -Inode $own).Count | Should -BeGreaterThan 10000
            Get-Namespace -Source All | Where-Object Inode -EQ $own | Should -HaveCount 1
        }
        finally {
            Stop-Helper $crowd
        }
    }

    It 'sees all of 1,000 net namespaces held by descriptors' {
        $nets = Start-Helper crowd nets, 1000
        try {
            $found = Get-Namespace -Type Net | Where-Object Path -Like "/proc/$($nets.Id)/*"
            $found.Count | Should -BeGreaterOrEqual 999
            @($found.Inode | Sort-Object -Unique).Count | Should -Be $found.Count
            $found.OwnerInode | Select-Object -Unique | Should -Be (Get-LinkInode $PID user)
            @(Get-NamespaceProcess -Inode $found[500].Inode -Holder).Descriptor | Should -HaveCount 1
        }
        finally {
            Stop-Helper $nets
        }
    }

    It 'finds the one namespace among 20,000 descriptors' {
        # As many as a process may have, where that is less and may not be raised.
        prlimit --nofile=20100:20100 true 2> $null
        $count = $LASTEXITCODE ? [Math]::Min(20000, [int](sh -c 'ulimit -Hn') - 100) : 20000
        $files = Start-Helper crowd files, $count
        try {
            $inode = [ulong]($files.ReadyLine -split ' ')[1]
            [IO.Directory]::GetFileSystemEntries("/proc/$($files.Id)/fd").Count | Should -BeGreaterThan $count
            (Get-Namespace -Inode $inode).Source | Should -Be Descriptor
            (Get-NamespaceProcess -Inode $inode -Holder).Id | Should -Be $files.Id
        }
        finally {
            Stop-Helper $files
        }
    }

    It 'finds the mount at the end of a long table, odd names before it' {
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $lines = Invoke-WithPrivateProc "mkdir $folder; mount -t tmpfs none $folder; cd $folder; i=0; while [ `$i -lt 300 ]; do mkdir `"`$i ä \b`"; mount --bind . `"`$i ä \b`"; i=`$((i+1)); done; touch 'last one'; mount --bind /proc/self/ns/uts 'last one'" @"
`$uts = Get-Namespace uts -ProcessId `$PID
(Get-Content /proc/self/mountinfo).Count -gt 300
`$uts.MountPoint
"@
        Remove-Item $folder -Recurse
        $lines | Should -Be 'True', "$folder/last one"
    }

    It 'reads a mount table of 5,000 lines with escapes and unicode, its own and that of others' {
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $script = @"
Import-Module '$ModulePath'
`$watch = [Diagnostics.Stopwatch]::StartNew()
`$mounted = Get-Namespace Uts -Source Mount -WarningAction Ignore | Where-Object MountPoint -Like '$folder/*'
`$mounted.Count
`$last = `$mounted | Where-Object MountPoint -Like '$folder/last*'
`$last.Inode
`$last.MountPoint
`$last.Source
(`$last | Get-Namespace -WarningAction Ignore).Inode
(`$last | Get-NamespaceProcess -Holder -WarningAction Ignore).MountPoint
(`$last | Dismount-Namespace -PassThru).IsGone
`$watch.Elapsed.TotalSeconds
"@
        $shown = "$folder/last \t\n\ \040 ä 命 #5000"
        $crowd = Start-Helper crowd mounts, 5000, $folder
        try {
            $inode = ($crowd.ReadyLine -split ' ')[1]
            (Get-Content "/proc/$($crowd.Id)/mountinfo").Count | Should -BeGreaterThan 5000

            # From outside, where they are the mounts of another mount namespace.
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $found = Get-Namespace Uts -Source All | Where-Object MountPoint -Like "$folder/*"
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 60
            $found | Should -HaveCount 10
            $last = $found | Where-Object Inode -EQ $inode
            $last.MountPoint | Should -Be $shown
            $last.MountNamespace | Should -Be (Get-LinkInode $crowd.Id mnt)

            # From inside.
            $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))
            $lines = nsenter --mount --target $crowd.Id env NO_COLOR=1 ([Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded 2>&1
            $lines[0..6] | Should -Be '10', $inode, $shown, 'Mount', $inode, $shown, 'True'
            [double]$lines[7] | Should -BeLessThan 60
        }
        finally {
            Stop-Helper $crowd
            Remove-Item $folder -Recurse
        }
    }

    It 'says what it could not see with hidepid=2' -Tag T180 {
        $lines = Invoke-WithPrivateProc 'mount -t proc -o hidepid=2 proc /proc' '$all = Get-Namespace -WarningAction SilentlyContinue; @($all | Where-Object ProcessCount).Count; ($all | Measure-Object ProcessCount -Maximum).Maximum; try { Get-Namespace -ProcessId 1 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }' -AsUser
        $lines | Should -Be '8', '1', 'ProcessNotFound,LinuxNamespaces.Commands.GetNamespaceCommand'
    }

    It 'says once that /proc hides other users'' processes: hidepid=<Mode>' -ForEach @{ Mode = 'invisible' }, @{ Mode = 'ptraceable' } {
        $lines = Invoke-WithPrivateProc "mount -t proc -o hidepid=$Mode proc /proc" @'
$warnings = & { Get-Namespace; Get-NamespaceProcess -Inode (Get-Item /proc/self/ns/uts).Target.Split('[')[1].Trim(']') } 3>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }
$warnings.Count
"$($warnings[0])"
"$($warnings[1])"
try { Get-Namespace -ProcessId 1 -ErrorAction Stop } catch { "$_"; $_.ErrorDetails.RecommendedAction }
try { Compare-Namespace 1 -ErrorAction Stop } catch { "$_" }
try { Get-NetNamespaceInterface 1 -ErrorAction Stop } catch { "$_" }
@(Get-Namespace -Verbose 4>&1 3>$null | Where-Object { "$_" -like '/proc: hides*hidepid*' }).Count
'@ -AsUser
        $lines[0] | Should -Be 2
        $lines[1] | Should -BeLike "Other users' processes (/proc hides them: hidepid) could not be read: *counts too low. Run as root*"
        $lines[2] | Should -BeLike "Other users' processes*"
        $lines[3] | Should -BeLike 'There is no process 1 that you may see: *hidepid*'
        $lines[4] | Should -BeLike 'Run as root*'
        $lines[5] | Should -BeLike '*no process 1 that you may see*'
        $lines[6] | Should -BeLike '*no process 1 that you may see*'
        $lines[7] | Should -Be 1
    }

    It 'says nothing of hidepid to <Who>' -ForEach @(
        @{ Who = 'root'; Options = 'hidepid=2'; AsUser = $false }
        @{ Who = 'the group that sees all'; Options = 'hidepid=2,gid=65534'; AsUser = $true }
        @{ Who = 'those of whom it only keeps the contents'; Options = 'hidepid=1'; AsUser = $true }
    ) {
        $lines = Invoke-WithPrivateProc "mount -t proc -o $Options proc /proc" '@(Get-Namespace 3>&1 | Where-Object { "$_" -like "*hidepid*" }).Count; try { Get-Namespace -ProcessId 4194304 -ErrorAction Stop } catch { "$_" }' -AsUser:$AsUser
        $lines | Should -Be '0', 'There is no process 4194304.'
    }

    It 'says that there is no /proc' -Tag T181 {
        $lines = Invoke-WithPrivateProc ':' @'
mount -t tmpfs none /proc
foreach ($command in { Get-Namespace }, { Get-Namespace -Source All }, { Get-NamespaceProcess -Inode 1 }, { Get-NamespaceLimit }) {
    try { & $command } catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category)" }
}
try { Compare-Namespace $PID } catch { $_.FullyQualifiedErrorId }
'@
        $lines | Should -HaveCount 5
        $lines[0..3] | Should -BeLike 'ProcNotMounted,* ObjectNotFound'
        $lines[4] | Should -BeLike 'ProcNotMounted,*'
    }

    It 'starts programs without /proc, and says what needs it' -Tag T209 {
        $out = Join-Path $TestDrive out
        $lines = Invoke-WithPrivateProc ':' @"
mount -t tmpfs none /proc
(New-NamespaceProcess -Type Uts -HostName box -Wait -RedirectStandardOutput $out -- sh -c 'hostname; exit 7').ExitCode
Get-Content $out
(New-NamespaceProcess -Type Pid, Mnt -MountProc -Wait -RedirectStandardOutput $out -- sh -c 'echo `$`$; readlink /proc/self/ns/pid | cut -c 1-3').ExitCode
Get-Content $out
foreach (`$command in { New-NamespaceProcess -Type Uts -MapRootUser true }, { New-NamespaceProcess -UidMap 0:1000:10 -GidMap 0:1000:10 true }, { New-NamespaceProcess -Join 1 true }) {
    try { & `$command } catch { "`$(`$_.FullyQualifiedErrorId) `$(`$_.ErrorDetails.RecommendedAction)" }
}
"@
        $lines[0..4] | Should -Be '7', 'box', '0', '1', 'pid'
        $lines | Should -HaveCount 8
        $lines[5..7] | Should -BeLike 'ProcNotMounted,* mount -t proc proc /proc'
    }

    It 'names the mount option that leaves limits out, and works without them' -Tag T200 {
        $lines = Invoke-WithPrivateProc ':' @"
mount -t proc -o subset=pid proc /proc
foreach (`$command in { Get-NamespaceLimit -ErrorAction Stop }, { Get-NamespaceLimit Uts -ErrorAction Stop }, { Set-NamespaceLimit Uts 5 -ErrorAction Stop }) {
    try { & `$command; "`$command said nothing" } catch { "`$(`$_.FullyQualifiedErrorId) `$_ `$(`$_.ErrorDetails.RecommendedAction)" }
}
(Get-Namespace -ProcessId `$PID).Count
(New-NamespaceProcess -Type Uts, Pid -MountProc -Wait true).ExitCode
"@
        $lines[0..2] | Should -BeLike 'ProcNotMounted,* *subset=pid* mount -t proc proc /proc'
        $lines[3, 4] | Should -Be (@(Get-ChildItem /proc/self/ns | Where-Object Name -NotLike '*_for_children').Count), 0
    }

    It 'says so whatever is asked, and changes nothing' -Tag T182 {
        $name = New-UniqueName
        $lines = Invoke-WithPrivateProc ':' @"
mount -t tmpfs none /proc
foreach (`$command in { Get-NamespaceProcess '$name' }, { Get-NamespaceProcess -Inode 1 -Holder }, { Watch-Namespace Uts -TimeoutSec 0 }, { Mount-Namespace `$PID /tmp/$name -Type Uts -Create },
    { Dismount-Namespace /tmp/$name }, { Enter-Namespace `$PID }, { Get-NetNamespaceInterface }, { Get-NetNamespaceInterface -All }, { New-NetNamespace $name }, { Remove-NetNamespace $name }, { Set-NamespaceLimit Uts 5 },
    { Compare-Namespace web }) {
    try { `$ErrorActionPreference = 'Stop'; & `$command; "`$command said nothing" } catch { "`$(`$_.FullyQualifiedErrorId) `$(`$_.CategoryInfo.Category)" }
}
"@
        $lines | Should -HaveCount 12
        $lines | Should -BeLike 'ProcNotMounted,* ObjectNotFound'
        "/tmp/$name", "/run/netns/$name" | Should -Not -Exist
    }
}
