BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $kinds = @(
        @{ Kind = 'thread'; Type = 'Net'; Source = 'Thread'; Field = 'ThreadId' }
        @{ Kind = 'child'; Type = 'Time'; Source = 'Child'; Field = $null }
        @{ Kind = 'pidchild'; Type = 'Pid'; Source = 'Process Child'; Field = $null }
        @{ Kind = 'fd'; Type = 'Uts'; Source = 'Descriptor'; Field = 'Descriptor' }
        @{ Kind = 'socket'; Type = 'Net'; Source = 'Socket'; Field = 'Descriptor' }
        @{ Kind = 'mount'; Type = 'Uts'; Source = 'Mount'; Field = 'MountNamespace' }
        @{ Kind = 'nobody'; Type = 'Ipc'; Source = 'Mount'; Field = 'MountNamespace' }
        @{ Kind = 'ghost'; Type = 'User'; Source = 'Relation'; Field = $null }
    )
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $older = [LinuxNamespaces.NamespaceInfo].Assembly.GetType('LinuxNamespaces.Kernel.Errors.OlderKernel').GetProperty('Missing', [Reflection.BindingFlags]'NonPublic, Static')
    $features = $older.PropertyType
    $target = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item $target
}

AfterAll {
    Remove-Item $target
}

Describe 'A namespace kept by <Kind>' -Skip:(-not $isRoot) -ForEach $kinds {
    BeforeAll {
        $holder = Start-Helper hidden $Kind, $target
        $null, $keeper, $inode, $detail = [ulong[]]($holder.ReadyLine -replace 'ready', '0' -split ' ')
    }

    AfterAll {
        if ($holder.ReadyLine) { Stop-Helper $holder }
    }

    It 'is found with its type and what keeps it' -Tag T031 {
        $ns = Get-Namespace -Source All | Where-Object Inode -EQ $inode
        $ns | Should -HaveCount 1
        $ns.Type | Should -Be $Type
        "$($ns.Source)" | Should -Be $Source
        $ns.OwnerInode | Should -Be (Get-LinkInode $PID user)
        if ($Source -eq 'Mount') {
            $ns.MountPoint | Should -Be $target
            $ns.MountNamespace | Should -Be $detail
        }
    }

    It 'is found on a kernel without the newer calls' -Tag T032 {
        try {
            $older.SetValue($null, [enum]::Parse($features, 'All'))
            $ns = Get-Namespace -Source All | Where-Object Inode -EQ $inode
            if ($Kind -eq 'nobody') {
                $ns | Should -BeNullOrEmpty
                return
            }

            $ns.Type | Should -Be $Type
            "$($ns.Source)" | Should -Be $Source
            $ns.NamespaceId | Should -BeNullOrEmpty
            ($ns | Get-NamespaceProcess -Holder).Source | Should -Not -BeNullOrEmpty
        }
        finally {
            $older.SetValue($null, [enum]::Parse($features, 'None'))
        }
    }

    It 'tells who keeps it' -Tag T033 {
        $found = @(Get-NamespaceProcess -Inode $inode -Holder | Where-Object Source -NE Process)
        $found | Should -HaveCount 1
        $found[0].Source | Should -Be ($Source -replace '^Process ')
        if ($Source -in 'Mount', 'Relation') {
            $found[0].Id | Should -BeNullOrEmpty
        }
        else {
            $found[0].Id | Should -Be $keeper
            $found[0].CommandLine | Should -BeLike "*hidden $Kind*"
        }

        if ($Field) {
            $found[0].$Field | Should -Be $detail
        }

        if ($Kind -ne 'pidchild') {
            Get-Namespace -Inode $inode -Source All | Get-NamespaceProcess | Should -BeNullOrEmpty
        }
    }

    It 'can be opened again from its object' {
        $ns = Get-Namespace -Source All | Where-Object Inode -EQ $inode
        $same = Compare-Namespace $ns $ns
        $same.IsEqual | Should -BeTrue
        $same.ReferenceInode | Should -Be $inode
        try {
            $older.SetValue($null, [enum]::Parse($features, 'NamespaceId, NamespaceFileHandles'))
            (Compare-Namespace $ns $ns).ReferenceInode | Should -Be $inode
        }
        finally {
            $older.SetValue($null, [enum]::Parse($features, 'None'))
        }
    }

    It 'is gone from the list when it is let go' -Tag T034 {
        $ns = Get-Namespace -Source All | Where-Object Inode -EQ $inode
        Stop-Helper $holder
        $holder.ReadyLine = $null

        # The kernel takes its time with some, and its number soon passes to another.
        foreach ($try in 1..50) {
            $left = Get-Namespace -Source All | Where-Object { $_.Inode -eq $inode -and $_.Type -eq $Type -and $_.NamespaceId -eq $ns.NamespaceId }
            $failure = $null
            try { $null = Compare-Namespace $ns $PID } catch { $failure = $_ }
            if (-not $left -and $failure) { break }
            Start-Sleep -Milliseconds 100
        }

        $left | Should -BeNullOrEmpty
        $failure.FullyQualifiedErrorId | Should -BeLike 'NamespaceGone,*'
    }
}

