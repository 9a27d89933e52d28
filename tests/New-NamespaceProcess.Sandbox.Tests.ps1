BeforeDiscovery {
    # The same wishes in the words of this module and of bwrap; both add a user namespace in which the caller is root, and no new privileges.
    $sets = @(
        @{ Name = 'no capabilities'; With = @{ Capability = @() }; Words = '--cap-drop ALL' }
        @{ Name = 'one capability'; With = @{ Capability = 'NET_RAW' }; Words = '--cap-drop ALL --cap-add CAP_NET_RAW' }
        @{ Name = 'two capabilities'; With = @{ Capability = 'CAP_CHOWN', 'NetAdmin' }; Words = '--cap-drop ALL --cap-add CAP_CHOWN --cap-add CAP_NET_ADMIN' }
        @{ Name = 'a capability by number'; With = @{ Capability = '18' }; Words = '--cap-drop ALL --cap-add CAP_SYS_CHROOT' }
        @{ Name = 'a high capability'; With = @{ Capability = 'checkpoint_restore', 'bpf' }; Words = '--cap-drop ALL --cap-add CAP_CHECKPOINT_RESTORE --cap-add CAP_BPF' }
        @{ Name = 'all dropped'; With = @{ DropCapability = 'All' }; Words = '--cap-drop ALL' }
        @{ Name = 'another user'; With = @{ Capability = @(); MapUser = '1234'; MapGroup = '4321' }; Words = '--cap-drop ALL --uid 1234 --gid 4321' }
        @{ Name = 'another user with a capability'; With = @{ Capability = 'SETUID'; MapUser = '1234'; MapGroup = '4321' }; Words = '--cap-drop ALL --cap-add CAP_SETUID --uid 1234 --gid 4321' }
        @{ Name = 'a host name'; With = @{ Capability = @(); HostName = 'boxed' }; Words = '--cap-drop ALL --unshare-uts --hostname boxed' }
        @{ Name = 'no network'; With = @{ Capability = @(); Type = 'Net'; LoopbackUp = $true }; Words = '--cap-drop ALL --unshare-net' }
        @{ Name = 'no network, with a capability on it'; With = @{ Capability = 'NET_ADMIN'; Type = 'Net'; LoopbackUp = $true }; Words = '--cap-drop ALL --cap-add CAP_NET_ADMIN --unshare-net' }
        @{ Name = 'a directory'; With = @{ Capability = @(); WorkingDirectory = '/usr/share' }; Words = '--cap-drop ALL --chdir /usr/share' }
        @{ Name = 'an environment'; With = @{ Capability = @(); Environment = @{ MARK = 'set' } }; Words = '--cap-drop ALL --setenv MARK set' }
        @{ Name = 'a clean environment'; With = @{ Capability = @(); ClearEnvironment = $true; Environment = @{ MARK = 'set'; PATH = '/usr/bin:/bin' } }; Words = '--cap-drop ALL --clearenv --setenv MARK set --setenv PATH /usr/bin:/bin' }
        @{ Name = 'a session of its own'; With = @{ Capability = @(); NewSession = $true }; Words = '--cap-drop ALL --new-session' }
        @{ Name = 'no further user namespaces'; With = @{ Capability = @(); DisableUserNamespaces = $true }; Words = '--cap-drop ALL --disable-userns' }
    )
    $hasBwrap = $null -ne (Get-Command bwrap -CommandType Application -ErrorAction Ignore)
    $isRoot = (id -u) -eq '0'
    $hasSeccomp = Test-Path /usr/lib/*/libseccomp.so.2, /lib/*/libseccomp.so.2, /usr/lib64/libseccomp.so.2 -PathType Leaf | Where-Object { $_ }
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item -ItemType Directory $folder
    chmod 0777 $folder
    $output = "$folder/output"

    function Invoke-Inside {
        param([hashtable] $With, [string] $Line)
        $script:process = New-NamespaceProcess -Wait -RedirectStandardOutput $output -RedirectStandardError $output @With -- /bin/sh -c $Line
        Get-Content $output
    }

    function Get-StartError {
        param([hashtable] $With)
        try { $null = New-NamespaceProcess -Wait @With /bin/true } catch { return $_ }
        throw 'Nothing failed.'
    }

    # What a program sees of itself.
    $probe = @'
grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups)' /proc/self/status
cat /proc/self/limits
hostname; pwd; id -u; echo "$MARK"
ip -brief address show 2>/dev/null | grep -c -v '^lo'
unshare --user true 2>&1
read _ _ _ parent group session _ < /proc/self/stat; [ "$group" = "$session" ] && echo leader
'@
}

