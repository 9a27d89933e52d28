BeforeDiscovery {
    # The same wishes in the words of this module and of bwrap; {0} is a folder with src/, low/ and a file. All but the last have a root of their
    # own with /usr, /etc and /proc.
    $sets = @(
        @{ Name = 'nothing more' }
        @{ Name = 'a bind'; With = @{ Bind = '{0}/src:/data' }; Words = '--bind {0}/src /data' }
        @{ Name = 'a read-only bind'; With = @{ Bind = '{0}/src:/data:ro' }; Words = '--ro-bind {0}/src /data' }
        @{ Name = 'a bind of a file'; With = @{ Bind = '{0}/file:/data/file' }; Words = '--bind {0}/file /data/file' }
        @{ Name = 'a read-only bind of a file'; With = @{ ReadOnlyBind = '{0}/file:/data/file' }; Words = '--ro-bind {0}/file /data/file' }
        @{ Name = 'a bind deep below'; With = @{ Bind = '{0}/src:/a/b/c/d' }; Words = '--bind {0}/src /a/b/c/d' }
        @{ Name = 'a bind with devices'; With = @{ Bind = '/dev:/devices:dev' }; Words = '--dev-bind /dev /devices' }
        @{ Name = 'a bind in a bind'; With = @{ Bind = '{0}:/data', '{0}/src:/data/low' }; Words = '--bind {0} /data --bind {0}/src /data/low' }
        @{ Name = 'a writable bind in a read-only one'; With = @{ Bind = '{0}:/data:ro', '{0}/src:/data/low' }; Words = '--ro-bind {0} /data --bind {0}/src /data/low' }
        @{ Name = 'an optional bind that is there'; With = @{ Bind = '{0}/src:/data:optional' }; Words = '--bind-try {0}/src /data' }
        @{ Name = 'an optional bind that is not'; With = @{ Bind = '{0}/nonesuch:/data:optional' }; Words = '--bind-try {0}/nonesuch /data' }
        @{ Name = 'a tmpfs'; With = @{ Tmpfs = '/tmp' }; Words = '--tmpfs /tmp' }
        @{ Name = 'a tmpfs with a size'; With = @{ Tmpfs = '/tmp:size=1m' }; Words = '--size 1048576 --tmpfs /tmp' }
        @{ Name = 'a tmpfs with a mode'; With = @{ Tmpfs = '/tmp:mode=1777' }; Words = '--perms 1777 --tmpfs /tmp' }
        @{ Name = 'a tmpfs in a bind'; With = @{ Bind = '{0}:/data'; Tmpfs = '/data/low' }; Words = '--bind {0} /data --tmpfs /data/low' }
        @{ Name = 'a bind in a tmpfs'; With = @{ Tmpfs = '/data'; Bind = '{0}/src:/data/low' }; Words = '--tmpfs /data --bind {0}/src /data/low' }
        @{ Name = 'devices'; With = @{ Dev = $true }; Words = '--dev /dev' }
        @{ Name = 'devices, and a tmpfs among them'; With = @{ Dev = $true; Tmpfs = '/dev/mine' }; Words = '--dev /dev --tmpfs /dev/mine' }
        @{ Name = 'devices and a tmpfs'; With = @{ Dev = $true; Tmpfs = '/tmp' }; Words = '--dev /dev --tmpfs /tmp' }
        @{ Name = 'a read-only root'; With = @{ ReadOnlyRoot = $true; Tmpfs = '/tmp' }; Words = '--tmpfs /tmp --remount-ro /' }
        @{ Name = 'eight binds'; With = @{ Bind = 1..8 | ForEach-Object { "{0}/src:/data/$_" } }; Words = (1..8 | ForEach-Object { "--bind {0}/src /data/$_" }) -join ' ' }
        @{ Name = 'a tmpfs over a path of the host'; With = @{ Bind = '/:/:dev'; Tmpfs = '/mnt' }; Words = '--dev-bind / / --tmpfs /mnt'; OnHost = $true }
        @{ Name = 'a bind over a path of the host'; With = @{ Bind = '/:/', '{0}/src:/mnt' }; Words = '--bind / / --bind {0}/src /mnt'; OnHost = $true }
        @{ Name = 'the host read-only, with a tmpfs'; With = @{ ReadOnlyBind = '/:/'; Tmpfs = '/tmp' }; Words = '--ro-bind / / --tmpfs /tmp'; OnHost = $true }
    )
    $hasBwrap = $null -ne (Get-Command bwrap -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item -ItemType Directory $folder, "$folder/src", "$folder/low"
    Set-Content "$folder/file" one
    Set-Content "$folder/low/file" low
    $output = "$folder/output"
    $system = @{
        Tmpfs = , '/'; ReadOnlyBind = '/usr', '/etc'; MountProc = $true; WorkingDirectory = '/'
        Symlink = @{ '/bin' = 'usr/bin'; '/lib' = 'usr/lib'; '/lib64' = 'usr/lib64' }
    }
    $systemWords = '--unshare-user --unshare-pid --uid 0 --gid 0 --ro-bind /usr /usr --ro-bind /etc /etc --proc /proc --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64'

    # Both tables in one; lists are joined.
    function Join-Wish {
        param([hashtable] $One, [hashtable] $Two)
        $all = $One.Clone()
        foreach ($key in $Two.Keys) {
            $all[$key] = if ($all[$key] -is [array]) { @($all[$key]) + @($Two[$key]) } else { $Two[$key] }
        }

        $all
    }

    # Runs a line of the shell in namespaces of a user's own, and gives the lines it wrote.
    function Invoke-Inside {
        param([hashtable] $With, [string] $Line)
        $script:process = New-NamespaceProcess -Type User, Pid -MapRootUser -Wait -RedirectStandardOutput $output -RedirectStandardError $output @With -- /bin/sh -c $Line
        Get-Content $output
    }

    function Get-StartError {
        param([hashtable] $With)
        try { $null = New-NamespaceProcess -Type User, Pid -MapRootUser -Wait @With /bin/true } catch { return $_ }
        throw 'Nothing failed.'
    }

    # Of each mount what must be the same: its root, its place, its flags, its type and its source. Where bwrap may change the host it covers parts of /proc;
    # a mount that another one covers stays as it is.
    function Get-MountText {
        param([string[]] $Lines)
        $Lines | ForEach-Object {
            $fields = $_ -split ' '
            $dash = [array]::IndexOf($fields, '-')
            '{0} {1} {2} {3} {4}' -f ($fields[3] -replace '^/newroot$', '/'), $fields[4], $fields[5], $fields[$dash + 1], $fields[$dash + 2]
        } | Where-Object { $_ -match 'nosuid' -and $_ -notmatch ' /proc/\S+ ro' } | Sort-Object -Unique
    }
}

AfterAll {
    # The kernel's own folder in that of an overlay may not even be listed, by its owner neither.
    chmod -R u+rwX $folder
    Remove-Item -Recurse -Force $folder
}

Describe 'Files of a program' {
    It 'makes the mounts that bwrap makes: <Name>' -Tag T145 -ForEach $sets -Skip:(-not $hasBwrap) {
        $own = @{}
        foreach ($key in ($With ?? @{}).Keys) {
            $own[$key] = if ($With[$key] -is [bool]) { $With[$key] } else { @($With[$key] | ForEach-Object { $_ -f $folder }) }
        }

        $own = if ($OnHost) { Join-Wish @{ MountProc = $true; WorkingDirectory = '/' } $own } else { Join-Wish $system $own }
        $start = if ($OnHost) { '--unshare-user --unshare-pid --uid 0 --gid 0' } else { $systemWords }
        $last = if ($OnHost) { '--proc /proc' }

        # Others mount and unmount on the host meanwhile: what bwrap makes is looked at before and afterwards.
        $seen = @{}
        Wait-Condition {
            $before = Get-MountText (bwrap @("$start $($Words -f $folder) $last" -split ' ' -ne '') cat /proc/self/mountinfo)
            $seen.Mine = Get-MountText (Invoke-Inside $own 'cat /proc/self/mountinfo')
            $seen.Theirs = Get-MountText (bwrap @("$start $($Words -f $folder) $last" -split ' ' -ne '') cat /proc/self/mountinfo)
            "$before" -eq "$($seen.Theirs)"
        }

        $process.ExitCode | Should -Be 0
        $seen.Theirs | Should -Not -BeNullOrEmpty
        $seen.Mine | Should -Be $seen.Theirs
    }

    It 'writes files, links and modes as asked' -Tag T146 {
        $lines = Invoke-Inside (Join-Wish $system @{
                File = @{ '/opt/app/text' = 'one line'; '/opt/app/lines' = 'a', 'b'; '/opt/app/bytes' = [byte[]](0, 255, 10) }
                Symlink = @{ '/bin' = 'usr/bin'; '/lib' = 'usr/lib'; '/lib64' = 'usr/lib64'; '/opt/link' = 'app/text' }
                Tmpfs = '/tmp:mode=1777'
            }) 'umask; cat /opt/link; echo; cat /opt/app/lines; od -An -tx1 /opt/app/bytes; stat -c "%a %n" /opt/app /opt/app/text /tmp /usr'
        $lines | Should -Be @(('{0:0000}' -f [int](sh -c umask)), 'one line', 'a', 'b', ' 00 ff 0a', '755 /opt/app', '644 /opt/app/text', '1777 /tmp', "$(stat -c %a /usr) /usr")
    }

    It 'gives new directories and files their modes under a umask that keeps all from others' {
        $modes = 'umask; stat -c "%a %n" /opt /opt/app /opt/app/text /dev/shm; test -d /over/made || exit 1; stat -c "%a %n" /over/made'
        $line = @"
            Import-Module '$ModulePath'
            `$null = New-NamespaceProcess -Type Pid -Tmpfs / -ReadOnlyBind /usr, /etc -MountProc -Dev -WorkingDirectory / -Symlink @{ '/bin' = 'usr/bin'; '/lib' = 'usr/lib'; '/lib64' = 'usr/lib64' } ``
                -File @{ '/opt/app/text' = 'one line' } -Overlay '$folder/low:/over' -Bind '$folder/src:/over/made/src' -Wait -- /bin/sh -c '$modes'
"@
        sh -c 'umask 077; exec "$@"' sh ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $line |
            Should -Be '0077', '755 /opt', '755 /opt/app', '644 /opt/app/text', '1777 /dev/shm', '755 /over/made'
    }

    It 'covers a file of the host, which stays as it is' -Tag T147 {
        $before = Get-Content "$folder/file"
        Invoke-Inside @{ File = @{ "$folder/file" = , 'covered' }; MountProc = $true } "cat $folder/file; echo more > $folder/file; cat $folder/file" | Should -Be 'covered', 'more'
        Get-Content "$folder/file" | Should -Be $before
    }

    It 'throws the changes of an overlay away, or keeps them where that is asked for' -Tag T148 {
        Invoke-Inside @{ Overlay = "$folder/low" } "cat $folder/low/file; echo new > $folder/low/file; cat $folder/low/file" | Should -Be 'low', 'new'
        Get-Content "$folder/low/file" | Should -Be 'low'
        $null = New-Item -ItemType Directory "$folder/upper,:x", "$folder/work"
        Invoke-Inside (Join-Wish $system @{ Overlay = @{ Lower = "$folder/low", "$folder/src"; Target = '/data'; Upper = "$folder/upper,:x"; Work = "$folder/work" } }) 'cat /data/file; echo kept > /data/file' |
            Should -Be 'low'
        Get-Content "$folder/low/file" | Should -Be 'low'
        Get-Content -LiteralPath "$folder/upper,:x/file" | Should -Be 'kept'
    }

    It 'hides files and directories, and what is not there is no error' -Tag T149 {
        Invoke-Inside @{ Mask = "$folder/low", "$folder/file", "$folder/nonesuch"; MountProc = $true } "ls $folder/low; wc -c < $folder/file; touch $folder/low/x 2>&1 | grep -o Read-only" |
            Should -Be '0', 'Read-only'
    }

    It 'makes the root read-only but for what is mounted' {
        Invoke-Inside @{ ReadOnlyRoot = $true; Bind = "$folder/src"; Tmpfs = '/mnt'; MountProc = $true } "for place in $folder/low $folder/src /mnt; do touch `$place/made; done; ls $folder/low; ls $folder/src; ls /mnt" |
            Should -Be "touch: cannot touch '$folder/low/made': Read-only file system", 'file', 'made', 'made'
    }

    It 'prepares another root, and mounts in it' {
        $root = "$folder/root"
        $null = New-Item -ItemType Directory $root, "$root/bin", "$root/data", "$root/proc"
        Copy-Item /bin/busybox "$root/bin/sh"
        Invoke-Inside @{ Root = $root; Bind = "$folder/low:/data"; MountProc = $true; ReadOnlyRoot = $true; Environment = @{ PATH = '/bin' } } 'cd /; echo *; cat data/file; echo x > /x' |
            Should -Be 'bin data proc', 'low', "/bin/sh: can't create /x: Read-only file system"
        Invoke-Inside @{ Root = $root; Environment = @{ PATH = '/bin' } } 'cd /; echo *' | Should -Be 'bin data proc'
    }

    It 'takes tables as well as text' {
        Invoke-Inside (Join-Wish $system @{ Bind = @{ Source = "$folder/low"; Target = '/data'; ReadOnly = $true; NoExec = $true }; Tmpfs = @{ Target = '/mine'; Size = 64KB; Mode = 700; NoExec = $true } }) `
            "grep -E ' /(data|mine) ' /proc/self/mountinfo | cut -d' ' -f5,6; stat -c %a /mine; df -k --output=size /mine | tail -1" | ForEach-Object Trim |
            Should -Be '/data ro,nosuid,nodev,noexec,relatime', '/mine rw,nosuid,nodev,noexec,relatime', '700', '64'
    }

    It 'says each step before it starts anything' {
        $lines = New-NamespaceProcess -Type User -MapRootUser -Bind "$folder/low:/mnt" -Mask /home -ReadOnlyRoot true -Verbose -Confirm:$false 4>&1 | ForEach-Object ToString
        $lines | Should -Contain 'mount_setattr: the root and all below are read-only'
        $lines | Should -Contain "open_tree: bind $folder/low to /mnt (nosuid,nodev)"
        $lines | Should -Contain 'mount: hide /home'
    }

    It 'foresees what is not there' {
        $warnings = $null
        New-NamespaceProcess -Type User -MapRootUser -Bind /nonesuch:/mnt, /etc:/nonesuch true -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue
        @($warnings) -match 'This would fail' | Should -HaveCount 2
    }

    It 'leaves descriptors and streams as they are, with and without redirection' {
        $null = New-NamespaceProcess -Type User -MapRootUser -Bind "$folder/low:/mnt" -Wait -- sh -c "ls /proc/self/fd > $folder/src/list"
        Get-Content "$folder/src/list" | Should -Be '0', '1', '2', '3'
        Invoke-Inside @{ Bind = "$folder/low:/mnt"; MountProc = $true } 'ls /proc/self/fd | wc -l; echo error >&2' | Should -Be '4', 'error'
    }

    Context 'What cannot be' {
        It 'is refused with the path: <Name>' -ForEach @(
            @{ Name = 'no source'; With = @{ Bind = '/nonesuch:/mnt' }; Id = 'MountRefused'; Says = '/nonesuch' }
            @{ Name = 'no mount point'; With = @{ Bind = '/etc:/nonesuch' }; Id = 'MountRefused'; Says = '/nonesuch' }
            @{ Name = 'a directory on a file'; With = @{ Bind = '/etc:/etc/passwd' }; Id = 'MountRefused'; Says = '/etc/passwd' }
            @{ Name = 'a file on a directory'; With = @{ Bind = '/etc/passwd:/etc' }; Id = 'MountRefused'; Says = '/etc' }
            @{ Name = 'a file system that is full'; With = @{ Tmpfs = '/mnt:size=4k'; File = @{ '/mnt/x' = 'x' * 9999 } }; Id = 'MountRefused'; Says = 'ENOSPC' }
            @{ Name = 'a link in a directory of the host'; With = @{ Symlink = @{ '/mnt/x' = 'y' } }; Id = 'InvalidRequest'; Says = '/mnt/x' }
            @{ Name = 'two things at one path'; With = @{ Tmpfs = '/mnt'; Bind = '/etc:/mnt/../mnt/' }; Id = 'InvalidRequest'; Says = '/mnt' }
            @{ Name = 'a relative target'; With = @{ Bind = '/etc:mnt' }; Id = 'InvalidRequest'; Says = 'mnt' }
            @{ Name = 'mounts that the session would see'; With = @{ Tmpfs = '/mnt'; Propagation = 'Shared' }; Id = 'InvalidRequest'; Says = 'Propagation' }
            @{ Name = 'half an overlay'; With = @{ Overlay = '/etc:/mnt:upper=/tmp' }; Id = 'InvalidRequest'; Says = 'Work' }
            @{ Name = 'a size that is none'; With = @{ Tmpfs = '/mnt:size=large' }; Id = 'InvalidRequest'; Says = 'large' }
            @{ Name = 'an option that is none'; With = @{ Bind = '/etc:/mnt:fast' }; Id = 'CannotConvertArgumentNoMessage'; Says = "'fast' is not an option" }
        ) {
            $failure = Get-StartError $With
            $failure.FullyQualifiedErrorId | Should -Match "^(ParameterArgumentTransformationError|$Id),"
            "$failure" | Should -Match ([regex]::Escape($Says))
        }
    }

    Context 'A hostile root' {
        BeforeAll {
            $root = "$folder/hostile"
            $outside = "$folder/outside"
            $null = New-Item -ItemType Directory $root, "$root/bin", "$root/real", $outside, "$outside/deep"
            Copy-Item /bin/busybox "$root/bin/sh"
            $null = New-Item -ItemType SymbolicLink "$root/absolute" -Target $outside
            $null = New-Item -ItemType SymbolicLink "$root/up" -Target "../../../../../../..$outside"
            $null = New-Item -ItemType SymbolicLink "$root/inside" -Target /real
            $null = New-Item -ItemType SymbolicLink "$root/magic" -Target /proc/1/root
        }

        It 'leads no mount out of it by <_>' -ForEach 'absolute', 'up', 'absolute/deep', 'magic', 'up/deep' {
            (Get-StartError @{ Root = $root; Tmpfs = "/$_" }).FullyQualifiedErrorId | Should -Match '^MountRefused,'
            (Get-StartError @{ Root = $root; Bind = "$folder/low:/$_" }).FullyQualifiedErrorId | Should -Match '^MountRefused,'
        }

        It 'follows links that stay inside' {
            Invoke-Inside @{ Root = $root; Bind = "$folder/low:/inside"; WorkingDirectory = '/'; Environment = @{ PATH = '/bin' } } 'read line < /real/file; echo $line' | Should -Be 'low'
        }

        It 'makes nothing through a link of a tmpfs' {
            $null = Get-StartError @{ Tmpfs = '/', '/way/made'; Bind = "${outside}:/real"; Symlink = @{ '/way' = 'real' } }
            Get-ChildItem $outside -Name | Should -Be 'deep'
        }
    }

    It 'mounts 500 directories, and leaves none on the host' {
        $before = (Get-Content /proc/self/mountinfo).Count
        Invoke-Inside (Join-Wish $system @{ Bind = 1..500 | ForEach-Object { "$folder/low:/many/$_" } }) 'grep -c " /many/" /proc/self/mountinfo; cat /many/500/file' | Should -Be '500', 'low'
        (Get-Content /proc/self/mountinfo).Count | Should -Be $before
    }

    It 'never mounts twice what is swapped meanwhile: a directory that becomes a link' {
        # Somebody else changes the mount point all the time: each start is right, or refused.
        $root = "$folder/swap"
        $null = New-Item -ItemType Directory $root, "$root/bin", "$folder/victim"
        Copy-Item /bin/busybox "$root/bin/sh"
        Set-Content "$folder/swap.sh" "cd $root; while [ ! -e ../stop ]; do mkdir point; rmdir point; ln -s $folder/victim point; rm point; done"
        $swap = Start-Process -PassThru sh "$folder/swap.sh"
        try {
            foreach ($attempt in 1..40) {
                try {
                    $null = New-NamespaceProcess -Type User, Pid -MapRootUser -Wait -Root $root -Tmpfs /point -WorkingDirectory / -- /bin/sh -c 'exec 2>&-; echo x > /point/made'
                }
                catch {
                    $_.FullyQualifiedErrorId | Should -Match '^MountRefused,'
                }
            }
        }
        finally {
            $null = New-Item "$folder/stop"
            $swap.WaitForExit()
        }

        Get-ChildItem "$folder/victim" | Should -BeNullOrEmpty
    }

    It 'does the same for root without a user namespace' -Skip:((id -u) -ne 0) {
        $null = New-NamespaceProcess -Wait -Bind "$folder/low:/mnt:ro" -Tmpfs /tmp/../mnt/../srv -ReadOnlyRoot -RedirectStandardOutput $output -- sh -c "cat /mnt/file; touch /srv/x; ls /srv; cat /proc/self/mountinfo | grep -c ' / ro,'"
        Get-Content $output | Should -Be 'low', 'x', '1'
    }
}
