BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item -ItemType Directory $folder
    chmod 755 $folder

    # Runs a program to its end and gives the lines it wrote; the object is in $process.
    function Invoke-Inside {
        param([hashtable] $With, [Parameter(ValueFromRemainingArguments)] [string[]] $Command)
        $output = Join-Path $folder 'output'
        $rest = @($Command | Select-Object -Skip 1)
        $script:process = New-NamespaceProcess -FilePath $Command[0] -ArgumentList $rest -Wait -RedirectStandardOutput $output -RedirectStandardError $output @With
        Get-Content $output
    }

    function Stop-Inside {
        param($Process)
        kill -9 $Process.Id
        Wait-Condition { $Process.HasExited }
    }

    # The error a start ends with; fails where there is none.
    function Get-StartError {
        param([scriptblock] $Start)
        try {
            $null = & $Start
        }
        catch {
            return $_
        }

        throw 'Nothing failed.'
    }

    function Get-OpenDescriptor { @(Get-ChildItem "/proc/$PID/fd" -ErrorAction Ignore | Where-Object Name -Match '^\d+$').Count }
    function Get-Zombie { @(ps --ppid $PID -o stat=,comm= | Where-Object { $_ -match '^Z' }) }
}

AfterAll {
    Remove-Item $folder -Recurse -Force -ErrorAction Ignore
}