AfterAll {
    Remove-Item -Recurse -Force $folder
}

Describe 'A program that may do less' {
    It 'is what bwrap makes of it, with <Name>' -Tag T154 -ForEach $sets -Skip:(-not $hasBwrap) {
        $own = @{ Type = , 'User'; MountProc = $true; NoNewPrivileges = $true }
        foreach ($key in $With.Keys) { $own[$key] = $With[$key] }
        $own.Type = @('User', 'Pid') + @($With.Type | Where-Object { $_ })
        if (-not $With.ContainsKey('MapUser')) { $own.MapRootUser = $true }
        $ids = if ($Words -notmatch '--uid') { '--uid 0 --gid 0' }
        $mine = Invoke-Inside $own $probe
        $theirs = bwrap @("--unshare-user --unshare-pid --dev-bind / / --proc /proc $ids $Words" -split ' ' -ne '') /bin/sh -c $probe 2>&1 | ForEach-Object ToString
        $mine | Should -Be $theirs
        $mine -match '^NoNewPrivs:\s1$' | Should -HaveCount 1
    }

    It 'has the limits, the priority and the umask it was given' -Tag T155 {
        Invoke-Inside @{ ResourceLimit = @{ NoFile = '64:128'; Core = 0; RLIMIT_FSIZE = 1MB }; Nice = 7; Umask = '027' } "umask; nice; ulimit -n; ulimit -H -n; ulimit -c; ulimit -f; touch $folder/made; stat -c %a $folder/made" |
            Should -Be '0027', '7', '64', '128', '0', '2048', '640'
    }

    It 'has secure bits' -Tag T156 -Skip:(-not $isRoot) {
        Invoke-Inside @{ SecureBits = 'NoRoot', 'NoRootLocked' } 'grep CapEff /proc/self/status' | Should -Be "CapEff:`t0000000000000000"
        setpriv --dump | Select-String 'Securebits' | Should -Not -Match 'noroot'
    }

    It 'can never have again what was dropped' {
        Invoke-Inside @{ Type = 'User'; MapRootUser = $true; DropCapability = 'CHOWN' } "chown 0:0 $folder 2>&1 | grep -c permitted; grep -E '^Cap(Bnd|Eff)' /proc/self/status | grep -vc 'e`$'" | Select-Object -Last 1 | Should -Be '0'
        Invoke-Inside @{ Type = 'User'; MapRootUser = $true; DisableUserNamespaces = $true } 'echo 9 > /proc/sys/user/max_user_namespaces; unshare --user true' | Should -Match 'Permission denied|No space left on device'
        $process.ExitCode | Should -Not -Be 0
    }

    It 'gains nothing from a set-user-ID program' -Skip:(-not $isRoot) {
        Copy-Item /usr/bin/id "$folder/id"
        chmod 4755 "$folder/id"
        Invoke-Inside @{ UserId = 65534; GroupId = 65534 } "$folder/id -u" | Should -Be '0'
        Invoke-Inside @{ UserId = 65534; GroupId = 65534; NoNewPrivileges = $true } "$folder/id -u" | Should -Be '65534'
    }

    It 'completes names of capabilities' {
        (TabExpansion2 'New-NamespaceProcess -DropCapability NET_' ).CompletionMatches.CompletionText | Should -Be 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW'
    }

    Context 'Landlock' -Skip:(-not (Test-Path /sys/kernel/security) -and (uname -r) -match '^5\.([0-9]|1[0-2])\.') {
        It 'lets it change what was named, and nothing else' -Tag T157 {
            $null = New-Item -ItemType Directory "$folder/mine", "$folder/other"
            Invoke-Inside @{ Landlock = @{ Read = '/'; Write = "$folder/mine", '/dev/null' } } "echo a > $folder/mine/x && cat $folder/mine/x; echo b > $folder/other/x; ls $folder/other; sh -c 'echo c > $folder/other/y'; echo > /dev/null" |
                ForEach-Object { $_ -replace '^.*cannot create .*: ' } | Should -Be 'a', 'Permission denied', 'Permission denied'
            $process.Id | Should -BeGreaterThan 0
        }

        It 'lets it read what was named, through namespaces and in another root' {
            Set-Content "$folder/secret" hidden
            Invoke-Inside @{ Type = 'User', 'Pid', 'Mnt'; MapRootUser = $true; Tmpfs = '/data'.Replace('data', 'mnt'); Landlock = @{ Read = '/usr', '/bin', '/lib', '/lib64', '/etc'; Write = '/mnt' } } "cat $folder/secret; echo fine > /mnt/x; cat /mnt/x" |
                ForEach-Object { $_ -replace '^.*: ' } | Should -Be 'Permission denied', 'fine'
        }

        It 'lets it connect to ports that were named' -Tag T158 {
            $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $listener.Start()
            try {
                $port = $listener.LocalEndpoint.Port
                $try = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/$port' 2>&1 | grep -o 'Permission denied' | head -1"
                Invoke-Inside @{ Landlock = @{ Connect = $port } } $try | Should -BeNullOrEmpty
                Invoke-Inside @{ Landlock = @{ Connect = @() } } $try | Should -Be 'Permission denied'
            }
            finally {
                $listener.Stop()
            }
        }

        It 'refuses <Name>' -ForEach @(
            @{ Name = 'a key that is none'; With = @{ Landlock = @{ Reed = '/' } }; Id = 'InvalidRequest' }
            @{ Name = 'a port that is none'; With = @{ Landlock = @{ Connect = 'http' } }; Id = 'InvalidRequest' }
            @{ Name = 'a path that is not there'; With = @{ Landlock = @{ Read = '/nonesuch' } }; Id = 'ConfinementRefused' }
        ) {
            (Get-StartError $With).FullyQualifiedErrorId | Should -Match "^$Id,"
        }
    }

    Context 'Seccomp' -Skip:(-not $hasSeccomp) {
        BeforeAll {
            function New-Profile {
                param([hashtable] $Content)
                $path = "$folder/$([guid]::NewGuid().ToString('n')).json"
                $Content | ConvertTo-Json -Depth 6 | Set-Content $path
                $path
            }

            $denied = @{ names = 'mkdir', 'mkdirat', 'a_call_of_the_future'; action = 'SCMP_ACT_ERRNO'; errnoRet = 95 }
        }

        It 'denies a call with the errno of the profile, to the program and its children' -Tag T159 {
            $path = New-Profile @{ defaultAction = 'SCMP_ACT_ALLOW'; syscalls = , $denied }
            Invoke-Inside @{ SeccompProfile = $path } "mkdir $folder/no; sh -c 'mkdir $folder/no; true'; grep -E '^(Seccomp|NoNewPrivs):' /proc/self/status" |
                ForEach-Object { $_ -replace '^mkdir.*: ' } | Should -Be 'Operation not supported', 'Operation not supported', "NoNewPrivs:`t1", "Seccomp:`t2"
        }

        It 'follows the conditions of the profile' -Tag T160 {
            $path = New-Profile @{
                defaultAction = 'SCMP_ACT_ALLOW'; archMap = , @{ architecture = 'SCMP_ARCH_X86_64'; subArchitectures = 'SCMP_ARCH_X86', 'SCMP_ARCH_X32' }
                syscalls      = @(
                    $denied + @{ excludes = @{ caps = , 'CAP_NET_RAW' } }
                    @{ names = , 'symlinkat'; action = 'SCMP_ACT_ERRNO'; includes = @{ minKernel = '99.0' } }
                    @{ names = , 'personality'; action = 'SCMP_ACT_ERRNO'; args = , @{ index = 0; value = 8; op = 'SCMP_CMP_EQ' } }
                )
            }
            Invoke-Inside @{ SeccompProfile = $path; Type = 'User'; MapRootUser = $true; Capability = @() } "mkdir $folder/no" | Should -Match 'not supported'
            Invoke-Inside @{ SeccompProfile = $path; Type = 'User'; MapRootUser = $true; Capability = 'NET_RAW' } "mkdir $folder/yes; ln -s x $folder/link; setarch -R true; echo `$?; setarch linux32 true 2>&1 | grep -c permitted" | Should -Be '0', '1'
        }

        It 'kills for a call where the profile says so' {
            $path = New-Profile @{ defaultAction = 'SCMP_ACT_ALLOW'; syscalls = , @{ names = 'mkdir', 'mkdirat'; action = 'SCMP_ACT_KILL_PROCESS' } }
            $process = New-NamespaceProcess -SeccompProfile $path -Wait mkdir "$folder/no"
            $process.Signal | Should -Be 31
        }

        It 'says what is wrong with <Name>' -ForEach @(
            @{ Name = 'a file that is not there'; Text = $null }
            @{ Name = 'what is no JSON'; Text = 'allow all' }
            @{ Name = 'an action that is none'; Text = '{ "defaultAction": "SCMP_ACT_MAYBE" }' }
            @{ Name = 'a profile without a default'; Text = '{ "syscalls": [] }' }
        ) {
            $path = "$folder/wrong.json"
            Remove-Item $path -ErrorAction Ignore
            if ($Text) { Set-Content $path $Text }
            (Get-StartError @{ SeccompProfile = $path }).FullyQualifiedErrorId | Should -Match '^SeccompProfileInvalid,'
        }
    }

    Context 'What cannot be' {
        It 'is refused: <Name>' -ForEach @(
            @{ Name = 'a capability that is none'; With = @{ Capability = 'FLY' }; Id = 'InvalidRequest' }
            @{ Name = 'a limit that is none'; With = @{ ResourceLimit = @{ Files = 3 } }; Id = 'InvalidRequest' }
            @{ Name = 'a value that is none'; With = @{ ResourceLimit = @{ NoFile = 'many' } }; Id = 'InvalidRequest' }
            @{ Name = 'a soft limit above the hard one'; With = @{ ResourceLimit = @{ NoFile = '20:10' } }; Id = 'ConfinementRefused' }
            @{ Name = 'a priority that is none'; With = @{ Nice = 40 }; Id = 'InvalidRequest' }
        ) {
            (Get-StartError $With).FullyQualifiedErrorId | Should -Match "^$Id,"
        }
    }
}

