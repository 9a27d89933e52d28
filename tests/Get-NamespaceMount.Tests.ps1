BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    # Rows of findmnt and of the module in one form.
    function Get-FindmntRow {
        param([int] $ProcessId)
        $found = findmnt -N $ProcessId -J --list --nofsroot -o ID,PARENT,TARGET,SOURCE,FSTYPE,VFS-OPTIONS,FS-OPTIONS,PROPAGATION,MAJ:MIN,FSROOT | ConvertFrom-Json
        foreach ($mount in $found.filesystems) {
            $propagation = ($mount.propagation -split ',' | Where-Object { $_ -ne 'private' } | Sort-Object) -join ','

            # findmnt looks up which device /dev/root stands for.
            $source = $mount.target -eq '/' ? '' : $mount.source
            "$($mount.id)|$($mount.parent)|$($mount.target)|$source|$($mount.fstype)|$($mount.'vfs-options')|$($mount.'fs-options')|$propagation|$($mount.'maj:min')|$($mount.fsroot)"
        }
    }

    function Get-OwnMountRow {
        param([Parameter(ValueFromPipeline)] $Mount)
        process {
            $propagation = ("$($Mount.Propagation)".ToLower() -split ', ' | Where-Object { $_ -ne 'private' } | Sort-Object) -join ','
            $source = $Mount.MountPoint -eq '/' ? '' : $Mount.Source
            "$($Mount.Id)|$($Mount.ParentId)|$($Mount.MountPoint)|$source|$($Mount.FileSystemType)|$($Mount.Options)|$($Mount.FileSystemOptions)|$propagation|$($Mount.Device)|$($Mount.Root)"
        }
    }

    # A shell in a mount namespace of its own that has run these commands, and lives until its input ends.
    function Start-MountLab {
        param([Parameter(Mandatory)] [string] $Commands, [string[]] $Unshare = @('-m'))
        $start = [Diagnostics.ProcessStartInfo]::new('unshare')
        foreach ($argument in $Unshare + @('--propagation', 'private', 'sh', '-ec', "$Commands; echo ready; exec cat")) { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardOutput.ReadLine() | Should -Be ready
        $process
    }
}