Describe 'New-NamespaceProcess' -Skip:(-not $isRoot) {
    Context 'Types' {
        It 'makes a new <_> namespace and no other' -Tag T103 -ForEach 'Cgroup', 'Ipc', 'Mnt', 'Net', 'Pid', 'Time', 'User', 'Uts' {
            $type = $_
            $process = New-NamespaceProcess -Type $type sleep 60
            try {
                foreach ($name in 'Cgroup', 'Ipc', 'Mnt', 'Net', 'Pid', 'Time', 'User', 'Uts') {
                    $process."${name}Namespace" | Should -Be (Get-LinkInode $process.Id $name.ToLowerInvariant()) -Because $name
                    if ($name -eq $type) {
                        $process."${name}Namespace" | Should -Not -Be (Get-LinkInode $PID $name.ToLowerInvariant())
                    }
                    else {
                        $process."${name}Namespace" | Should -Be (Get-LinkInode $PID $name.ToLowerInvariant()) -Because $name
                    }
                }
            }
            finally {
                Stop-Inside $process
            }
        }

        It 'makes all eight at once' -Tag T104 {
            $process = New-NamespaceProcess -Type Cgroup, Ipc, Mount, Network, Pid, Time, User, Hostname -MapRootUser sleep 60
            try {
                foreach ($name in 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts') {
                    Get-LinkInode $process.Id $name | Should -Not -Be (Get-LinkInode $PID $name) -Because $name
                    $process."${name}Namespace" | Should -Be (Get-LinkInode $process.Id $name)
                }
            }
            finally {
                Stop-Inside $process
            }
        }

        It 'takes several types in one word, and no word or number that is none' {
            # As from a command line outside of PowerShell.
            $process = New-NamespaceProcess -Type 'net,Hostname' true -Wait
            $process.NetNamespace, $process.UtsNamespace | Should -Not -Be (Get-LinkInode $PID net), (Get-LinkInode $PID uts)
            $process.MntNamespace | Should -Be (Get-LinkInode $PID mnt)
            $process = New-NamespaceProcess -Type 'Ipc,Mnt', 'uts' true -Wait
            ($process.IpcNamespace, $process.MntNamespace, $process.UtsNamespace) | Where-Object { $_ -in (Get-LinkInode $PID ipc), (Get-LinkInode $PID mnt), (Get-LinkInode $PID uts) } | Should -BeNullOrEmpty
            $process.NetNamespace | Should -Be (Get-LinkInode $PID net)
            foreach ($bad in 'net,nothing', @('net,nothing', 'uts'), 'nothing', 77, [Enum]::ToObject([LinuxNamespaces.NamespaceType], 77), @('net', 77)) {
                (Get-StartError { New-NamespaceProcess -Type $bad true }).FullyQualifiedErrorId | Should -Match '^(CannotConvertArgument|ParameterArgumentTransformationError)' -Because "$bad"
            }

            (Get-StartError { New-NamespaceProcess -Persist @{ 'Net,Uts' = "$folder/x" } true }).FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
            Test-Path "$folder/x" | Should -BeFalse
        }

        It 'gives the inodes of a program that has ended at once' -Tag T105 {
            $process = New-NamespaceProcess -Type Uts, Net true -Wait
            $process.UtsNamespace | Should -BeGreaterThan 4026531840
            $process.NetNamespace | Should -Not -Be $process.UtsNamespace
            $process.PidNamespace | Should -Be (Get-LinkInode $PID pid)
        }

        It 'knows them also from a kernel that does not give them by pidfd' -Tag T106 {
            $older = [LinuxNamespaces.NamespaceInfo].Assembly.GetType('LinuxNamespaces.Kernel.Errors.OlderKernel').GetProperty('Missing', [Reflection.BindingFlags]'NonPublic, Static')
            $older.SetValue($null, [Enum]::Parse($older.PropertyType, 'All'))
            try {
                $process = New-NamespaceProcess -Type Cgroup, Ipc, Mnt, Net, Pid, Time, User, Uts -MapRootUser sleep 60
            }
            finally {
                $older.SetValue($null, [Enum]::Parse($older.PropertyType, 'None'))
            }

            try {
                foreach ($name in 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts') {
                    $process."${name}Namespace" | Should -Be (Get-LinkInode $process.Id $name) -Because $name
                }
            }
            finally {
                Stop-Inside $process
            }
        }
    }

    Context 'The program' {
        It 'is found in PATH, and gets its arguments as they are' {
            Invoke-Inside @{} printf '%s|' 'a b' '' '$x' '-c' "it's" | Should -Be "a b||`$x|-c|it's|"
        }

        It 'takes what stands behind -- as it is' {
            (New-NamespaceProcess -Type Uts -Wait -- sh -c 'exit 6').ExitCode | Should -Be 6
        }

        It 'is not started where PowerShell took one of its options: <Command>' -ForEach @(
            @{ Command = 'New-NamespaceProcess -Type Uts -Wait df -h /'; Says = '*-h* stands behind the program*-HostName*' }
            @{ Command = 'New-NamespaceProcess -Wait mount -v'; Says = '*-v* stands behind the program*-Verbose*' }
            @{ Command = '$with = @{ Wait = $true }; New-NamespaceProcess @with -Type Uts printenv -h HOME'; Says = '*-h* stands behind the program*' }
        ) {
            $failure = Get-StartError ([scriptblock]::Create($Command))
            $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
            "$failure" | Should -BeLike $Says
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-- before the program*'
        }

        It 'is not started where PowerShell cannot tell which of its options was meant: <_>' -ForEach @(
            'New-NamespaceProcess -Type Uts -Wait sh -c id', 'New-NamespaceProcess -Wait tail -f /etc/hostname'
        ) {
            $failure = Get-StartError ([scriptblock]::Create($_))
            $failure.FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameter,*'
        }

        It 'is not started without what a mistyped parameter asks for: <Command>' -ForEach @(
            @{ Command = 'New-NamespaceProcess -Types Net sleep 1'; Name = 'Types' }
            @{ Command = 'New-NamespaceProcess -Type Uts -Hostnme web sleep 1'; Name = 'Hostnme' }
            @{ Command = 'New-NamespaceProcess -Type Net -LoopbakUp -Wait hostname'; Name = 'LoopbakUp' }
        ) {
            $failure = Get-StartError ([scriptblock]::Create($Command))
            $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
            "$failure" | Should -Be "There is no parameter '-$Name'."
        }

        It 'may have whole parameters behind it, and begun ones before it' {
            (New-NamespaceProcess sh -ArgumentList '-c', 'exit 3' -Wait).ExitCode | Should -Be 3
            (New-NamespaceProcess -Ty Uts -Wait -- sh -c 'exit 4').ExitCode | Should -Be 4
            (New-NamespaceProcess -Wait:$true sh '-c' 'exit 5').ExitCode | Should -Be 5
        }

        It 'is not started by what comes down a pipeline' {
            $failure = Get-StartError { Get-Namespace uts -ProcessId $PID | New-NamespaceProcess sleep 1 }
            $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Join*'
            (1..2 | ForEach-Object { New-NamespaceProcess -Wait true }).ExitCode | Should -Be 0, 0
        }

        It 'gets no argument for what is $null, as every program' {
            $nothing = $null
            New-NamespaceProcess -Wait -RedirectStandardOutput $folder/output printf '<%s>' a $nothing '' | Out-Null
            Get-Content $folder/output | Should -Be '<a><>'
            New-NamespaceProcess -Wait printf -ArgumentList '<%s>', $nothing, 'b' -RedirectStandardOutput $folder/output | Out-Null
            Get-Content $folder/output | Should -Be '<b>'
            Invoke-NamespaceCommand -New Uts -FilePath printf -ArgumentList '<%s>', a, $null, b | Should -Be '<a><b>'
        }

        It 'is the user''s shell without a name, as a login shell' -Tag T107 {
            $script = Join-Path $folder 'input'
            Set-Content $script 'echo $0'
            $output = Join-Path $folder 'output'
            $process = New-NamespaceProcess -Type Uts -Environment @{ SHELL = '/bin/sh' } -RedirectStandardInput $script -RedirectStandardOutput $output -Wait
            Get-Content $output | Should -Be '-sh'
            $process.CommandLine | Should -Be '-sh'
        }

        It 'gives its exit code, or the signal that ended it' -Tag T108 {
            (New-NamespaceProcess sh -ArgumentList '-c', 'exit 7' -Wait).ExitCode | Should -Be 7
            $killed = New-NamespaceProcess sh -ArgumentList '-c', 'kill -9 $$' -Wait
            $killed.Signal | Should -Be 9
            $killed.ExitCode | Should -BeNullOrEmpty
        }

        It 'is an error that names the path when it is not there (<Name>)' -Tag T109 -ForEach @(
            @{ Name = '/nonexistent/program'; Id = 'ProgramNotFound'; Category = 'ObjectNotFound'; Text = '/nonexistent/program' }
            @{ Name = 'nonexistentprogram'; Id = 'ProgramNotFound'; Category = 'ObjectNotFound'; Text = '/usr/bin' }
            @{ Name = '/etc/passwd'; Id = 'ProgramNotExecutable'; Category = 'PermissionDenied'; Text = '/etc/passwd' }
            @{ Name = '/etc'; Id = 'ProgramNotExecutable'; Category = 'PermissionDenied'; Text = '/etc' }
        ) {
            $failure = Get-StartError { New-NamespaceProcess -Type Uts $Name -Wait }
            $failure.FullyQualifiedErrorId | Should -Be "$Id,LinuxNamespaces.Commands.NewNamespaceProcessCommand"
            $failure.CategoryInfo.Category | Should -Be $Category
            $failure.ToString() | Should -BeLike "*$Text*execve*"
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'of no known format is an error and no exit code' {
            $script = Join-Path $folder 'noformat'
            Set-Content $script 'echo no first line'
            chmod 755 $script
            (Get-StartError { New-NamespaceProcess $script -Wait }).FullyQualifiedErrorId | Should -BeLike 'ProgramNotExecutable,*'
        }

        It 'relative to the location, where the location is the working directory' {
            Set-Content (Join-Path $folder 'here.sh') "#!/bin/sh`npwd"
            chmod 755 (Join-Path $folder 'here.sh')
            Push-Location $folder
            try {
                Invoke-Inside @{} ./here.sh | Should -Be $folder
                Invoke-Inside @{ WorkingDirectory = '/usr' } ./here.sh | Should -Be '/usr'
            }
            finally {
                Pop-Location
            }
        }

        It 'takes $null for nothing' {
            (New-NamespaceProcess true -ArgumentList $null -Wait).ExitCode | Should -Be 0
        }

        It 'says what it started' -Tag T110 {
            $before = [DateTime]::Now
            $process = New-NamespaceProcess -Type Pid sleep 60
            try {
                $process.NamespacePid | Should -Be 1
                $process.ParentId | Should -Be $PID
                $process.Program | Should -Be 'sleep'
                $process.CommandLine | Should -Be 'sleep 60'
                $process.UserName | Should -Be 'root'
                $process.StartTime | Should -BeGreaterOrEqual $before
                $process.HasExited | Should -BeFalse
                $process.ExitCode | Should -BeNullOrEmpty
                "$process" | Should -Be "sleep ($($process.Id))"
                (Get-Content "/proc/$($process.Id)/status" | Where-Object { $_ -like 'NSpid*' }) -split '\s+' | Select-Object -Last 1 | Should -Be 1
            }
            finally {
                Stop-Inside $process
            }
        }

        It 'goes down the pipeline to Get-Namespace, Get-Process, Stop-Process and Wait-Process' {
            $process = New-NamespaceProcess -Type Net sleep 60
            ($process | Get-Namespace -Type Net).Inode | Should -Be $process.NetNamespace
            ($process | Get-Process).ProcessName | Should -Be 'sleep'
            $process | Stop-Process
            $process | Wait-Process -Timeout 5 -ErrorAction Ignore
            $process.HasExited | Should -BeTrue
            $process.Signal | Should -BeIn 9, 15
        }
    }

    Context 'What a program finds' {
        It 'has only descriptors 0, 1 and 2, no signal blocked or ignored: <Name>' -ForEach @(
            @{ Name = 'plain'; With = @{ Type = 'Uts' } }
            @{ Name = 'with maps'; With = @{ MapRootUser = $true } }
            @{ Name = 'as another user'; With = @{ UserId = 65534; GroupId = 65534 } }
            @{ Name = 'bound'; With = @{ Type = 'Ipc'; LoopbackUp = $true } }
        ) {
            $helper = Get-Helper signals
            chmod 755 (Split-Path $helper) $helper

            # A descriptor that is inherited, because nobody made it close-on-exec.
            $leak = [IO.FileStream]::new([Microsoft.Win32.SafeHandles.SafeFileHandle]::new([IntPtr]1, $false), [IO.FileAccess]::Write)
            Invoke-Inside $With $helper | Should -Be 'descriptors 0 1 2', 'blocked', 'ignored'

            # A child that redirects nothing prepares in another way.
            $output = Join-Path $folder 'unredirected'
            Set-Content $output ''
            chmod 666 $output
            New-NamespaceProcess -FilePath sh -ArgumentList '-c', "exec $helper > $output" -Wait @With | ForEach-Object ExitCode | Should -Be 0
            Get-Content $output | Should -Be 'descriptors 0 1 2', 'blocked', 'ignored'
            $leak.Dispose()
        }

        It 'has the files given as standard streams' -Tag T111 {
            $in = Join-Path $folder 'in'
            $out = Join-Path $folder 'out'
            $err = Join-Path $folder 'err'
            Set-Content $in 'text'
            $null = New-NamespaceProcess sh '-c' 'cat; echo problem >&2' -Wait -RedirectStandardInput $in -RedirectStandardOutput $out -RedirectStandardError $err
            Get-Content $out | Should -Be 'text'
            Get-Content $err | Should -Be 'problem'
        }

        It 'can write output and errors to one file, and have an empty input' {
            $out = Join-Path $folder 'both'
            $null = New-NamespaceProcess sh '-c' 'echo one; echo two >&2; cat; echo three' -Wait -RedirectStandardInput $null -RedirectStandardOutput $out -RedirectStandardError $out
            Get-Content $out | Should -Be 'one', 'two', 'three'
        }

        It 'two spellings of one file are one file' {
            $null = New-Item -ItemType Directory $folder/spelling
            $out = Join-Path $folder 'spelled'
            $null = New-NamespaceProcess sh '-c' 'echo one; echo two >&2; echo three' -Wait -RedirectStandardOutput $out -RedirectStandardError "$folder/spelling/../spelled"
            Get-Content $out | Should -Be 'one', 'two', 'three'
        }

        It 'empties a file that was there, and leaves all as it was when the start fails' {
            $old = Join-Path $folder 'old'
            $new = Join-Path $folder 'new'
            Set-Content $old 'a long line that was there'
            $null = New-NamespaceProcess echo short -Wait -RedirectStandardOutput $old
            Get-Content $old | Should -Be 'short'
            $null = Get-StartError { New-NamespaceProcess -Root /nonexistent true -RedirectStandardOutput $old -RedirectStandardError $new }
            Get-Content $old | Should -Be 'short'
            Test-Path $new | Should -BeFalse
            $null = Get-StartError { New-NamespaceProcess true -RedirectStandardOutput $new -RedirectStandardError /nonexistent/file }
            Test-Path $new | Should -BeFalse
            $null = Get-StartError { New-NamespaceProcess /nonexistent/program -RedirectStandardOutput $new }
            Test-Path $new | Should -BeFalse
        }

        It 'leaves a file as it was where the program is not there' {
            $file = Join-Path $folder 'kept'
            Set-Content $file 'kept'
            (Get-StartError { New-NamespaceProcess nosuchprogram -RedirectStandardOutput $file }).FullyQualifiedErrorId | Should -BeLike 'ProgramNotFound,*'
            (Get-StartError { New-NamespaceProcess /nonexistent/program -RedirectStandardError $file }).FullyQualifiedErrorId | Should -BeLike 'ProgramNotFound,*'
            Get-Content $file | Should -Be 'kept'
        }

        It 'an output that cannot be made is an error, and nothing is started' {
            $failure = Get-StartError { New-NamespaceProcess touch "$folder/started" -RedirectStandardOutput /nonexistent/file -Wait }
            $failure.FullyQualifiedErrorId | Should -BeLike 'RedirectFailed,*'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike 'Make its directory first*'
            Test-Path "$folder/started" | Should -BeFalse
        }

        It 'has the session''s variables, less and more (<Name>)' -Tag T112 -ForEach @(
            @{ Name = 'all'; With = @{ Environment = @{ LNT_NEW = 'b c'; LNT_GONE = $null } }; Has = 'LNT_OLD=1', 'LNT_NEW=b c'; Lacks = 'LNT_GONE*' }
            @{ Name = 'none'; With = @{ ClearEnvironment = $true }; Has = @(); Lacks = '*' }
            @{ Name = 'one'; With = @{ KeepEnvironment = 'LNT_OLD' }; Has = 'LNT_OLD=1'; Lacks = 'HOME*' }
            @{ Name = 'its own'; With = @{ ClearEnvironment = $true; Environment = @{ LNT_NEW = 1 } }; Has = 'LNT_NEW=1'; Lacks = 'LNT_OLD*' }
        ) {
            $env:LNT_OLD = 1
            $env:LNT_GONE = 1
            try {
                $variables = @(Invoke-Inside $With env)
                foreach ($variable in $Has) { $variables | Should -Contain $variable }
                @($variables -like $Lacks).Count | Should -Be 0
            }
            finally {
                $env:LNT_OLD = $env:LNT_GONE = $null
            }
        }
    }

    Context 'Users and groups' {
        It 'maps as unshare does: <Unshare>' -Tag T113 -ForEach @(
            @{ Unshare = '--map-root-user'; With = @{ MapRootUser = $true } }
            @{ Unshare = '--map-current-user'; With = @{ MapCurrentUser = $true } }
            @{ Unshare = '--map-user=1234 --map-group=4321'; With = @{ MapUser = '1234'; MapGroup = '4321' } }
            @{ Unshare = '--map-user=nobody'; With = @{ MapUser = 'nobody' } }
            @{ Unshare = '--user --setgroups deny'; With = @{ Type = 'User'; SetGroups = 'Deny' } }
        ) {
            $command = 'sort -n /proc/self/uid_map; echo; sort -n /proc/self/gid_map; cat /proc/self/setgroups; id -u; id -g'
            $wanted = unshare @($Unshare -split ' ') sh -c $command
            $wanted.Count | Should -BeGreaterThan 3
            Invoke-Inside $With sh '-c' $command | Should -Be $wanted
        }

        It 'maps ranges: <Name>' -Tag T114 -ForEach @(
            @{ Name = 'one of each'; With = @{ UidMap = '0:100000:65536'; GidMap = '0:200000:1000' }; Users = '0 100000 65536'; Groups = '0 200000 1000' }
            @{ Name = 'several, with root'; With = @{ UidMap = '0:100000:1000', '2000:300000:5'; GidMap = '0:5:1'; MapRootUser = $true }
                Users = '0 0 1', '1 100000 999', '2000 300000 5'; Groups = '0 0 1' }
            @{ Name = 'all'; With = @{ UidMap = 'all'; GidMap = 'all' }; Users = '0 0 4294967295'; Groups = '0 0 4294967295' }
        ) {
            $lines = Invoke-Inside $With sh '-c' 'sort -n /proc/self/uid_map; echo -; sort -n /proc/self/gid_map; cat /proc/self/setgroups'
            $lines | ForEach-Object { $_.Trim() -replace '\s+', ' ' } | Should -Be (@($Users) + '-' + $Groups + 'allow')
        }

        It 'leaves an id out of a range only where it must' -Tag T115 {
            # 1000 is just beyond the range: unshare takes an id away all the same.
            Invoke-Inside @{ UidMap = '0:100000:1000'; MapUser = '1000' } cat /proc/self/uid_map | ForEach-Object { $_ -replace '\s+', ' ' } |
                Should -Be ' 1000 0 1', ' 0 100000 1000'
        }

        It 'refuses a map that cannot be: <Map>' -Tag T116 -ForEach @(
            @{ Map = '0:0:0' }, @{ Map = '0:-1:2' }, @{ Map = '1:2' }, @{ Map = '0:0:4294967296' }, @{ Map = '4294967290:0:10' }, @{ Map = '0:1:2:3' }, @{ Map = 'some' }
        ) {
            (Get-StartError { New-NamespaceProcess true -UidMap $Map }).FullyQualifiedErrorId | Should -BeLike 'IdMapInvalid,*'
        }

        It 'refuses ranges that overlap, and more than the kernel takes' {
            (Get-StartError { New-NamespaceProcess true -UidMap 0:0:10, 5:100:1 }).ToString() | Should -BeLike '*0:0:10 and 5:100:1 overlap inside*'
            (Get-StartError { New-NamespaceProcess true -UidMap 0:0:10, 50:5:1 }).ToString() | Should -BeLike '*overlap outside*'
            $many = 0..400 | ForEach-Object { "$($_ * 2):$($_ * 2):1" }
            (Get-StartError { New-NamespaceProcess true -GidMap $many }).ToString() | Should -BeLike '*401 ranges*340*'
        }

        It 'maps the caller''s own subordinate ids, not those of the first named user' -Tag T117 {
            $command = @'
printf 'someone:500000:10\nroot:600000:20\n' > $1/subuid; printf 'someone:500000:10\n0:700000:30\n' > $1/subgid
mount --bind $1/subuid /etc/subuid; mount --bind $1/subgid /etc/subgid; exec $2 -NoProfile -NonInteractive -Command "$3"
'@
            $auto = "Import-Module '$ModulePath'; New-NamespaceProcess -MapAuto sh '-c' 'cat /proc/self/uid_map /proc/self/gid_map' -Wait | Out-Null;" +
                "New-NamespaceProcess -MapSubIds -MapRootUser sh '-c' 'cat /proc/self/uid_map /proc/self/gid_map' -Wait | Out-Null"
            $lines = unshare --mount sh -c $command sh $folder ([Environment]::ProcessPath) $auto | ForEach-Object { $_.Trim() -replace '\s+', ':' }
            $lines | Should -Be '0:600000:20', '0:700000:30', '0:0:1', '600000:600000:20', '0:0:1', '700000:700000:30'
        }

        It 'says that there are no subordinate ids' {
            $found = (Get-Content /etc/subuid) -match '^(root|0):'
            if ($found) {
                Set-ItResult -Skipped -Because 'root has subordinate ids here'
                return
            }

            (Get-StartError { New-NamespaceProcess true -MapAuto }).FullyQualifiedErrorId | Should -BeLike 'SubIdNotFound,*'
        }

        It 'becomes another user, without supplementary groups' -Tag T118 {
            Invoke-Inside @{ UserId = 65534; GroupId = 65534 } id | Should -Be (setpriv --reuid 65534 --regid 65534 --clear-groups id)
            Invoke-Inside @{ UidMap = '0:100000:65536'; GidMap = '0:100000:65536'; UserId = 5; GroupId = 6 } sh '-c' 'id -u; id -g; id -G' | Should -Be 5, 6, 6
            $process.UserName | Should -Be 100005
        }

        It 'leaves the session''s groups also where nobody can inside, or does not start' -Tag T119 {
            $command = "Import-Module '$ModulePath'; New-NamespaceProcess -SetGroups Deny -UidMap 0:0:100 -GidMap 0:0:100 -UserId 5 -GroupId 5 -Wait -- id -G | Out-Null
                New-NamespaceProcess -MapRootUser -GroupId 0 -Wait -- id -G | Out-Null"
            setpriv --groups 27,44 ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $command | Should -Be '5', '0'
            $command = "Import-Module '$ModulePath'; try { New-NamespaceProcess -MapRootUser -GroupId 0 -Wait true } catch { `$_.FullyQualifiedErrorId }"
            setpriv --reuid 65534 --regid 65534 --groups 27,44 env HOME=$UserHome ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $command | Should -BeLike 'IdChangeRefused,*'

            # Log-ins put the user's own group among them, which is no other than the one the program has.
            $command = "Import-Module '$ModulePath'; New-NamespaceProcess -MapRootUser -GroupId 0 -Wait -- id -G | Out-Null"
            setpriv --reuid 65534 --regid 65534 --groups 65534 env HOME=$UserHome ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $command | Should -Be '0'
        }

        It 'refuses the number that is no id (<Name>)' -ForEach @(
            @{ Name = 'UserId'; Id = 'InvalidRequest' }, @{ Name = 'GroupId'; Id = 'InvalidRequest' }
            @{ Name = 'MapUser'; Id = 'AccountNotFound' }, @{ Name = 'MapGroup'; Id = 'AccountNotFound' }
        ) {
            $with = @{ $Name = 4294967295 }
            (Get-StartError { New-NamespaceProcess @with id }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        }

        It 'names an id that has no mapping' {
            $failure = Get-StartError { New-NamespaceProcess -MapRootUser -UserId 5 true }
            $failure.FullyQualifiedErrorId | Should -BeLike 'IdChangeRefused,*'
            $failure.ToString() | Should -BeLike '*setresuid 5*EINVAL*'
        }

        It 'gives the new user namespace an owner' -Tag T120 {
            $process = New-NamespaceProcess -Owner 1234:1234 -Type Net, Pid -MapRootUser sleep 60
            try {
                ($process | Get-Namespace -Type User).OwnerUserId | Should -Be 1234
                ($process | Get-Namespace -Type Net).OwnerInode | Should -Be $process.UserNamespace
                $process.NamespacePid | Should -Be 1
                (Get-Content "/proc/$($process.Id)/status" | Where-Object { $_ -like 'Uid:*' }) -split '\s+' | Select-Object -Index 1 | Should -Be 1234
                (Get-Content "/proc/$($process.Id)/uid_map").Trim() -split '\s+' | Should -Be 0, 1234, 1
                (Get-Content "/proc/$($process.Id)/gid_map").Trim() -split '\s+' | Should -Be 0, 1234, 1
                nsenter -t $process.Id --user --preserve-credentials id -u | Should -Be 65534 -Because 'root of the host is not mapped there'
                Invoke-Inside @{ Owner = '1234:1234'; MapRootUser = $true } id -u | Should -Be 0
            }
            finally {
                Stop-Inside $process
            }
        }

        It 'keeps capabilities as unshare does' -Tag T121 {
            $wanted = unshare --map-user=1234 --map-group=1234 --keep-caps grep Cap /proc/self/status
            Invoke-Inside @{ MapUser = 1234; MapGroup = 1234; KeepCapabilities = $true } grep Cap /proc/self/status | Should -Be $wanted
            $lost = Invoke-Inside @{ MapUser = 1234; MapGroup = 1234 } grep CapEff /proc/self/status
            $lost | Should -Match '\s0+$'
        }

        It 'refuses -SetGroups Allow with a map of one group' -Tag T122 {
            (Get-StartError { New-NamespaceProcess -MapRootUser -SetGroups Allow true }).FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
            Invoke-Inside @{ GidMap = '0:0:10'; SetGroups = 'Allow' } cat /proc/self/setgroups | Should -Be 'allow'
        }
    }

    Context 'Mounts and roots' {
        BeforeAll {
            $root = Join-Path $folder 'root'
            $null = New-Item -ItemType Directory $root/bin, $root/proc, $root/tmp, $root/etc
            Copy-Item (Get-Command busybox -CommandType Application).Source $root/bin/busybox
            foreach ($name in 'sh', 'ls', 'ps', 'id', 'cat', 'hostname', 'pwd', 'ip', 'readlink') {
                $null = New-Item -ItemType SymbolicLink -Path $root/bin/$name -Value busybox
            }

            $path = @{ PATH = '/bin' }
        }

        It 'mounts a fresh /proc' -Tag T123 {
            Invoke-Inside @{ Type = 'Pid'; MountProc = $true } ps '-e' '-o' 'pid=,comm=' | ForEach-Object Trim | Should -Be '1 ps'
            $process.MntNamespace | Should -Not -Be (Get-LinkInode $PID mnt)
            Invoke-Inside @{ Type = 'Pid'; ProcDirectory = $root + '/proc' } sh '-c' "cat $root/proc/1/comm" | Should -Be 'sh'
        }

        It 'keeps mounts apart unless told otherwise (<Propagation>)' -Tag T124 -ForEach @(
            @{ Propagation = 'Private'; Flag = 'private' }, @{ Propagation = 'Shared'; Flag = 'shared' }
            @{ Propagation = 'Slave'; Flag = 'slave' }, @{ Propagation = 'Unchanged'; Flag = 'unchanged' }
        ) {
            $wanted = unshare --mount --propagation $Flag findmnt -no PROPAGATION /
            Invoke-Inside @{ Type = 'Mnt'; Propagation = $Propagation } findmnt '-no' PROPAGATION / | Should -Be $wanted
        }

        It 'leaves the session its /proc, however mounts propagate (<_>)' -Tag T125 -ForEach 'Private', 'Shared', 'Slave', 'Unchanged' {
            $script = "Import-Module '$ModulePath'
                `$before = @(Get-Content /proc/self/mountinfo).Count
                New-NamespaceProcess -Type Pid -MountProc -Propagation $_ -Wait -- sh -c 'cat /proc/1/comm' | Out-Null
                @(Get-Content /proc/self/mountinfo).Count - `$before"
            unshare --mount --propagation shared ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script | Should -Be 'sh', '0'
        }

        It 'registers interpreters in no user namespace but a new one' -Tag T126 {
            $script = "Import-Module '$ModulePath'
                mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
                (New-NamespaceProcess -Type Pid -LoadInterpreter :lnt:M::LNTMAGIC::/bin/cat: -Wait true).ExitCode
                Test-Path /proc/sys/fs/binfmt_misc/register, /proc/sys/fs/binfmt_misc/lnt"
            unshare --map-root-user --mount --pid --fork --mount-proc ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script | Should -Be '0', 'True', 'False'
            $plain = New-NamespaceProcess -MountBinfmt -BinfmtDirectory $folder sleep 60
            try { $plain.UserNamespace | Should -Not -Be (Get-LinkInode $PID user) } finally { Stop-Inside $plain }
        }

        It 'mounts binfmt_misc and registers an interpreter, for this namespace alone' -Tag T127 {
            Invoke-Inside @{ MapRootUser = $true; Type = 'Pid'; LoadInterpreter = ':lnt:M::LNTMAGIC::/bin/cat:' } head '-n' 2 /proc/sys/fs/binfmt_misc/lnt |
                Should -Be 'enabled', 'interpreter /bin/cat'
            Test-Path /proc/sys/fs/binfmt_misc/lnt | Should -BeFalse
            $other = New-Item -ItemType Directory (Join-Path $folder 'binfmt')
            Invoke-Inside @{ MapRootUser = $true; MountBinfmt = $true; BinfmtDirectory = "$other" } ls $other | Should -Contain 'register'
            (Get-StartError { New-NamespaceProcess -MapRootUser -Type Pid -LoadInterpreter nonsense true }).FullyQualifiedErrorId | Should -BeLike 'InterpreterRefused,*'
        }

        It 'has a root of its own by chroot' {
            Invoke-Inside @{ Root = $root; Environment = $path } sh '-c' 'pwd; ls /' | Should -Be '/', 'bin', 'etc', 'proc', 'tmp'
            $process.MntNamespace | Should -Be (Get-LinkInode $PID mnt)
        }

        It 'has a root of its own by pivot_root, and the old one is gone' -Tag T128 {
            $mounts = Invoke-Inside @{ Root = $root; Type = 'Mnt', 'Pid'; MountProc = $true; Environment = $path } cat /proc/mounts
            $mounts | Should -HaveCount 2
            $mounts | ForEach-Object { ($_ -split ' ')[1] } | Should -Be '/', '/proc'
            Test-Path $root/proc/self | Should -BeFalse
        }

        It 'works in a directory inside of the root, and cannot be led out of it' -Tag T129 {
            Invoke-Inside @{ Root = $root; WorkingDirectory = '/tmp'; Environment = $path } pwd | Should -Be '/tmp'
            (Get-StartError { New-NamespaceProcess -Root $root -WorkingDirectory /nonexistent -Environment $path pwd }).FullyQualifiedErrorId |
                Should -BeLike 'WorkingDirectoryNotFound,*'
            $helper = Start-Process sleep 60 -PassThru -WorkingDirectory /usr
            try {
                mount --bind /proc $root/proc
                $failure = Get-StartError { New-NamespaceProcess -Root $root -WorkingDirectory "/proc/$($helper.Id)/cwd" -Environment $path pwd }
                $failure.FullyQualifiedErrorId | Should -BeLike 'WorkingDirectoryOutsideRoot,*'
            }
            finally {
                umount $root/proc
                $helper | Stop-Process
            }
        }

        It 'cannot be led out of the root by a directory with a long name, or one that is gone' {
            $long = New-Item -ItemType Directory (Join-Path $folder ('x' * 200))
            $helper = Start-Process sleep 60 -PassThru -WorkingDirectory $long
            try {
                foreach ($with in @{ Type = 'Mnt' }, @{}) {
                    $failure = Get-StartError { New-NamespaceProcess @with -Root $root -MountProc -WorkingDirectory "/proc/$($helper.Id)/cwd" -Environment $path pwd }
                    $failure.FullyQualifiedErrorId | Should -BeLike 'WorkingDirectoryOutsideRoot,*'
                }

                Remove-Item $long
                $failure = Get-StartError { New-NamespaceProcess -Root $root -MountProc -WorkingDirectory "/proc/$($helper.Id)/cwd" -Environment $path pwd }
                $failure.FullyQualifiedErrorId | Should -BeLike 'WorkingDirectoryOutsideRoot,*'
            }
            finally {
                $helper | Stop-Process
            }

            $inside = '/tmp/' + 'y' * 200
            $null = New-Item -ItemType Directory $root$inside
            Invoke-Inside @{ Root = $root; WorkingDirectory = $inside; Environment = $path } pwd | Should -Be $inside
        }

        It 'says that there is no program in the root' {
            $failure = Get-StartError { New-NamespaceProcess -Root $root -Type Mnt /usr/bin/env }
            $failure.FullyQualifiedErrorId | Should -BeLike 'ProgramNotFound,*'
            $failure.ToString() | Should -BeLike "*/usr/bin/env below the root '$root'*"
            (Get-StartError { New-NamespaceProcess -Root /nonexistent -Type Mnt true }).FullyQualifiedErrorId | Should -BeLike 'RootRefused,*'
            (Get-StartError { New-NamespaceProcess -Root /nonexistent true }).FullyQualifiedErrorId | Should -BeLike 'RootRefused,*'
        }

        It 'takes the root that is there already' {
            Invoke-Inside @{ Root = '/'; Type = 'Mnt' } pwd | Should -Be '/'
        }

        It 'says that a path is too long' {
            $long = '/x' * 200000
            $failure = Get-StartError { New-NamespaceProcess -WorkingDirectory $long true }
            $failure.FullyQualifiedErrorId | Should -BeLike 'WorkingDirectoryNotFound,*'
            $failure.ToString() | Should -BeLike '*ENAMETOOLONG*'
            (Get-StartError { New-NamespaceProcess -Root $long true }).FullyQualifiedErrorId | Should -BeLike 'RootRefused,*'
            (Get-StartError { New-NamespaceProcess -Root $long -Type Mnt true }).FullyQualifiedErrorId | Should -BeLike 'RootRefused,*'
        }

        It 'says that a mount was refused' {
            $failure = Get-StartError { New-NamespaceProcess -Type Pid -ProcDirectory /nonexistent true }
            $failure.FullyQualifiedErrorId | Should -BeLike 'MountRefused,*'
            $failure.ToString() | Should -BeLike '*mount /nonexistent: No such file or directory (ENOENT)*'
        }

        It 'is a small container for an ordinary user (scenario A12)' {
            chmod -R a+rX $root
            $output = Invoke-AsUser "New-NamespaceProcess -Type Pid,Mnt,Uts,Ipc,Net,User -MapRootUser -Root '$root' -HostName box -LoopbackUp -MountProc -Environment @{ PATH = '/bin' } sh '-c' 'id -u; hostname; ls /; ip link show lo | head -n 1; echo `$`$' -Wait | Out-Null"
            $output[0..5] | Should -Be '0', 'box', 'bin', 'etc', 'proc', 'tmp'
            $output[6] | Should -BeLike '*UP*'
            $output[7] | Should -Be '1'
        }
    }

    Context 'Names, network and clocks' {
        It 'sets host and domain name inside only (scenario A4)' -Tag T130 {
            $before = hostname
            Invoke-Inside @{ HostName = 'lnt-host'; DomainName = 'lnt.domain' } sh '-c' 'hostname; cat /proc/sys/kernel/domainname' | Should -Be 'lnt-host', 'lnt.domain'
            $process.UtsNamespace | Should -Not -Be (Get-LinkInode $PID uts)
            hostname | Should -Be $before
            (Get-StartError { New-NamespaceProcess -HostName ('x' * 65) true }).FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
        }

        It 'has a lo that is down, or up when asked (scenario A7)' -Tag T131 {
            $links = Invoke-Inside @{ Type = 'Net' } ip '-o' link
            $links | Should -HaveCount 1
            $links | Should -BeLike '*lo: <LOOPBACK>*DOWN*'
            Invoke-Inside @{ LoopbackUp = $true } ip '-o' link show lo | Should -BeLike '*<LOOPBACK,UP,LOWER_UP>*'
            Invoke-Inside @{ LoopbackUp = $true } sh '-c' 'ip addr add 192.168.1.1/24 dev lo && ip -o addr' | Where-Object { $_ -like '*192.168.1.1/24*' } | Should -Not -BeNullOrEmpty
        }

        It 'shifts the clocks, also into the past (scenario A8)' -Tag T132 {
            $uptime = [double]((Get-Content /proc/uptime) -split ' ')[0]
            $inside = [double]((Invoke-Inside @{ BootTimeOffset = '7.00:00:00' } cat /proc/uptime) -split ' ')[0]
            $inside - $uptime - 604800 | Should -BeLessThan 30
            $inside - $uptime - 604800 | Should -BeGreaterOrEqual 0
            Invoke-Inside @{ BootTimeOffset = [timespan]::FromSeconds(-1.5); MonotonicOffset = [timespan]::FromSeconds(2.25) } sh '-c' "sed 's/  */ /g' /proc/self/timens_offsets" |
                Should -Be 'monotonic 2 250000000', 'boottime -2 500000000'
            $process.TimeNamespace | Should -Not -Be (Get-LinkInode $PID time)
            $failure = Get-StartError { New-NamespaceProcess -BootTimeOffset '-10000.00:00:00' true }
            $failure.FullyQualifiedErrorId | Should -BeLike 'TimeOffsetRefused,*'
        }

        It 'sees itself at the root of its cgroups (scenario A8)' {
            Invoke-Inside @{ Type = 'Cgroup' } cat /proc/self/cgroup | Where-Object { $_ -notmatch ':/$' } | Should -BeNullOrEmpty
        }

        It 'keeps message queues apart (scenario A5)' {
            $id = (ipcmk --queue) -replace '\D'
            try {
                (Invoke-Inside @{} ipcs '-q') -match '0x' | Should -Not -BeNullOrEmpty
                (Invoke-Inside @{ Type = 'Ipc' } ipcs '-q') -match '0x' | Should -BeNullOrEmpty
            }
            finally {
                ipcrm --queue-id $id
            }
        }

        It 'keeps mounts apart (scenario A2)' {
            Invoke-Inside @{ Type = 'Mnt' } sh '-c' "mount -t tmpfs lnt $folder && touch $folder/inside && findmnt -no SOURCE $folder" | Should -Be 'lnt'
            Test-Path $folder/inside | Should -BeFalse
            $process.MntNamespace | Should -Not -Be (Get-LinkInode $PID mnt)
            $process.NetNamespace | Should -Be (Get-LinkInode $PID net)
        }

        It 'ends all inside when PID 1 ends; outside they have other PIDs (scenario A3)' {
            $mark = 1000000 + $PID
            $process = New-NamespaceProcess -Type Pid -MountProc sh '-c' "sleep $mark & wait"
            Wait-Condition { pgrep -f "^sleep $mark" }
            $outer = pgrep -f "^sleep $mark"
            (Get-Content "/proc/$outer/status" | Where-Object { $_ -like 'NSpid*' }) -split '\s+' | Select-Object -Last 2 | Should -Be $outer, 2
            Stop-Inside $process
            Wait-Condition { -not (pgrep -f "^sleep $mark") }
        }

        It 'stands in the tree of pid and user namespaces (scenario A10)' {
            $process = New-NamespaceProcess -Type Pid -MapRootUser sleep 60
            try {
                $pidNamespace = $process | Get-Namespace -Type Pid
                $pidNamespace.ParentInode | Should -Be (Get-LinkInode $PID pid)
                $pidNamespace.OwnerInode | Should -Be $process.UserNamespace
                ($process | Get-Namespace -Type User).ParentInode | Should -Be (Get-LinkInode $PID user)
            }
            finally {
                Stop-Inside $process
            }
        }
    }

    Context 'Persistent namespaces (scenario A9)' {
        It 'binds each where asked, and they outlive the process' -Tag T133 {
            $pins = @{}
            foreach ($type in 'Net', 'Uts', 'Ipc', 'Cgroup', 'Time', 'User', 'Pid') { $pins[$type] = Join-Path $folder "pin-$type" }
            try {
                $process = New-NamespaceProcess -Persist $pins -MapRootUser true -Wait
                foreach ($type in $pins.Keys) {
                    stat -c %i $pins[$type] | Should -Be $process."${type}Namespace"
                    stat -f -c %T $pins[$type] | Should -Be nsfs
                }

                $uts = nsenter "--uts=$($pins.Uts)" readlink /proc/self/ns/uts
                $uts | Should -Be "uts:[$($process.UtsNamespace)]"
                (Get-Namespace -Type Net -Inode $process.NetNamespace).MountPoint | Should -Be $pins.Net
                $failure = Get-StartError { New-NamespaceProcess -Persist @{ Net = $pins.Net } true }
                $failure.FullyQualifiedErrorId | Should -BeLike 'PersistTargetBusy,*'
                stat -c %i $pins.Net | Should -Be $process.NetNamespace
            }
            finally {
                $pins.Values | Where-Object { Test-Path $_ } | ForEach-Object { umount $_; Remove-Item $_ }
            }

            Get-Namespace -Source All | Where-Object Inode -EQ $process.NetNamespace | Where-Object Type -EQ Net | Should -BeNullOrEmpty
        }

        It 'binds the child''s own, and maps its ids, where /proc counts processes otherwise than the session' {
            $pin = Join-Path $folder 'elsewhere'
            $null = New-Item $pin
            try {
                $script = "Import-Module '$ModulePath'; Set-Location /
                    foreach (`$with in @{ Owner = '1234:1234'; Type = 'User', 'Pid', 'Uts' }, @{ Type = 'Uts' }) {
                        `$process = New-NamespaceProcess @with -Persist @{ Uts = '$pin' } sleep 60
                        `$pinned = stat -c %i $pin
                        `$process.UtsNamespace -eq `$pinned ? 'True' : ""The child is in `$(`$process.UtsNamespace), and pinned is `$pinned.""
                        umount $pin
                        `$process | Stop-Process
                    }
                    (New-NamespaceProcess -UidMap 0:1000:5 -GidMap 0:2000:5 -Wait grep -q 1000 /proc/self/uid_map).ExitCode"
                unshare --pid --fork ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script | Should -Be 'True', 'True', '0'
            }
            finally { Remove-Item $pin }
        }

        It 'refuses a path on which something is mounted, one that is empty, and two for one type' {
            $file = Join-Path $folder 'mounted'
            Set-Content $file 'text'
            mount --bind /etc/hostname $file
            try {
                $failure = Get-StartError { New-NamespaceProcess -Persist @{ Net = $file } true }
                $failure.FullyQualifiedErrorId | Should -BeLike 'PersistTargetBusy,*'
                @(findmnt -n $file).Count | Should -Be 1
            }
            finally {
                umount $file
            }

            (Get-StartError { New-NamespaceProcess -Persist @{ Net = '' } true }).FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
            (Get-StartError { New-NamespaceProcess -Persist @{ Net = "$folder/a"; Network = "$folder/b" } true }).FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
            Test-Path $folder/a, $folder/b | Should -Be $false, $false
        }

        It 'binds a mount namespace where mounts are private, and says so where they are not' {
            $private = New-Item -ItemType Directory (Join-Path $folder 'private')
            mount --bind $private $private
            try {
                mount --make-private $private
                $process = New-NamespaceProcess -Persist @{ Mnt = "$private/mnt" } true -Wait
                stat -c %i $private/mnt | Should -Be $process.MntNamespace
                umount $private/mnt
                mount --make-shared $private
                $failure = Get-StartError { New-NamespaceProcess -Persist @{ Mnt = "$private/shared" } -Propagation Unchanged true -Wait }
                $failure.FullyQualifiedErrorId | Should -BeLike 'PersistRefused,*'
                $failure.ErrorDetails.RecommendedAction | Should -BeLike '*--make-private*'
                Test-Path $private/shared | Should -BeFalse
            }
            finally {
                umount $private
            }
        }

        It 'takes all back when the start fails after all' {
            $pin = Join-Path $folder 'undone'
            $null = Get-StartError { New-NamespaceProcess -Persist @{ Net = $pin; Uts = "$pin-uts" } /nonexistent/program }
            Test-Path "$pin*" | Should -BeFalse
            $null = Get-StartError { New-NamespaceProcess -Persist @{ Ipc = $pin; Uts = '/nonexistent/dir/uts' } true }
            Test-Path $pin | Should -BeFalse
        }
    }

    Context 'Joining' {
        BeforeAll {
            $target = New-NamespaceProcess -Type Net, Uts, Pid, Mnt, Ipc, Time, Cgroup -MountProc -HostName target sleep 600
            $rootless = New-NamespaceProcess -Type Net, Uts, Pid, Mnt -MapRootUser -MountProc -HostName rootless sleep 600
        }

        AfterAll {
            Stop-Inside $target
            Stop-Inside $rootless
        }

        It 'joins all namespaces of a process, as nsenter does' {
            $command = 'for t in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$t; done; hostname; pwd'
            $wanted = nsenter --target $target.Id --all sh -c $command
            $wanted | Should -Contain 'target'
            Invoke-Inside @{ Join = $target } sh '-c' $command | Should -Be $wanted
            $process.NamespacePid | Should -BeGreaterThan 1
            Invoke-Inside @{ Join = $target.Id } hostname | Should -Be 'target'
        }

        It 'joins a rootless one, where only its own user namespace gives the right to' {
            Invoke-Inside @{ Join = $rootless } sh '-c' 'hostname; id -u; ps -e -o pid=,comm= | head -n 1' | ForEach-Object Trim | Should -Be 'rootless', '0', '1 sleep'
            $process.UserNamespace | Should -Be $rootless.UserNamespace
            $process.PidNamespace | Should -Be $rootless.PidNamespace
        }

        It 'keeps the capabilities of a joined user namespace, and knows the uid outside of it' {
            $mapped = New-NamespaceProcess -Type User -UidMap 0:100000:10 -GidMap 0:100000:10 -UserId 0 -GroupId 0 sleep 60
            try {
                Invoke-Inside @{ Join = ($mapped | Get-Namespace -Type User); UserId = 5; KeepCapabilities = $true } sh '-c' 'id -u; grep CapEff /proc/self/status' |
                    Should -Be '5', ("CapEff:`t{0:x16}" -f ([Math]::Pow(2, 1 + [int](Get-Content /proc/sys/kernel/cap_last_cap)) - 1 -as [ulong]))
                $process.UserId | Should -Be 100005
                $null = Invoke-Inside @{ Join = $mapped } id
                $process.UserId | Should -Be 100000
            }
            finally {
                Stop-Inside $mapped
            }
        }

        It 'joins existing and makes new ones in one call' -Tag T134 {
            Invoke-Inside @{ Join = $rootless; Type = 'Pid'; MountProc = $true } sh '-c' 'hostname; echo $$; ps -e | wc -l' | ForEach-Object Trim | Select-Object -First 2 | Should -Be 'rootless', '1'
            $process.NetNamespace | Should -Be $rootless.NetNamespace
            $process.PidNamespace | Should -Not -BeIn $rootless.PidNamespace, (Get-LinkInode $PID pid)
        }

        It 'joins single namespaces' {
            $null = Invoke-Inside @{ Join = ($target | Get-Namespace -Type Net), ($target | Get-Namespace -Type Uts) } hostname
            $process.NetNamespace | Should -Be $target.NetNamespace
            $process.UtsNamespace | Should -Be $target.UtsNamespace
            $process.MntNamespace | Should -Be (Get-LinkInode $PID mnt)
            $failure = Get-StartError { New-NamespaceProcess -Join ($target | Get-Namespace -Type Net), ($rootless | Get-Namespace -Type Net) true }
            $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
        }

        It 'names a pid namespace that is dead' {
            $dying = New-NamespaceProcess -Type Pid -Persist @{ Pid = "$folder/dead" } true -Wait
            $dying.ExitCode | Should -Be 0
            try {
                $failure = Get-StartError { New-NamespaceProcess -Join "$folder/dead" true }
                $failure.FullyQualifiedErrorId | Should -BeLike 'PidNamespaceDead,*'
                $failure.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
                $failure.ToString() | Should -BeLike '*clone*ENOMEM*'
            }
            finally {
                umount $folder/dead
            }
        }

        It 'may not join what gives no rights' -Tag T135 {
            $output = Invoke-AsUser "try { New-NamespaceProcess -Join $($target.Id) true } catch { `$_.FullyQualifiedErrorId }"
            $output | Should -Match '^(ProcessHidden|JoinRefused),'
        }

        It 'cannot be traced from inside before it runs its program, and has no descriptor of the session' {
            $helper = Get-Helper signals
            Copy-Item $helper $folder/signals
            Invoke-Inside @{ Join = ($target | Get-Namespace -Type Net); Type = 'Uts' } $folder/signals | Should -Be 'descriptors 0 1 2', 'blocked', 'ignored'
            $lines = New-NamespaceProcess -Join $target true -WhatIf -Verbose 4>&1 | ForEach-Object Message
            $lines[0] | Should -BeLike '*with memory of its own'
            $lines -like 'wait: *compares the namespaces with those wanted' | Should -HaveCount 1
        }
    }

    Context 'Waiting and ending' {
        It 'ends what takes too long, PID 1 included' -Tag T136 {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $process = New-NamespaceProcess sleep 60 -TimeoutSec 0.3 -ErrorVariable failure -ErrorAction SilentlyContinue
            $process.Signal | Should -Be 15
            $failure.FullyQualifiedErrorId | Should -BeLike 'ProcessTimedOut,*'
            $failure.CategoryInfo.Category | Should -Be 'OperationTimeout'
            (New-NamespaceProcess -Type Pid sleep 60 -TimeoutSec 0.3 -ErrorAction SilentlyContinue).Signal | Should -Be 9
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 50
        }

        It 'has time for the start, too' {
            mkfifo $folder/fifo
            try {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                New-NamespaceProcess cat -RedirectStandardInput $folder/fifo -TimeoutSec 0.2 -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
                $failure.FullyQualifiedErrorId | Should -BeLike 'ProcessTimedOut,*'
                $watch.Elapsed.TotalSeconds | Should -BeLessThan 50
            }
            finally { Remove-Item $folder/fifo }
        }

        It 'ends the child at Ctrl+C' -Tag T137 {
            $shell = [PowerShell]::Create()
            $null = $shell.AddScript("Import-Module '$ModulePath'; New-NamespaceProcess -Type Pid sleep 71 -Wait").BeginInvoke()
            Wait-Condition { pgrep -P $PID -f '^sleep 71' }
            $shell.Stop()
            pgrep -P $PID -f '^sleep 71' | Should -BeNullOrEmpty
            $shell.Dispose()
        }

        It 'leaves no zombie, and keeps the exit code' {
            $process = New-NamespaceProcess -Type Uts sh '-c' 'exit 3'
            Wait-ProcessEnd $process.Id
            $process.HasExited | Should -BeTrue
            $process.ExitCode | Should -Be 3
        }

        It 'leaves no program behind when descriptors run out at any point of a start' {
            $script = Join-Path $folder 'descriptors.ps1'
            Set-Content $script @'
param($ModulePath)
Import-Module $ModulePath
Add-Type -Namespace Test -Name Limit -MemberDefinition '[DllImport("libc")] public static extern int setrlimit(int resource, ulong[] limits);'
New-NamespaceProcess -Type Uts true -Wait | Out-Null
$failed = 0
$last = (Get-ChildItem "/proc/$PID/fd" | Measure-Object { [int]$_.Name } -Maximum).Maximum + 16
foreach ($with in @{ Type = 'Uts'; KillWithParent = $true }, @{ Type = 'Pid'; KillWithParent = $true }, @{ Type = 'Uts' }, @{ MapRootUser = $true }) {
    foreach ($limit in 3..$last) {
        $hard = 4096
        $null = [Test.Limit]::setrlimit(7, [ulong[]]($limit, $hard))
        $process = $why = $null
        try { $process = New-NamespaceProcess sleep 4711 @with } catch { $failed++; $why = $_.Exception.Message }
        if ($limit -eq 3) { "3: $why" }
        $null = [Test.Limit]::setrlimit(7, [ulong[]]($hard, $hard))
        if ($process) { Stop-Process -Id $process.Id -Force }
    }
}
"failed: $($failed -gt 0)"
foreach ($try in 1..400) {
    if (-not (Get-Process sleep -ErrorAction Ignore | Where-Object { $_.Parent.Id -eq $PID })) { break }
    Start-Sleep -Milliseconds 50
}

"left: $(@(Get-Process sleep -ErrorAction Ignore | Where-Object { $_.Parent.Id -eq $PID }).Count)"
'@
            $lines = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $script $ModulePath
            $lines[1..3] | Should -BeLike '3: * Too many open files (EMFILE)'
            $lines[2] | Should -Be '3: clone: Too many open files (EMFILE)' -Because 'there is no descriptor for the child'
            $lines[-2..-1] | Should -Be 'failed: True', 'left: 0'
        }

        It 'starts again after the first start found but <_> descriptors' -ForEach 0, 1, 2, 3 {
            $script = Join-Path $folder 'first.ps1'
            Set-Content $script @'
param($ModulePath, [int] $Free)
Import-Module $ModulePath
Add-Type -Namespace Test -Name Limit -MemberDefinition '[DllImport("libc")] public static extern int setrlimit(int resource, ulong[] limits);'
$null = Get-Command New-NamespaceProcess
$used = [Collections.Generic.HashSet[int]][int[]][IO.Directory]::GetFileSystemEntries("/proc/$PID/fd").ForEach({ [IO.Path]::GetFileName($_) })
$limit = 0
while ($Free -ge 0) { if (-not $used.Contains($limit)) { $Free-- }; $limit++ }
$null = [Test.Limit]::setrlimit(7, [ulong[]](($limit - 1), 4096))
try { $first = (New-NamespaceProcess -Type Uts true -Wait).ExitCode } catch { $first = $_.FullyQualifiedErrorId }
$null = [Test.Limit]::setrlimit(7, [ulong[]](4096, 4096))
$first
(New-NamespaceProcess -Type Uts true -Wait).ExitCode
'@
            $lines = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $script $ModulePath $_
            $lines[0] | Should -BeIn '0', 'SystemCallFailed,LinuxNamespaces.Commands.NewNamespaceProcessCommand'
            $lines[1] | Should -Be 0
        }

        It 'dies with the session when asked, and only then (<Signal>)' -Tag T138 -ForEach @(
            @{ Signal = $null; With = '-KillWithParent'; Dies = $true }
            @{ Signal = 'TERM'; With = '-ParentDeathSignal TERM'; Dies = $true }
            @{ Signal = $null; With = ''; Dies = $false }
        ) {
            $pwsh = [Environment]::ProcessPath
            $id = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; (New-NamespaceProcess -Type Uts $With sleep 72 -RedirectStandardOutput /dev/null -RedirectStandardError /dev/null).Id; kill -9 `$PID"
            if ($Dies) {
                Wait-ProcessEnd $id
                return
            }

            # The kernel sends the signal, if any, before the end of PowerShell can be seen: one would have ended it, or be pending.
            $status = Get-Content "/proc/$id/status"
            kill -9 $id
            $status | Where-Object { $_ -like 'State:*' } | Should -Not -Match '\t[ZX]'
            $status -match '^(Sig|Shd)Pnd:' | Should -Be "SigPnd:`t$('0' * 16)", "ShdPnd:`t$('0' * 16)"
        }

        It 'does not die with the thread that made it' {
            $process = New-NamespaceProcess -Type Uts -KillWithParent sleep 300
            $other = New-NamespaceProcess -BootTimeOffset 1.00:00:00 sleep 300

            # All but the one that lives as long as its child, and the one that waits for children.
            Wait-IdleThread -Left 2
            $process.HasExited | Should -BeFalse
            $other.HasExited | Should -BeFalse
            Stop-Inside $process
            Stop-Inside $other
        }

        It 'does nothing with -WhatIf, and says the plan with -Verbose, in order' -Tag T139 {
            New-NamespaceProcess -Type Uts touch "$folder/whatif" -WhatIf | Should -BeNullOrEmpty
            Test-Path "$folder/whatif" | Should -BeFalse
            $shown = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; New-NamespaceProcess -HostName plan /bin/true -WhatIf"
            $shown | Select-Object -First 3 | Should -Be 'What if: Start a process in new namespaces (uts): /bin/true', '  clone: new uts', "  sethostname: host name 'plan'"
            $shown[-1] | Should -Be '  execve: /bin/true'
            $lines = New-NamespaceProcess -HostName plan -Type Pid -MountProc -MapRootUser -UserId 0 true -WhatIf -Verbose 4>&1 | ForEach-Object Message
            $words = 'clone: new mnt, pid, user, uts*', 'write: setgroups deny', 'write: gid_map 0 0 1', 'write: uid_map 0 0 1', 'sethostname: *plan*', 'mount: all mounts are private',
                'mount: mount proc on /proc', 'chdir: *', 'setresuid: become user 0', 'execve: *true*'
            for ($i = 0; $i -lt $words.Count; $i++) {
                $lines[$i] | Should -BeLike $words[$i]
            }
        }
    }

    Context 'What would fail' {
        It 'is said by -WhatIf: <Case>' -Tag T140 -ForEach @(
            @{ Case = 'no program'; With = @{ FilePath = 'nosuchprogram' }; Says = '*no program to start; tried nosuchprogram*' }
            @{ Case = 'no root'; With = @{ FilePath = 'true'; Root = '/nonexistent' }; Says = '*/nonexistent*root directory*' }
            @{ Case = 'a root that is a file'; With = @{ FilePath = 'true'; Root = '/etc/passwd' }; Says = '*/etc/passwd*root directory*must be a directory*' }
            @{ Case = 'no working directory'; With = @{ FilePath = 'true'; WorkingDirectory = '/nonexistent' }; Says = '*cannot work in ''/nonexistent''*' }
            @{ Case = 'nowhere to bind'; With = @{ FilePath = 'true'; Persist = @{ Net = '/nonexistent/net' } }; Says = '*bound to ''/nonexistent/net''*must exist*' }
            @{ Case = 'nothing to read'; With = @{ FilePath = 'true'; RedirectStandardInput = '/nonexistent' }; Says = '*/nonexistent*standard stream*' }
            @{ Case = 'nowhere to write'; With = @{ FilePath = 'true'; RedirectStandardError = '/nonexistent/file' }; Says = '*/nonexistent/file*standard stream*' }
        ) {
            New-NamespaceProcess @With -WhatIf -WarningVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            "$said" | Should -BeLike "This would fail: $Says"
            { New-NamespaceProcess @With -ErrorAction Stop } | Should -Throw
            New-NamespaceProcess true -Type Uts -WhatIf -WarningVariable said | Should -BeNullOrEmpty
            $said | Should -BeNullOrEmpty
        }

        It 'is not what the child may do, and not what it finds elsewhere' {
            $closed = New-Item -ItemType Directory (Join-Path $folder 'closed')
            chmod 700 $closed
            Invoke-AsUser "New-NamespaceProcess -Type Mnt -MapRootUser -Root $closed/root true -WhatIf 3>&1; New-NamespaceProcess -MapRootUser -WorkingDirectory $closed/in true -WhatIf 3>&1" |
                Should -Not -BeLike '*would fail*'
            $proc = New-Item -ItemType Directory (Join-Path $folder 'proc')
            $with = @{ Type = 'Pid'; ProcDirectory = "$proc"; WorkingDirectory = "$proc/1"; FilePath = "$proc/1/root/bin/true" }
            New-NamespaceProcess @with -WhatIf -WarningVariable said | Should -BeNullOrEmpty
            $said | Should -BeNullOrEmpty
            (New-NamespaceProcess @with -Wait -RedirectStandardOutput $folder/output).ExitCode | Should -Be 0
        }

        It 'is said by -WhatIf: no privilege, a limit of 0' {
            "$(Invoke-AsUser "New-NamespaceProcess -Type Net true -WhatIf 3>&1")" | Should -BeLike '*This would fail:*CAP_SYS_ADMIN*User*'
            $command = "Import-Module '$ModulePath'; New-NamespaceProcess -Type Net true -WhatIf 3>&1"
            $script = "echo 0 > /proc/sys/user/max_net_namespaces; exec '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -Command `"`$1`""
            "$(unshare --map-root-user sh -c $script sh $command)" | Should -BeLike '*This would fail: The limit of namespaces is 0: user.max_net_namespaces = 0.*'
        }
    }

    Context 'Limits and refusals' {
        It 'drops groups on the way into a user namespace where setgroups is denied, as nsenter does' {
            $process = New-NamespaceProcess -MapRootUser sleep 60
            try {
                $expected = setpriv --groups 0,4,5 nsenter -t $process.Id -U -S 0 -G 0 grep Groups /proc/self/status
                $command = "New-NamespaceProcess -Join $($process.Id) -UserId 0 -GroupId 0 -Wait grep Groups /proc/self/status | Out-Null"
                setpriv --groups 0,4,5 ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; $command" | Should -Be $expected
            }
            finally { Stop-Inside $process }
        }

        It 'names the limit that is 0, its value and the command that raises it (scenario A6)' -Tag T141 {
            $script = "echo 0 > /proc/sys/user/max_user_namespaces; echo 5 > /proc/sys/user/max_net_namespaces; exec '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -Command `"`$1`""
            $command = "Import-Module '$ModulePath'; try { New-NamespaceProcess -MapRootUser -Type Net true } catch { `$_.FullyQualifiedErrorId; `$_.CategoryInfo.Category; `"`$_`"; `$_.ErrorDetails.RecommendedAction }"
            $output = unshare --map-root-user sh -c $script sh $command
            $output[0] | Should -BeLike 'NamespaceLimitReached,*'
            $output[1] | Should -Be 'LimitsExceeded'
            $output[2] | Should -BeLike '*user.max_user_namespaces = 0*clone*ENOSPC*'
            $output[3] | Should -BeLike '*sysctl user.max_user_namespaces=*'
        }

        It 'names a limit that is used up' {
            $script = "echo 1 > /proc/sys/user/max_uts_namespaces; exec '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -Command `"`$1`""
            $command = "Import-Module '$ModulePath'; `$first = New-NamespaceProcess -Type Uts sleep 60; try { New-NamespaceProcess -Type Uts true } catch { `"`$_`" }; `$first | Stop-Process"
            unshare --map-root-user sh -c $script sh $command | Should -BeLike '*user.max_uts_namespaces = 1*'
        }

        It 'names the capability that is missing' {
            $output = Invoke-AsUser "try { New-NamespaceProcess -Type Net,Uts true } catch { `$_.FullyQualifiedErrorId; `$_.CategoryInfo.Category; `"`$_`"; `$_.ErrorDetails.RecommendedAction }"
            $output[0] | Should -BeLike 'PrivilegeRequired,*'
            $output[1] | Should -Be 'PermissionDenied'
            $output[2] | Should -BeLike '*net, uts*CAP_SYS_ADMIN*clone*EPERM*'
            $output[3] | Should -BeLike '*add User to the types*'
        }

        It 'leaves nothing behind after failures of every kind' {
            $null = New-NamespaceProcess true -Wait
            [GC]::Collect()
            $mounts = Get-Content /proc/self/mountinfo
            $descriptors = Get-OpenDescriptor
            foreach ($round in 1..20) {
                $null = Get-StartError { New-NamespaceProcess -Type Uts /nonexistent/program }
                $null = Get-StartError { New-NamespaceProcess -MapRootUser -UserId 5 true }
                $null = Get-StartError { New-NamespaceProcess -Type Pid -ProcDirectory /nonexistent true }
                $null = Get-StartError { New-NamespaceProcess -BootTimeOffset '-10000.00:00:00' -MapRootUser true }
                $null = Get-StartError { New-NamespaceProcess -Owner 1234:1234 -Type Pid /nonexistent/program }
                $null = Get-StartError { New-NamespaceProcess -Persist @{ Net = "$folder/nothing" } /nonexistent/program }
                $null = Get-StartError { New-NamespaceProcess -Type Uts true -RedirectStandardOutput /nonexistent/file }
            }

            [GC]::Collect()
            [GC]::WaitForPendingFinalizers()
            Get-OpenDescriptor | Should -BeLessThan ($descriptors + 20) -Because 'each of 140 would leave some'
            Get-Zombie | Should -BeNullOrEmpty
            @(pgrep -P $PID).Count | Should -BeLessOrEqual 1
            Get-Content /proc/self/mountinfo | Should -Be $mounts
        }
    }

    Context 'An ordinary user' {
        It 'is root inside, and no more outside than before (scenario A6)' -Tag T142 {
            $output = Invoke-AsUser "New-NamespaceProcess -MapRootUser -Type Mnt,Net,Uts,Ipc,Cgroup,Time,Pid -MountProc -HostName inside -LoopbackUp sh '-c' 'id -u; hostname; cat /proc/self/uid_map; echo `$`$; cat /etc/shadow 2>&1; chown 1 / 2>&1' -Wait | Out-Null"
            $output[0..1] | Should -Be '0', 'inside'
            $output[2] | Should -Match '^\s+0\s+65534\s+1$'
            $output[3] | Should -Be '1'
            $output[4] | Should -BeLike '*Permission denied*'
            $output[5] | Should -Match 'not permitted|Read-only|Invalid|too large'
        }

        It 'maps more ids with newuidmap and newgidmap' -Tag T143 {
            if (-not (Get-Command newuidmap -CommandType Application -ErrorAction Ignore)) {
                Set-ItResult -Skipped -Because 'newuidmap (package uidmap) is not installed'
                return
            }

            # /etc/subuid for this test alone: newuidmap is of this mount namespace, too.
            $script = "echo nobody:500000:70000 > $folder/sub; mount --bind $folder/sub /etc/subuid; mount --bind $folder/sub /etc/subgid; exec env HOME=$UserHome setpriv --reuid 65534 --regid 65534 --clear-groups '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -Command `"`$1`""
            $command = "Import-Module '$ModulePath'; New-NamespaceProcess -MapAuto -MapRootUser sh '-c' 'cat /proc/self/uid_map /proc/self/setgroups; id -u' -Wait | Out-Null"
            $output = unshare --mount sh -c $script sh $command | ForEach-Object { $_.Trim() -replace '\s+', ' ' }
            $output | Should -Be '0 65534 1', '1 500000 70000', 'allow', '0'
        }

        It 'can give up a FIFO that is not theirs to write to' {
            $fifo = Join-Path $folder 'theirs'
            mkfifo -m 644 $fifo
            try {
                Invoke-AsUser "New-NamespaceProcess cat -RedirectStandardInput $fifo -TimeoutSec 0.2 -ErrorAction SilentlyContinue -ErrorVariable failure; `$failure.FullyQualifiedErrorId" |
                    Should -BeLike 'ProcessTimedOut,*'
            }
            finally { Remove-Item $fifo }
        }

        It 'is helped by no newuidmap that lies where they are' {
            $there = New-Item -ItemType Directory (Join-Path $folder 'planted')
            Set-Content $there/newuidmap "#!/bin/sh`ntouch $there/run"
            chmod -R 777 $there
            Invoke-AsUser "Set-Location '$there'; [Environment]::CurrentDirectory = '$there'; try { New-NamespaceProcess -UidMap 0:65534:1, 1:100000:5 -Wait true } catch { `$_.FullyQualifiedErrorId }" |
                Should -Match '^(IdMapRefused|IdMapHelperMissing),'
            Test-Path $there/run | Should -BeFalse
        }

        It 'is told which ids are not theirs to map' {
            $output = Invoke-AsUser "try { New-NamespaceProcess -UidMap 0:100000:10 true } catch { `$_.FullyQualifiedErrorId; `"`$_`" }"
            $output[0] | Should -Match '^(IdMapRefused|IdMapHelperMissing),'
            $output[1] | Should -BeLike '*newuidmap*'
        }

        It 'may keep their own id and the capabilities of the namespace' {
            Invoke-AsUser "New-NamespaceProcess -MapCurrentUser -KeepCapabilities -Type Net sh '-c' 'ip link set lo up && id -u' -Wait | Out-Null" | Should -Be '65534'
        }
    }

    Context 'Under load' {
        It 'starts 2,000 from eight runspaces while others allocate and collect' -Tag T144 {
            $null = New-NamespaceProcess -MapRootUser true -Wait
            [GC]::Collect()
            Wait-IdleThread
            $descriptors = Get-OpenDescriptor
            $stop = [Threading.CancellationTokenSource]::new()
            $churn = foreach ($i in 1..2) {
                $shell = [PowerShell]::Create()
                $null = $shell.AddScript('param($stop) while (-not $stop.IsCancellationRequested) { $x = 1..2000 | ForEach-Object { "$_" }; [GC]::Collect(); Start-Sleep -Milliseconds 5 }').AddArgument($stop.Token)
                $handle = $shell.BeginInvoke()
                @{ Shell = $shell; Handle = $handle }
            }

            $codes = 0..7 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:ModulePath
                $runspace = $_
                foreach ($i in 1..250) {
                    $with = switch (($i + $runspace) % 5) {
                        0 { @{ Type = 'Uts' } }
                        1 { @{ MapRootUser = $true } }
                        2 { @{ Type = 'Pid'; MountProc = $true } }
                        3 { @{ BootTimeOffset = '1.00:00:00' } }
                        4 { @{ Type = 'Uts', 'Ipc'; HostName = "h$i" } }
                    }
                    $process = New-NamespaceProcess -FilePath sh -ArgumentList '-c', "exit $($i % 200)" -Wait @with
                    if ($process.ExitCode -ne $i % 200) { "wrong: $($process.ExitCode) for $i" } else { 'right' }
                }
            }

            $stop.Cancel()
            foreach ($one in $churn) { $null = $one.Shell.EndInvoke($one.Handle); $one.Shell.Dispose() }
            @($codes).Count | Should -Be 2000
            $codes | Where-Object { $_ -ne 'right' } | Should -BeNullOrEmpty
            Wait-IdleThread

            # Each start would leave some.
            Wait-Condition { [GC]::Collect(); [GC]::WaitForPendingFinalizers(); (Get-OpenDescriptor) -le $descriptors + 8 }
            Wait-Condition { -not (Get-Zombie) }
        }

        It 'leaves no child when PowerShell is killed while one waits at a gate' {
            # A newuidmap that never comes back holds the gate closed.
            $bin = New-Item -ItemType Directory (Join-Path $folder 'slow')
            Set-Content $bin/newgidmap "#!/bin/sh`necho `$1 > $folder/waiting`nexec sleep 73"
            chmod 755 $bin/newgidmap
            chmod 777 $folder
            $pwsh = [Environment]::ProcessPath
            $user = Start-Process env -PassThru -ArgumentList "HOME=$UserHome", 'setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', $pwsh, '-NoProfile', '-NonInteractive', '-Command',
                "`"Import-Module '$ModulePath'; `$env:PATH = '${bin}:' + `$env:PATH; New-NamespaceProcess -GidMap 0:100000:10 sleep 74`""
            try {
                Wait-Condition { Get-Content $folder/waiting -ErrorAction Ignore }
                $child = Get-Content $folder/waiting
                Test-Path "/proc/$child" | Should -BeTrue
                kill -9 $user.Id
                Wait-ProcessEnd $child
            }
            finally {
                kill -9 $user.Id 2>$null
                pgrep -u 65534 -f '^sleep 73' | ForEach-Object { kill -9 $_ }
                chmod 755 $folder
            }
        }
    }

    Context 'A terminal' {
        It 'is the child''s with job control, and PowerShell''s again afterwards' {
            if (-not (Get-Command tmux -CommandType Application -ErrorAction Ignore)) {
                Set-ItResult -Skipped -Because 'tmux is not installed'
                return
            }

            $socket = New-UniqueName
            function Send { tmux -L $socket send-keys @args }

            try {
                tmux -L $socket -f /dev/null new-session -d -x 120 -y 40 "env XDG_DATA_HOME=$TestDrive NO_COLOR=1 PS1='inside> ' $([Environment]::ProcessPath) -NoProfile -NoLogo"
                $null = Wait-Screen $socket -History 100 '(?m)^PS .*>'
                Send "Import-Module '$ModulePath'; 'mod' + 'ule'" Enter
                $null = Wait-Screen $socket -History 100 '(?m)^module'
                Send "New-NamespaceProcess -Type Pid -MountProc bash -ArgumentList '--norc' -Wait | ForEach-Object { 'code' + `$_.ExitCode }" Enter
                $null = Wait-Screen $socket -History 100 '(?m)^inside>'
                Send 'sleep 75' Enter
                Wait-Program 'sleep 75'
                Send C-c
                Send 'echo int$?' Enter
                $null = Wait-Screen $socket -History 100 '(?m)^int130'
                Send 'sleep 76' Enter
                Wait-Program 'sleep 76'
                Send C-z
                Send 'jobs' Enter
                $null = Wait-Screen $socket -History 100 '(?m)Stopped +sleep 76'
                Send 'fg' Enter
                Wait-Continued 'sleep 76'
                Send C-c
                Send 'echo fg$?' Enter
                $null = Wait-Screen $socket -History 100 '(?m)^fg130'
                Send 'exit 5' Enter
                $null = Wait-Screen $socket -History 100 '(?m)^code5'

                # A program that does not read from it may take it all the same.
                Send "New-NamespaceProcess -Wait -RedirectStandardInput /dev/null -- bash --norc -ic 'read -t 0 < /dev/tty; sleep 0.2' | ForEach-Object { 'tty' + `$_.ExitCode }" Enter
                $null = Wait-Screen $socket -History 100 '(?m)^tty0'

                # Line editing: a letter goes in two to the left of the end.
                Send "'edt'" Left Left i End Enter
                $null = Wait-Screen $socket -History 100 '(?m)^edit'
            }
            finally {
                tmux -L $socket kill-server
            }
        }
    }
}