Describe '-Sandbox' {
    It 'keeps a program from the files, processes and privileges of the host' -Tag T161 {
        Set-Content "$folder/secret" hidden
        $lines = Invoke-Inside @{ Sandbox = $true } "cat $folder/secret; touch /usr/x /x; cat /etc/shadow; echo mine > ~/x && cat ~/x; ls /tmp; grep -E '^(CapBnd|NoNewPrivs)' /proc/self/status; echo /proc/[0-9]*; unshare --user true; id -u"
        $lines -match 'hidden' | Should -BeNullOrEmpty
        $lines | ForEach-Object { $_ -replace '^(cat|touch|unshare).*: ' } | Should -Be @(
            'No such file or directory', 'Read-only file system', 'Read-only file system', 'No such file or directory', 'mine', "CapBnd:`t0000000000000000", "NoNewPrivs:`t1", '/proc/1', 'No space left on device', (id -u))
    }

    It 'is overridden by naming a part' -Tag T162 {
        Invoke-Inside @{ Sandbox = $true; Bind = "$folder"; MapRootUser = $true; HostName = 'mine'; WorkingDirectory = $folder; Capability = 'CHOWN'; NoNewPrivileges = $false; Tmpfs = '/tmp/other' } 'id -u; hostname; pwd; touch written; grep -E "^(CapEff|NoNew)" /proc/self/status' |
            Should -Be '0', 'mine', $folder, "CapEff:`t0000000000000001", "NoNewPrivs:`t0"
        Test-Path "$folder/written" | Should -BeTrue
        Invoke-Inside @{ Sandbox = $true; Type = 'Net'; LoopbackUp = $true; Init = $true } 'ip -brief link | wc -l; cat /proc/1/comm' | Should -Be '1', 'namespace-init'
    }

    It 'is a small container for an ordinary user, in one command' -Skip:(-not $isRoot) {
        $lines = Invoke-AsUser 'New-NamespaceProcess -Sandbox -Type Net -HostName box -LoopbackUp -Wait -- sh -c "hostname; id -u; test -e /root || echo none; echo /proc/[0-9]*; ip -4 -brief address show"' |
            ForEach-Object { "$_".Trim() }
        $lines | Select-Object -First 4 | Should -Be 'box', '65534', 'none', '/proc/1'
        $lines[4] | Should -Match '^lo\s+UNKNOWN\s+127\.0\.0\.1/8$'
    }
}