Describe 'Get-NamespaceMount' {
    It 'lists the mounts of this namespace without any target, as findmnt does' {
        # Others mount and unmount meanwhile: these stay.
        $own = Get-NamespaceMount -MountPoint /proc, /sys, /dev/pts | Get-OwnMountRow | Sort-Object
        $own | Should -Be (Get-FindmntRow $PID | Where-Object { $_ -match '^\d+\|\d+\|/(proc|sys|dev/pts)\|' } | Sort-Object)
        $own.Count | Should -BeGreaterThan 0
    }

    It 'says what is not there' {
        { Get-NamespaceMount 2147483647 -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
        { Get-NamespaceMount /proc/self/ns/uts -ErrorAction Stop } | Should -Throw -ErrorId 'TargetLacksType,*'
        { Get-NamespaceMount 'nosuchcontainer' -ErrorAction Stop } | Should -Throw -ErrorId 'TargetNotFound,*'
        { Get-NamespaceMount -MountPoint '[' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
        Get-NamespaceMount 'nosuchcontainer*' | Should -BeNullOrEmpty
    }
}

Describe 'Get-NamespaceMount of a lab' -Skip:(-not $isRoot) {
    BeforeAll {
        $folder = Join-Path $TestDrive (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $lab = Start-MountLab @"
mount -t tmpfs '' '$folder'; cd '$folder'
mkdir 'a b' shared slave alone "back\\slash" idmap
mount -t tmpfs -o ro,nosuid,nodev,noexec,noatime,size=1m 'odd src' 'a b'
mount --bind shared shared; mount --make-shared shared
mount --bind shared slave; mount --make-slave slave
mount --bind alone alone; mount --make-unbindable alone
mount -t tmpfs -o nodiratime,strictatime x "back\\slash"
"@
        $inode = Get-LinkInode $lab.Id mnt
    }

    AfterAll {
        $lab.StandardInput.Close()
        $lab.WaitForExit()
    }

    It 'agrees with findmnt -N on every column' -Tag T041 {
        $own = @(Get-NamespaceMount $lab.Id)
        ($own | Get-OwnMountRow) -join "`n" | Should -Be ((Get-FindmntRow $lab.Id) -join "`n")
        $own.NamespaceInode | Select-Object -Unique | Should -Be $inode
        $own.MountPoint | Should -Contain "$folder/a b"
        $own.MountPoint | Should -Contain "$folder/back\slash"
    }

    It 'knows peers, also those of other namespaces' -Tag T042 {
        $shared, $slave = (Get-NamespaceMount $lab.Id -MountPoint $folder/shared), (Get-NamespaceMount $lab.Id -MountPoint $folder/slave)
        $shared.Propagation, $slave.Propagation | Should -Be Shared, Slave
        $slave.MasterGroup | Should -Be $shared.PeerGroup
        $shared.PeerGroup | Should -BeGreaterThan 0
        (Get-NamespaceMount $lab.Id -MountPoint "$folder/alone").Propagation | Should -Be Unbindable

        # A copy of the namespace keeps what is shared.
        $copy = [Diagnostics.ProcessStartInfo]::new('nsenter')
        foreach ($argument in '-t', $lab.Id, '-m', 'unshare', '-m', '--propagation', 'unchanged', 'sh', '-c', 'echo ready; exec cat') { $copy.ArgumentList.Add($argument) }
        $copy.RedirectStandardInput = $copy.RedirectStandardOutput = $true
        $other = [Diagnostics.Process]::Start($copy)
        try {
            $other.StandardOutput.ReadLine() | Should -Be ready
            $peers = Get-NamespaceMount -All | Where-Object PeerGroup -EQ $shared.PeerGroup
            $peers.NamespaceInode | Sort-Object | Should -Be (@($inode, (Get-LinkInode $other.Id mnt)) | Sort-Object)
        }
        finally {
            $other.StandardInput.Close()
            $other.WaitForExit()
        }
    }

    It 'takes mount points, types, sources and the pipeline' {
        (Get-NamespaceMount $lab.Id -MountPoint "$folder/*" -FileSystemType tmp*).Count | Should -Be 5
        (Get-NamespaceMount $lab.Id -Source 'odd*').Options | Should -Be 'ro,nosuid,nodev,noexec,noatime'
        (Get-Process -Id $lab.Id | Get-NamespaceMount -MountPoint $folder).FileSystemType | Should -Be tmpfs
        (Get-Namespace -Inode $inode | Get-NamespaceMount -MountPoint $folder).NamespaceInode | Should -Be $inode
        ("mnt:[$inode]", $lab.Id, "/proc/$($lab.Id)/ns/mnt" | Get-NamespaceMount -MountPoint $folder) | Should -HaveCount 1
        (Get-NamespaceMount $lab.Id -MountPoint $folder | Get-NamespaceMount -MountPoint $folder).MountPoint | Should -Be $folder
        (Get-NamespaceMount -All -MountPoint $folder).NamespaceInode | Should -Be $inode
    }

    It 'is drawn by namespace' {
        $text = Get-NamespaceMount $lab.Id -Source 'odd*' | Out-String -Width 160
        $text | Should -Match "Namespace: mnt:\[$inode\]"
        $text | Should -Match 'odd src +tmpfs +Private +ro,nosuid'
        "$(Get-NamespaceMount $lab.Id -Source 'odd*')" | Should -Be "odd src $folder/a b tmpfs ro,nosuid,nodev,noexec,noatime"
    }

    It 'reads a mount namespace without a process' -Tag T043 {
        $pins = Join-Path $TestDrive (New-UniqueName)
        $null = New-Item -ItemType Directory $pins
        mount --bind $pins $pins
        mount --make-private $pins
        try {
            $null = New-Item "$pins/mnt"
            unshare --mount=$pins/mnt --propagation private mount -t tmpfs -o size=2m nobody $folder
            $mount = Get-NamespaceMount $pins/mnt -Source nobody
            $mount.MountPoint, $mount.FileSystemOptions | Should -Be $folder, (nsenter --mount=$pins/mnt findmnt -n -o FS-OPTIONS --source nobody)
            (Get-NamespaceMount -All -Source nobody).NamespaceInode | Should -Be $mount.NamespaceInode
            Get-NamespaceProcess -Inode $mount.NamespaceInode -ErrorAction Ignore | Should -BeNullOrEmpty
        }
        finally {
            umount -R -l $pins
        }
    }

    It 'knows the map of an idmapped mount' -Tag T044 {
        $script = @'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
class Attr(ctypes.Structure):
    _fields_ = [("set", ctypes.c_uint64), ("clr", ctypes.c_uint64), ("propagation", ctypes.c_uint64), ("userns", ctypes.c_uint64)]
holder, source, target = sys.argv[1:]
tree = libc.syscall(428, -100, source.encode(), 1)
attr = Attr(0x100000, 0, 0, os.open(f"/proc/{holder}/ns/user", os.O_RDONLY))
if libc.syscall(442, tree, b"", 0x1000, ctypes.byref(attr), ctypes.sizeof(attr)) != 0: sys.exit(77)
if libc.syscall(429, tree, b"", -100, target.encode(), 4) != 0: sys.exit(1)
'@
        Set-Content $TestDrive/idmap.py $script
        $holder = New-NamespaceProcess -Type User -UidMap 0:100000:1000 -GidMap 0:200000:10 sleep 600
        try {
            nsenter -t $lab.Id -m python3 $TestDrive/idmap.py $holder.Id $folder $folder/idmap
            if ($LASTEXITCODE -eq 77) {
                Set-ItResult -Skipped -Because 'this kernel maps no ids of tmpfs'
                return
            }

            $mount = Get-NamespaceMount $lab.Id -MountPoint $folder/idmap
            $mount.IsIdMapped | Should -BeTrue
            (Get-NamespaceMount $lab.Id -MountPoint $folder).IsIdMapped | Should -BeFalse
            if ([version](uname -r).Split('-')[0] -ge '6.15') {
                "$($mount.UidMap)|$($mount.GidMap)" | Should -Be '0:100000:1000|0:200000:10'
            }

            ($mount | Get-OwnMountRow) | Should -Be (Get-FindmntRow $lab.Id | Where-Object { $_ -match "\|$folder/idmap\|" })
        }
        finally {
            $holder | Stop-Process
        }
    }

    It 'is what an ordinary user sees of their own' {
        $seen = Invoke-AsUser '(Get-NamespaceMount -MountPoint /proc).FileSystemType; try { Get-NamespaceMount 1 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }'
        $seen | Should -Be proc, 'ProcessHidden,LinuxNamespaces.Commands.GetNamespaceMountCommand'
    }
}