Describe 'Get-Namespace -Source All' -Skip:(-not $isRoot) {
    It 'lists all that the default search lists' {
        $default = Get-Namespace
        $all = (Get-Namespace -Source All).Inode
        $again = (Get-Namespace).Inode
        $default.Inode | Where-Object { $_ -notin $all -and $_ -in $again } | Should -BeNullOrEmpty
    }

    It 'counts no descriptor of its own search as a holder' {
        $own = Get-LinkInode $PID uts
        Get-NamespaceProcess -Inode $own -Holder | Where-Object { $_.Id -eq $PID -and $_.Source -eq 'Descriptor' } | Should -BeNullOrEmpty
    }
}

Describe 'Bind mounts of namespaces in odd places' -Skip:(-not $isRoot) {
    BeforeAll {
        # One process, whose root is not that of its mount namespace.
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $script = @'
mount -t tmpfs odd "$1" && cd "$1" && mkdir sub root root/bin root/usr root/lib root/lib64
for name in usr bin lib lib64; do ! [ -e /$name ] || mount --rbind /$name root/$name; done
for name in 'with space' "new
line" 'back\slash' sub/under twice under-file root/inside; do
    : > "$name"
    unshare --uts mount --bind /proc/self/ns/uts "$name"
done
mount -t tmpfs cover sub
unshare --uts mount --bind /proc/self/ns/uts twice
mount --bind /dev/null under-file
grep -c nsfs /proc/self/mountinfo
exec chroot root sleep 1000
'@
        $null = New-Item -ItemType Directory $folder
        $start = [Diagnostics.ProcessStartInfo]::new('unshare')
        '--mount', '--propagation', 'private', 'sh', '-c', $script, 'sh', $folder | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $null = $process.StandardOutput.ReadLine()
        Wait-Condition { (readlink "/proc/$($process.Id)/root") -eq "$folder/root" }
    }

    AfterAll {
        $process.Kill()
        $process.WaitForExit()
        Remove-Item $folder
    }

    It 'are all found, and each path that is told leads there, by <Engine>' -Tag T270 -ForEach @(@{ Engine = 'proc' }, @{ Engine = 'bpf' }) {
        $env:LINUXNAMESPACES_ENGINE = $Engine
        try {
            $found = Get-Namespace Uts -Source All -WarningVariable warnings -WarningAction Ignore | Where-Object MountPoint -Like "$folder/*"
        }
        finally {
            Remove-Item Env:LINUXNAMESPACES_ENGINE
        }

        ($found.MountPoint | Sort-Object) -replace [regex]::Escape("$folder/") | Should -Be ('back\slash', 'new\nline', 'root/inside', 'sub/under', 'twice', 'twice', 'under-file', 'with space' | Sort-Object)
        $warnings -match 'bind mounts' | Should -BeNullOrEmpty
        foreach ($namespace in $found | Where-Object Path) {
            # Text for people: a newline of the path is written as \n in it.
            if ($namespace.Path -notmatch 'new') { stat -c %i $namespace.Path | Should -Be $namespace.Inode }
        }
    }

    It 'are opened, or said to be covered' -Tag T271 {
        $seen = [ulong](nsenter "--mount=/proc/$($process.Id)/ns/mnt" stat -c %i "$folder/twice")
        foreach ($namespace in Get-Namespace Uts -Source All -WarningAction Ignore | Where-Object MountPoint -Like "$folder/*") {
            # Of two on one path, the one mounted last is seen.
            if ($namespace.MountPoint -match 'under' -or ($namespace.MountPoint -match 'twice' -and $namespace.Inode -ne $seen)) {
                { $namespace | Invoke-NamespaceCommand -FilePath true -ErrorAction Stop } | Should -Throw '*another mount covers*' -ErrorId 'NamespaceCovered,*'
            }
            else {
                $namespace | Invoke-NamespaceCommand -FilePath readlink -ArgumentList /proc/self/ns/uts | Should -Be $namespace.ToString()
            }
        }
    }
}
