# What the tests of bwrap itself (tests/test-run.sh and its neighbours, 0.11.1) look at, in the words of this module. bwrap gets the same wishes where it has
# them; New-NamespaceProcess.Files and .Sandbox compare mounts and rights. {0} is a folder with src/, low/ and some files.
BeforeDiscovery {
    $hasBwrap = $null -ne (Get-Command bwrap -CommandType Application -ErrorAction Ignore)
    $isRoot = (id -u) -eq '0'
    $hasGcc = $null -ne (Get-Command gcc -CommandType Application -ErrorAction Ignore)
    $hasSeccomp = Test-Path /usr/lib/*/libseccomp.so.2, /lib/*/libseccomp.so.2, /usr/lib64/libseccomp.so.2 -PathType Leaf | Where-Object { $_ }
    unshare --user --map-root-user --mount sh -c 'mount -t tmpfs none /mnt && mkdir /mnt/l /mnt/u /mnt/w /mnt/o && mount -t overlay -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w,userxattr none /mnt/o' 2>&1 | Out-Null
    $hasOverlay = $LASTEXITCODE -eq 0

    $devices = 'ls /dev | grep -v console; for l in stdin stdout stderr fd core ptmx; do readlink /dev/$l; done; stat -c "%n %F %t %T %a" /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty; stat -c %a /dev; head -c 3 /dev/zero | od -An -tx1; echo x > /dev/full; head -c 2 /dev/urandom | wc -c; cat /proc/self/comm'
    $places = @(
        @{ Name = 'a /proc and a /dev, in no further namespace'; With = @{ Bind = '/:/', '/proc:/proc:dev'; Dev = $true }; Words = '--bind / / --proc /proc --dev /dev'; NeedsRoot = $true }
        @{ Name = 'a /proc and a /dev, in a user namespace'; With = @{ Type = , 'User'; Bind = '/:/', '/proc:/proc:dev'; Dev = $true }; Words = '--unshare-user --uid 0 --gid 0 --bind / / --proc /proc --dev /dev' }
        @{ Name = 'a /proc and a /dev, in a pid namespace'; With = @{ Type = , 'Pid'; Bind = '/:/'; MountProc = $true; Dev = $true }; Words = '--unshare-pid --bind / / --proc /proc --dev /dev'; NeedsRoot = $true }
        @{ Name = 'a /proc and a /dev, in both, without a network'; With = @{ Type = 'User', 'Pid', 'Net'; Bind = '/:/'; MountProc = $true; Dev = $true }; Words = '--unshare-user --unshare-pid --unshare-net --uid 0 --gid 0 --bind / / --proc /proc --dev /dev' }
    )

    # The interfaces of the host come and go: where its net namespace is kept, that is what has to be the same.
    foreach ($place in $places) { $place.Line = "$devices; $($place.With.Type -contains 'Net' ? 'tail -n +3 /proc/net/dev | cut -d: -f1 | sort' : 'readlink /proc/self/ns/net')" }

    # Type User and Pid, and /proc, are added to all.
    $contents = @(
        @{ Name = 'the files of the host'; With = @{ Bind = '/:/' }; Words = '--bind / /'; Line = 'cat {0}/src/file' }
        @{ Name = 'a directory of the host where it is'; With = @{ Bind = '/:/', '{0}:{0}' }; Words = '--bind / / --bind {0} {0}'; Line = 'cat {0}/src/file' }
        @{ Name = 'a directory of the host elsewhere'; With = @{ Bind = '/:/', '{0}:/mnt' }; Words = '--bind / / --bind {0} /mnt'; Line = 'cat /mnt/src/file; ls /mnt' }
        @{ Name = 'a directory in a new directory of a tmpfs'; With = @{ Bind = '/:/', '{0}/src:/mnt/here'; Tmpfs = '/mnt' }; Words = '--bind / / --tmpfs /mnt --bind {0}/src /mnt/here'; Line = 'cat /mnt/here/file; ls -A /mnt; stat -c %a /mnt/here/.. /mnt/here' }
        @{ Name = 'a root with what was asked for and nothing else'; With = @{ Tmpfs = '/'; ReadOnlyBind = '/usr', '/etc'; Symlink = @{ '/bin' = 'usr/bin'; '/lib' = 'usr/lib'; '/lib64' = 'usr/lib64' } }
            Words = '--ro-bind /usr /usr --ro-bind /etc /etc --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64'; Line = 'ls -A /; stat -c "%a %F" / /usr /bin; cd /..; pwd' }
        @{ Name = 'a socket on a socket'; With = @{ Bind = '/:/', '{0}/socket:{0}/other' }; Words = '--bind / / --bind {0}/socket {0}/other'; Line = 'stat -c "%F %i" {0}/other' }
        @{ Name = 'a socket in a tmpfs'; With = @{ Bind = '/:/', '{0}/socket:/mnt/deep/socket'; Tmpfs = '/mnt' }; Words = '--bind / / --tmpfs /mnt --bind {0}/socket /mnt/deep/socket'; Line = 'stat -c "%F %i" /mnt/deep/socket' }
        @{ Name = 'a directory by a link to it'; With = @{ Bind = '/:/', '{0}/link:/mnt' }; Words = '--bind / / --bind {0}/link /mnt'; Line = 'cat /mnt/file' }
        @{ Name = 'a tmpfs without a word on it'; With = @{ Bind = '/:/'; Tmpfs = '/mnt' }; Words = '--bind / / --tmpfs /mnt'; Line = 'stat -c %a /mnt' }
        @{ Name = 'a tmpfs with a mode'; With = @{ Bind = '/:/'; Tmpfs = '/mnt:mode=1777' }; Words = '--bind / / --perms 1777 --tmpfs /mnt'; Line = 'stat -c %a /mnt' }
        @{ Name = 'a tmpfs with a size'; With = @{ Bind = '/:/'; Tmpfs = '/mnt:size=1048576' }; Words = '--bind / / --size 1048576 --tmpfs /mnt'; Line = 'stat -c %a /mnt; df -k --output=size /mnt' }
        @{ Name = 'a tmpfs with a size and a mode'; With = @{ Bind = '/:/'; Tmpfs = '/mnt:size=1m,mode=1777' }; Words = '--bind / / --size 1048576 --perms 1777 --tmpfs /mnt'; Line = 'stat -c %a /mnt; df -k --output=size /mnt' }
        @{ Name = 'a tmpfs with a mode and a size'; With = @{ Bind = '/:/'; Tmpfs = '/mnt:mode=1777,size=1m' }; Words = '--bind / / --perms 1777 --size 1048576 --tmpfs /mnt'; Line = 'stat -c %a /mnt; df -k --output=size /mnt' }
        @{ Name = 'PID 1'; With = @{ Bind = '/:/' }; Words = '--as-pid-1 --bind / /'; Line = 'echo $$' }
        @{ Name = 'a variable that is set over another'; With = @{ Bind = '/:/'; Environment = @{ LNT_MARK = 'right' } }; Words = '--bind / / --setenv LNT_MARK right'; Line = 'echo $LNT_MARK $LNT_OTHER' }
        @{ Name = 'a variable less'; With = @{ Bind = '/:/'; Environment = @{ LNT_MARK = $null } }; Words = '--bind / / --unsetenv LNT_MARK'; Line = 'echo $LNT_MARK $LNT_OTHER' }
    )

    # Lower directories from the topmost on; bwrap has no overlays before 0.11, so mount(8) is asked.
    $overlays = @(
        @{ Name = 'what was changed before anything else'; Lower = , 'one'; Upper = 'up'; Line = 'cat a b' }
        @{ Name = 'the topmost of two first'; Lower = 'two', 'one'; Upper = 'up'; Line = 'cat a b' }
        @{ Name = 'a change, and keeps it'; Lower = 'two', 'one'; Upper = 'up'; Line = 'printf 5 > b; cat a b'; Writes = $true }
        @{ Name = 'directories with a colon, a comma, a quote and a backslash'; Lower = , 'odd ":,\'; Upper = 'up ":,\'; Line = 'cat a; printf 2 > a; cat a'; Writes = $true }
    )
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item -ItemType Directory $folder, "$folder/src", "$folder/low", "$folder/bin"
    Set-Content "$folder/src/file" hello
    $null = New-Item -ItemType SymbolicLink "$folder/link" -Target src
    $sockets = foreach ($path in 'socket', 'other') {
        $socket = [Net.Sockets.Socket]::new([Net.Sockets.AddressFamily]::Unix, [Net.Sockets.SocketType]::Stream, [Net.Sockets.ProtocolType]::Unspecified)
        $socket.Bind([Net.Sockets.UnixDomainSocketEndPoint]::new("$folder/$path"))
        $socket
    }

    chmod -R 0777 $folder
    $output = "$folder/output"
    $env:LNT_MARK, $env:LNT_OTHER = 'wrong', 'other'

    function Invoke-Mine {
        param([hashtable] $With, [string] $Line)
        $script:process = New-NamespaceProcess -Wait -WorkingDirectory / -RedirectStandardOutput $output -RedirectStandardError $output @With -- /bin/sh -c $Line
        Get-Content $output
    }

    function Invoke-Theirs {
        param([string] $Words, [string] $Line)
        # By one pipe: of two, nobody knows what came first.
        bwrap @("$Words --chdir /" -split ' ' -ne '') /bin/sh -c "exec 2>&1; $Line" 2>&1 | ForEach-Object ToString
    }

    # The same with the folder in its place.
    function Resolve-Wish {
        param([hashtable] $With)
        $own = @{}
        foreach ($key in $With.Keys) {
            $own[$key] = if ($key -in 'Bind', 'Tmpfs', 'ReadOnlyBind', 'Type') { @($With[$key] | ForEach-Object { $_ -f $folder }) } else { $With[$key] }
        }

        $own
    }

    function Get-StartError {
        param([hashtable] $With)
        try { $null = New-NamespaceProcess -Type User, Pid -MapRootUser -Wait @With /bin/true } catch { return $_ }
        throw 'Nothing failed.'
    }
}

AfterAll {
    $env:LNT_MARK = $env:LNT_OTHER = $null
    $sockets | ForEach-Object Dispose
    chmod -R u+rwX $folder
    Remove-Item -Recurse -Force $folder
}

Describe 'What the tests of bwrap look at' {
    It 'gives a program <Name>' -Tag T253 -ForEach $places -Skip:(-not $hasBwrap) {
        if ($NeedsRoot -and (id -u) -ne '0') {
            Set-ItResult -Skipped -Because 'only root mounts without a user namespace'
            return
        }

        $own = Resolve-Wish $With
        if ($own.Type -contains 'User') { $own.MapRootUser = $true }
        $mine = Invoke-Mine $own $Line
        $process.ExitCode | Should -Be 0
        $mine | Should -Be (Invoke-Theirs $Words $Line)
    }

    It 'gives a program <Name>' -Tag T254 -ForEach $contents -Skip:(-not $hasBwrap) {
        $own = Resolve-Wish $With
        $own.Type, $own.MapRootUser, $own.MountProc = ('User', 'Pid'), $true, $true
        $mine = Invoke-Mine $own ($Line -f $folder)
        $process.ExitCode | Should -Be 0
        $mine | Should -Be (Invoke-Theirs "--unshare-user --unshare-pid --uid 0 --gid 0 $($Words -f $folder) --proc /proc" ($Line -f $folder))
    }

    It 'shows an ordinary user no file and no directory that is closed to them' -Tag T255 -Skip:(-not ($isRoot -and $hasBwrap)) {
        $null = New-Item -ItemType Directory "$folder/closed"
        Set-Content "$folder/secret", "$folder/closed/file" hidden
        chmod 0600 "$folder/secret"
        chmod 0700 "$folder/closed"
        foreach ($what in 'secret', 'closed', 'closed/file') {
            $seen = Invoke-AsUser "try { (New-NamespaceProcess -Type User, Pid -MapRootUser -Wait -Tmpfs /mnt -Bind ${folder}/${what}:/mnt/seen -- cat /mnt/seen /mnt/seen/file).ExitCode } catch { `$_.FullyQualifiedErrorId }"
            "$seen" | Should -Not -Match hidden
            "$seen" | Should -Match '(Permission denied.*1$|^MountRefused,)'
            setpriv --reuid 65534 --regid 65534 --clear-groups bwrap --unshare-user --unshare-pid --uid 0 --gid 0 --bind / / --tmpfs /mnt --bind "$folder/$what" /mnt/seen cat /mnt/seen /mnt/seen/file 2>&1 |
                Should -Not -Match hidden
        }
    }

    It 'makes no link over what is there' -Tag T256 {
        $null = New-Item -ItemType SymbolicLink "$folder/low/taken" -Target /dev/null
        $failure = Get-StartError @{ Overlay = "$folder/low"; Symlink = @{ "$folder/low/taken" = '/dev/full' } }
        $failure.FullyQualifiedErrorId | Should -BeLike 'MountRefused,*'
        "$failure" | Should -BeLike '*taken*EEXIST*'
        readlink "$folder/low/taken" | Should -Be '/dev/null'
        Invoke-Mine @{ Type = 'User', 'Pid'; MapRootUser = $true; Tmpfs = '/mnt'; Symlink = @{ '/mnt/link' = '/dev/null' } } 'readlink /mnt/link' | Should -Be '/dev/null'
    }

    It 'makes nothing by a link that lies in the lower directory of an overlay: <_>' -Tag T257 -ForEach '/', '/mnt' {
        $root = "$folder/lower$($_.Length)"
        $null = New-Item -ItemType Directory $root, "$folder/outside$($_.Length)"
        $null = New-Item -ItemType SymbolicLink "$root/way" -Target "$folder/outside$($_.Length)"
        $with = @{ Overlay = @{ Lower = $root; Target = $_ }; Bind = "$folder/src:$($_.TrimEnd('/'))/way/made/deep"; WorkingDirectory = '/' }
        if ($_ -ne '/') { $with.Tmpfs = '/' }
        (Get-StartError $with).FullyQualifiedErrorId | Should -BeLike 'MountRefused,*'
        Get-ChildItem "$folder/outside$($_.Length)" | Should -BeNullOrEmpty
    }

    It 'holds itself and bwrap, and runs in bwrap' -Tag T258 -Skip:(-not $hasBwrap) {
        $whole = @{ Type = 'User', 'Pid'; MapRootUser = $true; Bind = '/:/:dev'; MountProc = $true }
        Invoke-Mine $whole 'bwrap --unshare-all --dev-bind / / --proc /proc echo hello' | Should -Be hello
        $nested = "Import-Module '$ModulePath'; (New-NamespaceProcess -Type User, Pid, Net -MapRootUser -Tmpfs /mnt -Bind $folder/src:/mnt/here -Dev -MountProc -Wait -- cat /mnt/here/file).ExitCode"
        Invoke-Mine $whole "'$([Environment]::ProcessPath)' -NoProfile -NonInteractive -Command '$($nested.Replace("'", '"'))'" | Should -Be 'hello', '0'

        # bwrap covers parts of its /proc, so the kernel allows no other one inside.
        bwrap --unshare-user --unshare-pid --uid 0 --gid 0 --cap-add ALL --dev-bind / / --proc /proc ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $nested.Replace(' -MountProc', '') | Should -Be 'hello', '0'
    }

    It 'lets nothing make a further user namespace, whatever limit is written' -Tag T259 -Skip:(-not $hasBwrap) {
        $closed = @{ Type = 'User', 'Pid'; MapRootUser = $true; Bind = '/:/:dev'; MountProc = $true; DisableUserNamespaces = $true }
        foreach ($line in 'bwrap --unshare-user --dev-bind / / true', 'echo 100 > /proc/sys/user/max_user_namespaces; bwrap --unshare-user --dev-bind / / true') {
            $null = Invoke-Mine $closed $line
            $process.ExitCode | Should -Not -Be 0
        }
    }

    It 'leaves the capabilities that bwrap leaves: <Name>' -Tag T260 -Skip:(-not ($isRoot -and $hasBwrap)) -ForEach @(
        @{ Name = 'all of root'; With = @{}; Words = '' }
        @{ Name = 'none'; With = @{ DropCapability = 'All' }; Words = '--cap-drop ALL' }
        @{ Name = 'all but two'; With = @{ DropCapability = 'KILL', 'FOWNER' }; Words = '--cap-drop CAP_KILL --cap-drop CAP_FOWNER' }
    ) {
        $own = @{ Type = , 'Pid'; Bind = '/:/:dev'; NoNewPrivileges = $true } + $With
        $mine = Invoke-Mine $own "grep -E '^Cap(Prm|Eff|Bnd)' /proc/self/status"
        $mine | Select-Object -First 2 | Should -Be (Invoke-Theirs "--unshare-pid --dev-bind / / $Words" "grep -E '^Cap(Prm|Eff)' /proc/self/status")

        # bwrap drops nothing from the bounding set, so that a program with set-user-ID has it all again.
        $mine -replace '^\w+:\s' | Sort-Object -Unique | Should -HaveCount 1
    }

    It 'leaves an ordinary user who stays one no capability' -Tag T261 -Skip:(-not ($isRoot -and $hasBwrap)) {
        $mine = Invoke-AsUser '$null = New-NamespaceProcess -Type User, Pid -MapCurrentUser -Bind /:/ -Wait -- grep -E "^Cap(Inh|Prm|Eff|Amb)" /proc/self/status'
        $mine | Should -HaveCount 4
        $mine | Should -Be (setpriv --reuid 65534 --regid 65534 --clear-groups bwrap --unshare-user --unshare-pid --dev-bind / / grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status)
    }

    It 'takes what stands behind -- for the program, whatever its name' -Tag T262 {
        Set-Content "$folder/bin/--odd-name--" '#!/bin/sh', 'echo hello $1'
        chmod 0755 "$folder/bin/--odd-name--"
        $null = New-NamespaceProcess -Type User, Pid -MapRootUser -Bind /:/ -Environment @{ PATH = "$folder/bin:/usr/bin:/bin" } -Wait -RedirectStandardOutput $output -- '--odd-name--' --dev
        Get-Content $output | Should -Be 'hello --dev'
        $failure = try { New-NamespaceProcess -Type User, Pid -MapRootUser -Bind /:/ -Environment @{ PATH = '/usr/bin:/bin' } -Wait -- --dev-bind /dev sh -c 'exit 0' } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ProgramNotFound,*'
    }

    It 'refuses a tmpfs of the size ''<_>''' -Tag T263 -ForEach '0', '0k', '123bogus', '', '-12345678', ' -12345678', '18446744073709551616', '9223372036854775809', '9007199254740993k', "1m`n" {
        (Get-StartError @{ Tmpfs = @{ Target = '/mnt'; Size = $_ } }).FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
        if ((Get-Command bwrap -CommandType Application -ErrorAction Ignore) -and $_ -notmatch 'k$|\n') {
            bwrap --bind / / --size $_ --tmpfs /mnt true 2>&1 | Should -Not -BeNullOrEmpty
            $LASTEXITCODE | Should -Not -Be 0
        }
    }

    It 'shows by an overlay <Name>' -Tag T264 -Skip:(-not $hasOverlay) -ForEach $overlays {
        $here = Join-Path $folder (New-UniqueName)
        foreach ($side in 'mine', 'theirs') {
            # New-Item takes a backslash for a slash.
            foreach ($directory in @($Lower) + $Upper + 'work' + 'point') { $null = [IO.Directory]::CreateDirectory("$here/$side/$directory") }
            foreach ($file in 'one/a 1', 'one/b 2', 'two/b 3', 'up/a 4', 'odd ":,\/a 1') {
                $path, $content = $file -split ' (?=\d)'
                if ([IO.Path]::GetDirectoryName($path) -in @($Lower) + $Upper) { [IO.File]::WriteAllText("$here/$side/$path", $content) }
            }
        }

        $escaped = { param([string] $Path) $Path -replace '([\\:,])', '\$1' }
        $layers = (@($Lower) | ForEach-Object { & $escaped "$here/theirs/$_" }) -join ':'
        $theirs = unshare --user --map-root-user --mount sh -c 'mount -t overlay -o "$1" none "$2" && cd "$2" && eval "$3"' sh "lowerdir=$layers,upperdir=$(& $escaped "$here/theirs/$Upper"),workdir=$here/theirs/work,userxattr" "$here/theirs/point" $Line
        $mine = Invoke-Mine @{
            Type = 'User', 'Pid'; MapRootUser = $true; Bind = '/:/'; Tmpfs = '/mnt'
            Overlay = @{ Lower = @($Lower | ForEach-Object { "$here/mine/$_" }); Target = '/mnt/x/y/z'; Upper = "$here/mine/$Upper"; Work = "$here/mine/work" }
        } "cd /mnt/x/y/z; $Line"
        $theirs | Should -Not -BeNullOrEmpty
        $mine | Should -Be $theirs
        foreach ($layer in @($Lower) + $Upper) {
            $kept = foreach ($side in 'mine', 'theirs') {
                ([IO.Directory]::GetFiles("$here/$side/$layer") | Sort-Object | ForEach-Object { "$([IO.Path]::GetFileName($_)) $([IO.File]::ReadAllText($_))" }) -join ', '
            }

            $kept[0] | Should -Be $kept[1]
        }

        if ($Writes) { "$mine" | Should -Match '[25]$' }
    }

    It 'throws away what is written to each of two overlays, apart from each other' -Tag T265 -Skip:(-not $hasOverlay) {
        foreach ($layer in 'first', 'second') {
            $null = New-Item -ItemType Directory "$folder/$layer"
            Set-Content "$folder/$layer/b" $layer
        }

        Invoke-Mine @{ Type = 'User', 'Pid'; MapRootUser = $true; Bind = '/:/'; Tmpfs = '/mnt'; Overlay = "$folder/first:/mnt/x", "$folder/second:/mnt/y" } 'cat /mnt/x/b; echo new > /mnt/x/b; cat /mnt/x/b /mnt/y/b' |
            Should -Be 'first', 'new', 'second'
        Get-Content "$folder/first/b", "$folder/second/b" | Should -Be 'first', 'second'
        foreach ($empty in @(), $null) {
            (Get-StartError @{ Overlay = @{ Lower = $empty; Target = '/mnt' } }).FullyQualifiedErrorId | Should -Match '^InvalidRequest,'
        }
    }

    It 'denies calls by a list of the allowed, of the denied, and by half of an argument' -Tag T266 -Skip:(-not ($hasSeccomp -and $hasGcc)) {
        $trycall = Get-Helper trycall
        function Invoke-Filtered {
            param([hashtable] $Content)
            $with = @{}
            if ($Content) {
                $Content | ConvertTo-Json -Depth 6 | Set-Content "$folder/profile.json"
                $with.SeccompProfile = "$folder/profile.json"
            }

            $null = New-NamespaceProcess -Type User -MapRootUser -Wait -RedirectStandardOutput $output @with $trycall
            Get-Content $output
        }

        # EFAULT and EBADF: the kernel itself refuses. ECONNREFUSED is no answer of its own to any of these, and ENOSYS none to those that there are.
        $terminal = @{ names = , 'ioctl'; action = 'SCMP_ACT_ERRNO'; errnoRet = 111; args = , @{ index = 1; value = 4294967295; valueTwo = 21522; op = 'SCMP_CMP_MASKED_EQ' } }
        $denied = @{ names = 'chroot', 'fchmodat'; action = 'SCMP_ACT_ERRNO'; errnoRet = 111 }
        $allowed = 'access', 'arch_prctl', 'brk', 'clock_gettime', 'close', 'execve', 'exit_group', 'faccessat', 'fchmodat', 'fstat', 'futex', 'getrandom', 'ioctl', 'lseek', 'mmap', 'mprotect', 'munmap', 'newfstatat',
            'openat', 'pread64', 'prctl', 'prlimit64', 'read', 'rseq', 'rt_sigprocmask', 'set_robust_list', 'set_tid_address', 'write'

        Invoke-Filtered | Should -Be 'chroot 14', 'fchmodat 14', 'listen 9', 'prctl 14', 'ioctl-TIOCNOTTY 9', 'ioctl-TIOCSTI 9', 'ioctl-TIOCSTI-upper 9'
        Invoke-Filtered @{ defaultAction = 'SCMP_ACT_ALLOW'; syscalls = $denied, $terminal } |
            Should -Be 'chroot 111', 'fchmodat 111', 'listen 9', 'prctl 14', 'ioctl-TIOCNOTTY 9', 'ioctl-TIOCSTI 111', 'ioctl-TIOCSTI-upper 111'
        Invoke-Filtered @{ defaultAction = 'SCMP_ACT_ERRNO'; defaultErrnoRet = 38; syscalls = , @{ names = $allowed; action = 'SCMP_ACT_ALLOW' } } |
            Should -Be 'chroot 38', 'fchmodat 14', 'listen 38', 'prctl 14', 'ioctl-TIOCNOTTY 9', 'ioctl-TIOCSTI 9', 'ioctl-TIOCSTI-upper 9'
    }

    It 'goes into the user namespace, and the pid namespace, that bwrap has made' -Tag T267 -Skip:(-not $hasBwrap) {
        $mark = "$folder/inside"
        $box = Start-Process bwrap -PassThru -ArgumentList "--unshare-user --unshare-pid --uid 0 --gid 0 --dev-bind / / --proc /proc sh -c `"echo > $mark; exec sleep 1000`""
        try {
            # PID 1 there is bwrap itself.
            Wait-Condition { Test-Path $mark }
            $reaper = [int](pgrep -P $box.Id)
            $sleep = [int](pgrep -P $reaper)
            $user, $processes = (Get-Namespace -ProcessId $sleep -Type User), (Get-Namespace -ProcessId $sleep -Type Pid)
            Invoke-Mine @{ Join = $user } 'readlink /proc/self/ns/user' | Should -Be "user:[$(Get-LinkInode $sleep user)]"
            Invoke-Mine @{ Join = $user, $processes; Type = , 'Mnt'; MountProc = $true } 'readlink /proc/self/ns/user /proc/self/ns/pid; cat /proc/[0-9]*/comm' |
                Should -Be @("user:[$(Get-LinkInode $sleep user)]", "pid:[$(Get-LinkInode $sleep pid)]", 'bwrap', 'sleep', 'sh')
        }
        finally { if ($reaper) { Stop-Process -Id $reaper -Force } else { $box | Stop-Process -Force } }
    }
}
