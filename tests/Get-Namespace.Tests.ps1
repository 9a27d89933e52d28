BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $types = 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'
}

Describe 'Get-Namespace' {
    Context 'Without parameters' {
        It 'lists the eight namespaces of this process with the inodes of /proc' {
            $all = Get-Namespace -WarningAction Ignore
            foreach ($type in $types) {
                $inode = Get-LinkInode $PID $type
                $own = $all | Where-Object Inode -EQ $inode
                $own.Type | Should -Be $type
                $own.IsCurrent | Should -BeTrue
                $own.ProcessCount | Should -BeGreaterThan 0
            }
        }

        It 'is sorted by type and inode, each once' -Tag T014 {
            $all = Get-Namespace -WarningAction Ignore
            $keys = $all | ForEach-Object { '{0} {1:d20}' -f $_.Type, $_.Inode }
            $keys | Should -Be ($keys | Sort-Object -Unique)
        }

        It 'marks the initial namespaces' {
            $initial = Get-Namespace -WarningAction Ignore | Where-Object IsInitial
            ($initial | Where-Object Type -EQ User).Inode | Should -Be 4026531837
            ($initial | Where-Object Type -EQ Pid).Inode | Should -Be 4026531836
            $initial.Type | Sort-Object -Unique | Should -HaveCount $initial.Count
        }

        It 'writes plain values only, and text as the kernel does' -Tag T015 {
            $ns = Get-Namespace net -ProcessId $PID
            "$ns" | Should -Be "net:[$(Get-LinkInode $PID net)]"
            foreach ($property in $ns.PSObject.Properties) {
                $type = [Type]$property.TypeNameOfValue
                ($type.IsPrimitive -or $type.IsEnum -or $type -eq [string] -or $type.Name -eq 'Nullable`1' -or $property.Name -cin 'Source', 'UidMap', 'GidMap') | Should -BeTrue -Because $property.Name
            }

            $ns.PSObject.Properties.Name | Should -Not -Contain 'Id'
        }
    }

    Context 'A herd' -Skip:(-not $isRoot) {
        BeforeAll {
            $herd = Start-Helper herd 5, 200, held
            $leaders = @([int[]]($herd.ReadyLine -split ' ' | Select-Object -Skip 1))
            $name = New-UniqueName
            ip netns add $name
            ip netns set $name 4711
            $pin = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
            $second = "$pin second"
            foreach ($path in $pin, $second) {
                $null = New-Item $path
                mount --bind "/proc/$($leaders[0])/ns/uts" $path
            }

            $lsns = if ($env:LSNS) { $env:LSNS } else { 'lsns' }
            $columns = 'NS,TYPE,NPROCS,PID,PPID,PNS,ONS,UID,USER,NETNSID,COMMAND'

            # Raw: the JSON of some versions breaks off after the first of several mount points.
            foreach ($try in 1..20) {
                $mountPoints = @{}
                foreach ($line in & $lsns --raw --noheadings --output NS,NSFS) {
                    $inode, $paths = $line -split ' '
                    $mountPoints[$inode] = "$paths" -split ',' -replace '\\x20', ' ' -join "`n"
                }

                if ($mountPoints.Count -gt 40) {
                    break
                }
            }

            # lsns gives up half-way when a process ends at the wrong moment: ask until it has seen the whole herd. Others come, go and take the
            # inodes of those that went: only rows that are the same before and after count.
            foreach ($try in 1..20) {
                $before = (& $lsns --json --list --output $columns | ConvertFrom-Json).namespaces
                $all = Get-Namespace
                $after = @((& $lsns --json --list --output $columns | ConvertFrom-Json).namespaces | ForEach-Object { $_ | ConvertTo-Json -Compress })
                $rows = @($before | Where-Object { ($_ | ConvertTo-Json -Compress) -cin $after })
                if (@($rows | Where-Object nprocs -In 39, 40).Count -ge 40) {
                    break
                }
            }

            $byInode = $all | Group-Object Inode -AsHashTable

            # Those the herd alone is in: the others change under our feet.
            $initial = $types | ForEach-Object { Get-LinkInode $PID $_ }
            $herdRows = $rows | Where-Object { [ulong]$_.ns -notin $initial -and $_.command -notmatch 'kdevtmpfs' }
        }

        AfterAll {
            umount $pin $second
            Remove-Item $pin, $second
            ip netns delete $name
            Stop-Helper $herd
        }

        It 'is made of 200 processes in 40 namespaces of all types' {
            $inside = foreach ($leader in $leaders) { Get-ChildItem "/proc/$leader/task/$leader/children" | Get-Content | ForEach-Object { -split $_ } }
            $inside.Count + $leaders.Count | Should -Be 200
            $herdRows | Where-Object nprocs -GE 39 | Should -HaveCount 40
            $groups = $herdRows | Where-Object nprocs -GE 39 | Group-Object type
            $groups.Name | Sort-Object | Should -Be $types
            $groups | Where-Object Count -NE 5 | Should -BeNullOrEmpty
        }

        It 'finds every namespace that lsns finds' -Tag T016 {
            @($herdRows).Count | Should -BeGreaterOrEqual 40 -Because 'rows of the host itself change with all that goes on there'
            $rows | Where-Object { -not $byInode[[ulong]$_.ns] } | Should -BeNullOrEmpty
        }

        It 'agrees with lsns on type, processes, owner, parent, net id and mount points' -Tag T017 {
            foreach ($row in $herdRows) {
                $ns = $byInode[[ulong]$row.ns]
                $because = "$($row.type) $($row.ns)"
                $ns.Type | Should -Be $row.type -Because $because
                $ns.ProcessCount | Should -Be $row.nprocs -Because $because
                "$($ns.ProcessId)" | Should -Be "$($row.pid)" -Because $because
                "$($ns.ParentProcessId)" | Should -Be "$($row.ppid)" -Because $because
                [ulong]($ns.ParentInode ?? 0) | Should -Be ([ulong]$row.pns) -Because $because
                [ulong]($ns.OwnerInode ?? 0) | Should -Be ([ulong]$row.ons) -Because $because
                "$($ns.NetNsId)" | Should -Be ("$($row.netnsid)" -replace 'unassigned') -Because $because
                "$($ns.MountPoint)" | Should -Be $mountPoints["$($row.ns)"] -Because $because
                if ($row.pid) {
                    $ns.UserName | Should -Be $row.user -Because $because
                    $ns.UserId | Should -Be $row.uid -Because $because
                }
            }
        }

        It 'finds what only a descriptor or a socket holds' -Tag T018 {
            $held = $all | Where-Object { $_.ProcessCount -eq 0 -and ($_.Source -eq 'Descriptor' -or $_.Source -eq 'Socket') }
            $fds = foreach ($link in Get-ChildItem "/proc/$($herd.Id)/fd") { [ulong](stat -L -c %i $link.FullName) }
            $descriptors = $held | Where-Object { "$($_.Source)" -eq 'Descriptor' -and $_.Path -like "/proc/$($herd.Id)/fd/*" }
            $descriptors.Type | Should -Be 'Net', 'Uts'
            $descriptors.Inode | Where-Object { $_ -notin $fds } | Should -BeNullOrEmpty
            $socket = $held | Where-Object Source -EQ Socket
            $socket.Type | Select-Object -Unique | Should -Be 'Net'
            $socket.Inode | Where-Object { $_ -in $fds } | Should -BeNullOrEmpty
            $socket.OwnerUserId | Should -Contain 0
        }

        It 'has the name, net id and mount point of a named net namespace' {
            $ns = Get-Namespace -Name $name
            $ns.Name | Should -Be $name
            $ns.NetNsId | Should -Be 4711
            $ns.MountPoint | Should -Be "/run/netns/$name"
            $ns.Source | Should -Be Mount
            $ns.Inode | Should -Be (stat -L -c %i "/run/netns/$name")
        }

        It 'lists two mount points on lines of their own' -Tag T019 {
            $ns = Get-Namespace -Path $pin
            $ns.MountPoint -split "`n" | Should -Be $pin, $second
        }

        It 'gives the eight of a process from the pipeline, and no others' -Tag T020 {
            $found = [pscustomobject]@{ Id = $leaders[1] } | Get-Namespace
            $found.Type | Should -Be $types
            foreach ($ns in $found) {
                $ns.Inode | Should -Be (Get-LinkInode $leaders[1] "$($ns.Type)".ToLowerInvariant())
            }

            (Get-Process -Id $leaders[1] | Get-Namespace).Inode | Should -Be $found.Inode
        }

        It 'takes processes, paths and namespaces from one pipeline' {
            $found = "/proc/$($leaders[1])/ns/uts", [pscustomobject]@{ ProcessId = $leaders[1] }, (Get-Namespace -Type Ipc -ProcessId $leaders[0]) | Get-Namespace -Type Uts, Ipc
            $found.Inode | Sort-Object | Should -Be (@((Get-LinkInode $leaders[1] uts), (Get-LinkInode $leaders[1] ipc), (Get-LinkInode $leaders[0] ipc)) | Sort-Object -Unique)
            ("$($leaders[1])" | Get-Namespace).Type | Should -Be $types -Because 'text may be a PID'
        }

        It 'restricts the search by source' {
            (Get-Namespace -Source Mount | Where-Object { $null -eq $_.MountNamespace }).Inode | Sort-Object -Unique | Should -Be (
                findmnt -rn -t nsfs -o FSROOT | ForEach-Object { [ulong]($_ -replace '\D') } | Sort-Object -Unique)
            Get-Namespace -Source Descriptor | Where-Object { $_.Source -notcontains 'Descriptor' } | Should -BeNullOrEmpty
        }
    }

    Context 'Relations and ids' -Skip:(-not $isRoot) {
        BeforeAll {
            # The outer user namespace of the two has no process: only its child knows it.
            $outer = Join-Path $TestDrive outer
            $sleeper = [Diagnostics.Process]::Start('unshare', [string[]]('--user', '--map-root-user', 'sh', '-c', "readlink /proc/self/ns/user > '$outer'; exec unshare --user sleep 300"))
            Wait-ProcessName $sleeper.Id sleep
            $ghost = [ulong]((Get-Content $outer) -replace '\D')
        }

        AfterAll {
            Stop-Process $sleeper
            $sleeper.WaitForExit()
        }

        It 'finds a user namespace that is only the parent of another' -Tag T021 {
            $inner = Get-LinkInode $sleeper.Id user
            $inner | Should -Not -Be $ghost
            $found = Get-Namespace user | Where-Object Inode -In $inner, $ghost
            ($found | Where-Object Inode -EQ $ghost).Source | Should -Be Relation
            ($found | Where-Object Inode -EQ $ghost).ProcessCount | Should -Be 0
            ($found | Where-Object Inode -EQ $ghost).ParentInode | Should -Be (Get-LinkInode $PID user)
            ($found | Where-Object Inode -EQ $inner).ParentInode | Should -Be $ghost
            ($found | Where-Object Inode -EQ $inner).OwnerInode | Should -Be $ghost
        }

        It 'does not search for relations when they are not asked for' {
            Get-Namespace user -Source Process | Where-Object Inode -EQ $ghost | Should -BeNullOrEmpty
        }

        It 'gives the 64-bit ids the kernel gives' -Tag T022 {
            $oracle = "import fcntl, os, struct`ntry: print(struct.unpack('Q', fcntl.ioctl(os.open('/proc/$PID/ns/{0}', os.O_RDONLY), 0x8008b70d, b'\0' * 8))[0])`nexcept OSError: print('')"
            foreach ($ns in Get-Namespace -ProcessId $PID) {
                "$($ns.NamespaceId)" | Should -Be "$(python3 -c ($oracle -f "$($ns.Type)".ToLowerInvariant()))" -Because "$ns"
            }
        }
    }

    Context 'Trees' -Skip:(-not $isRoot) {
        BeforeAll {
            $herd = Start-Helper herd 3, 12
            $leaders = @([int[]]($herd.ReadyLine -split ' ' | Select-Object -Skip 1))
            $lsns = if ($env:LSNS) { $env:LSNS } else { 'lsns' }

            # What lsns draws, once it draws the same before and after we looked. It draws nothing where a process ends at the wrong moment.
            function Compare-Tree {
                param([scriptblock] $Ours, [string[]] $Arguments)
                foreach ($try in 1..200) {
                    $before = env LC_ALL=C.UTF-8 $lsns --noheadings @Arguments | ForEach-Object TrimEnd
                    $drawn = & $Ours
                    $after = env LC_ALL=C.UTF-8 $lsns --noheadings @Arguments | ForEach-Object TrimEnd
                    if ($before -and $after -and -not (Compare-Object $before $after -SyncWindow 0)) {
                        return $drawn, $before
                    }
                }

                throw 'The machine is not quiet enough.'
            }
        }

        AfterAll {
            Stop-Helper $herd
        }

        It 'draws the tree of owners as lsns does' -Tag T023 {
            $ours, $theirs = Compare-Tree -Arguments --output, NS, --tree=owner, --type, user, --type, uts {
                Get-Namespace -Type User, Uts -Hierarchy Owner | ForEach-Object { $_.Hierarchy -replace '\w+:\[(\d+)\]$', '$1' }
            }
            $ours | Should -Be $theirs
            (Get-Namespace -Type User, Uts -Hierarchy Owner | Where-Object Inode -EQ (Get-LinkInode $leaders[0] uts)).Depth | Should -Be 2
        }

        It 'draws the tree of parents with every child below its parent' -Tag T024 {
            $tree = Get-Namespace -Type Pid -Hierarchy Parent
            $tree[0].Inode | Should -Be (Get-LinkInode $PID pid)
            $tree[0].Depth | Should -Be 0
            $inner = $tree | Where-Object Depth -EQ 1
            $inner.Count | Should -BeGreaterOrEqual 3
            foreach ($ns in $inner) {
                $ns.ParentInode | Should -Be $tree[0].Inode
                $ns.Hierarchy | Should -Match "^[├└]─pid:\[$($ns.Inode)\]$"
            }
        }

        It 'draws the tree of processes as lsns does, <Name>' -ForEach @(
            @{ Name = 'two types'; Types = @('uts', 'pid') }
            @{ Name = 'all types'; Types = @() }
        ) {
            # Its tree is drawn in the column of commands.
            $arguments = @('--output', 'NS,NPROCS,COMMAND', '--tree=process') + @($Types | ForEach-Object { '--type', $_ })
            $wanted = $Types ? @{ Type = $Types } : @{}
            $ours, $theirs = Compare-Tree -Arguments $arguments {
                Get-Namespace -Hierarchy Process @wanted | Where-Object ProcessCount | ForEach-Object { "$($_.Hierarchy -match '^([│├└─ ]*)' ? $Matches[1] : '')$($_.Inode)" }
            }
            $theirs = $theirs -notmatch '^ *\d+ +0 ' -replace '^ *(\d+) +\d+ ([│├└─ ]*).*', '$2$1'
            $ours | Should -Be $theirs
            $ours -match '[├└]─' | Should -Not -BeNullOrEmpty
        }
    }

    Context 'Parameters' {
        It 'takes the words people use for a type: <Word>' -Tag T025 -ForEach @(
            @{ Word = 'Mount'; Type = 'Mnt' }, @{ Word = 'network'; Type = 'Net' }, @{ Word = 'Hostname'; Type = 'Uts' }, @{ Word = 'pid'; Type = 'Pid' }
        ) {
            (Get-Namespace $Word -ProcessId $PID).Type | Should -Be $Type
        }

        It 'finds by inode' {
            $inode = Get-LinkInode $PID ipc
            (Get-Namespace -Inode $inode -WarningAction Ignore).Type | Should -Be Ipc
        }

        It 'takes a path, a wildcard and a file object' {
            $inode = Get-LinkInode $PID uts
            (Get-Namespace -Path "/proc/$PID/ns/uts").Inode | Should -Be $inode
            (Get-Namespace -Path "/proc/$PID/ns/ut?").Inode | Should -Be $inode
            (Get-Item "/proc/$PID/ns/uts" | Get-Namespace).Inode | Should -Be $inode
        }

        It 'completes <Line>' -ForEach @(
            @{ Line = 'Get-Namespace -Type N'; Expected = 'Net' }
            @{ Line = 'Get-Namespace -Hierarchy O'; Expected = 'Owner' }
            @{ Line = 'Get-Namespace -Source So'; Expected = 'Socket' }
            @{ Line = "Get-Namespace -ProcessId $PID"; Expected = "$PID" }
            @{ Line = 'Get-Namespace -Inode 402653183'; Expected = '4026531837' }
        ) {
            (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText | Should -Contain $Expected
        }

        It 'completes inodes of the types asked for' {
            $line = 'Get-Namespace -Type Network -Inode '
            $tips = (TabExpansion2 $line $line.Length).CompletionMatches.ToolTip
            $tips | Should -Not -BeNullOrEmpty
            $tips | Where-Object { $_ -notlike 'net:*' } | Should -BeNullOrEmpty
        }

        It 'asks for nothing when the pipe is empty or of the wrong kind' {
            @() | Get-Namespace | Should -BeNullOrEmpty
            'abc' | Get-Namespace -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            Get-Item /no/such/file -ErrorAction Ignore | Get-Namespace | Should -BeNullOrEmpty
        }

        It 'looks again at namespaces from the pipeline, and at those alone' {
            (Get-Namespace net -ProcessId $PID | Get-Namespace).Inode | Should -Be (Get-LinkInode $PID net)
        }

        It 'finds a name with brackets as it is completed' -Skip:(-not $isRoot) {
            $name = (New-UniqueName) + '[b]'
            ip netns add $name
            try {
                $line = "Get-Namespace -Name $($name.Substring(0, 8))"
                $completed = (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Where-Object { $_ -like '*b*' }
                (& ([scriptblock]::Create("Get-Namespace -Name $completed -ErrorAction Stop"))).Name | Should -Be $name
            }
            finally {
                ip netns delete $name
            }
        }

        It 'completes names, quoted where they need it' -Skip:(-not $isRoot) {
            $name = (New-UniqueName) + ' x'
            ip netns add $name
            try {
                (TabExpansion2 "Get-Namespace -Name $($name.Substring(0, 8))").CompletionMatches.CompletionText | Should -Contain "'$name'"
            }
            finally {
                ip netns delete $name
            }
        }
    }

    Context 'Failures' {
        It 'reports a process that does not exist and goes on' {
            $found = Get-Namespace net -ProcessId 4194304, $PID -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Inode | Should -Be (Get-LinkInode $PID net)
            $problem.FullyQualifiedErrorId | Should -Be 'ProcessNotFound,LinuxNamespaces.Commands.GetNamespaceCommand'
            $problem.CategoryInfo.Category | Should -Be ObjectNotFound
        }

        It 'reports an inode that does not exist' {
            { Get-Namespace -Inode 1 -ErrorAction Stop -WarningAction Ignore } | Should -Throw -ErrorId 'NamespaceNotFound,LinuxNamespaces.Commands.GetNamespaceCommand'
        }

        It 'reports a name that does not exist, and a wildcard that matches nothing not' {
            { Get-Namespace -Name (New-UniqueName) -ErrorAction Stop -WarningAction Ignore } | Should -Throw -ErrorId 'NamespaceNameNotFound,*'
            Get-Namespace -Name "$(New-UniqueName)*" -ErrorAction Stop -WarningAction Ignore | Should -BeNullOrEmpty
        }

        It 'reports a path that is no namespace: <Path>' -ForEach @(
            @{ Path = '/etc/passwd'; Id = 'NotANamespace' }
            @{ Path = '/proc/1'; Id = 'NotANamespace' }
            @{ Path = '/dev/null'; Id = 'NotANamespace' }
            @{ Path = '/no/such/file'; Id = 'PathNotFound' }
            @{ Path = 'env:HOME'; Id = 'NotAFileSystemPath' }
        ) {
            { Get-Namespace -LiteralPath $Path -ErrorAction Stop } | Should -Throw -ErrorId "$Id,LinuxNamespaces.Commands.GetNamespaceCommand"
        }

        It 'goes on after a path that is nothing: <Path>' -ForEach @(
            @{ Path = 'nodrive:\x' }, @{ Path = 'noprovider::x' }, @{ Path = '/nope/*' }
        ) {
            $found = Get-Namespace -Path $Path, "/proc/$PID/ns/uts" -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Inode | Should -Be (Get-LinkInode $PID uts)
            $problem.FullyQualifiedErrorId | Should -Be 'PathNotFound,LinuxNamespaces.Commands.GetNamespaceCommand'
        }

        It 'refuses a pattern that is none: <_>' -ForEach 'a[', 'r[z-a]' {
            { Get-Namespace -Name $_ -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
        }

        It 'does not cut a path at a NUL' {
            { Get-Namespace -LiteralPath "/proc/$PID/ns/uts`0foo" -ErrorAction Stop } | Should -Throw -ErrorId 'NotANamespace,*'
        }

        It 'says that the kind asked for is the reason' {
            { Get-Namespace -Type Pid -Inode (Get-LinkInode $PID net) -ErrorAction Stop } | Should -Throw '*among those asked for*'
        }

        It 'opens each namespace once, however many files lead to it' {
            $before = (Get-ChildItem /proc/self/fd).Count
            $found = prlimit --nofile=300:4096 ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; (Get-Namespace -LiteralPath (@('/proc/self/ns/uts') * 300) -WarningAction Ignore).Count"
            $found | Should -Be 1
            (Get-ChildItem /proc/self/fd).Count | Should -BeLessThan ($before + 20)
        }

        It 'says that there are no descriptors left, instead of finding less' {
            $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "
                Import-Module '$ModulePath'
                prlimit --pid `$PID --nofile=300:4096
                `$files = foreach (`$i in 1..300) { try { [IO.File]::OpenRead('/dev/null') } catch { break } }
                `$files[-1].Dispose(); `$files[-2].Dispose(); `$files[-3].Dispose()
                try { `$null = Get-Namespace -WarningAction Ignore; 'found' } catch { `$found = `$_ }
                `$files | ForEach-Object Dispose
                `$found.FullyQualifiedErrorId
                `$found.CategoryInfo.Category
                (Get-Namespace -WarningAction Ignore | Where-Object IsCurrent).Count"
            $output | Should -Be 'SystemCallFailed,LinuxNamespaces.Commands.GetNamespaceCommand', 'ResourceUnavailable', '8'
        }

        It 'works with one thread where no other is to be had' -Skip:(-not $isRoot) {
            $herd = Start-Helper herd 1, 300
            try {
                # For this one command: the runtime itself needs threads when it ends.
                Invoke-AsUser -UserId 64321 @'
Add-Type 'using System.Runtime.InteropServices;
public static class Limit {
    public struct Pair { public ulong Soft, Hard; }
    [DllImport("libc")] public static extern int getrlimit(int resource, out Pair limit);
    [DllImport("libc")] public static extern int setrlimit(int resource, ref Pair limit);
}'
$limit = [Limit+Pair]::new()
$null = [Limit]::getrlimit(6, [ref]$limit)
$before = $limit.Soft
$limit.Soft = 1
[Limit]::setrlimit(6, [ref]$limit)
$count = (Get-Namespace -WarningAction Ignore | Where-Object IsCurrent).Count
$limit.Soft = $before
[Limit]::setrlimit(6, [ref]$limit)
$count
'@ | Should -Be 0, 0, 8
            }
            finally {
                Stop-Helper $herd
            }
        }

        It 'says that there is no /proc, and works again when there is' -Skip:(-not $isRoot) {
            $output = unshare --mount --propagation private ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "
                Import-Module '$ModulePath'
                umount -l /proc
                foreach (`$try in { Get-Namespace }, { Get-Namespace -Path /etc/passwd -ErrorAction Stop }, { Get-NamespaceMount /etc/passwd -ErrorAction Stop }, { Get-NetNamespaceInterface /etc/passwd -ErrorAction Stop },
                    { Compare-Namespace 1 /etc/passwd -ErrorAction Stop }, { New-NamespaceProcess -Join /etc/passwd true -ErrorAction Stop }) { try { & `$try } catch { `$_.FullyQualifiedErrorId -replace ',.*' } }
                mount -t proc proc /proc
                (Get-Namespace -WarningAction Ignore | Where-Object IsCurrent).Count"
            $output | Should -Be (@('ProcNotMounted') * 6 + '8')
        }

        It 'leaves no descriptor and no thread behind' {
            $null = Get-Namespace
            $before = (Get-ChildItem /proc/self/fd).Count, (Get-ChildItem /proc/self/task).Count
            foreach ($i in 1..50) {
                $null = Get-Namespace -Source All
                $null = Get-Namespace | Select-Object -First 1
                $null = Get-Namespace -LiteralPath "/proc/$PID/ns/uts", /etc/passwd -ErrorAction SilentlyContinue
            }

            # PowerShell itself opens and closes some meanwhile; one left in each round would be 50 and more.
            [GC]::Collect()
            [GC]::WaitForPendingFinalizers()
            (Get-ChildItem /proc/self/fd).Count | Should -BeLessThan ($before[0] + 20)
            (Get-ChildItem /proc/self/task).Count | Should -BeLessThan ($before[1] + 20)
        }

        It 'does not take its own look for what keeps a namespace alive' -Skip:(-not $isRoot) {
            $herd = Start-Helper herd 1, 2, held
            try {
                $inode = [ulong]$herd.StandardOutput.ReadLine().Split(' ')[1]
                $all = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel { Import-Module $using:ModulePath; 1..5 | ForEach-Object { Get-Namespace -WarningAction Ignore } }
                $all | Where-Object { $_.Path -like "/proc/$PID/fd/*" } | Should -BeNullOrEmpty
                $seen = $all | Where-Object Inode -EQ $inode
                $seen | Should -HaveCount 40
                $seen | Where-Object { "$($_.Source)" -ne 'Socket' } | Should -BeNullOrEmpty
            }
            finally {
                Stop-Helper $herd
            }
        }

        It 'does not open a FIFO' {
            $fifo = Join-Path $TestDrive fifo
            mkfifo $fifo
            { Get-Namespace -LiteralPath $fifo -ErrorAction Stop } | Should -Throw -ErrorId 'NotANamespace,*'
        }

        It 'shows the name of a process safely: <Shown>' -ForEach @(
            @{ Hex = '612062'; Shown = '[a b]' }
            @{ Hex = '78290a31202879'; Shown = '[x)\n1 (y]' }
            @{ Hex = '651b5b33316d'; Shown = '[e\x1b[31m]' }
            @{ Hex = '62e280ae78'; Shown = '[b\u202ex]' }
            @{ Hex = '66ff6f'; Shown = "[f$([char]0xfffd)o]" }
        ) {
            $helper = Start-Helper odd zombie, $Hex
            try {
                $zombie = [int]($helper.ReadyLine -split ' ')[1]
                $ns = Get-Namespace user -ProcessId $zombie
                $ns.Inode | Should -Be (Get-LinkInode $zombie user)

                # The zombie is not the first in its namespace, so its own name is asked for where it is the only one listed.
                (TabExpansion2 "Get-Namespace -ProcessId $zombie").CompletionMatches[0].ToolTip | Should -BeExactly $Shown
            }
            finally {
                Stop-Helper $helper
            }
        }

        It 'shows arguments safely' {
            $helper = Start-Helper odd args, '0a1b5d303b7808' , 2
            try {
                $child = [int]($helper.ReadyLine -split ' ')[1]
                (TabExpansion2 "Get-Namespace -ProcessId $child").CompletionMatches[0].ToolTip | Should -BeExactly '\n\x1b]0;x\x08 \n\x1b]0;x\x08'
            }
            finally {
                Stop-Helper $helper
            }
        }

        It 'cuts a command line of 2 MB' {
            $helper = Start-Helper odd args, ('61' * 10000), 200
            try {
                $child = [int]($helper.ReadyLine -split ' ')[1]
                [int](cat "/proc/$child/cmdline" | wc -c) | Should -BeGreaterThan 1900000
                (TabExpansion2 "Get-Namespace -ProcessId $child").CompletionMatches[0].ToolTip | Should -BeExactly (('a' * 4096) + [char]0x2026)
                (Get-Namespace uts -ProcessId $child).Inode | Should -Be (Get-LinkInode $child uts)
            }
            finally {
                Stop-Helper $helper
            }
        }

        It 'survives processes that end while they are read, without an error or a warning about them' -Tag T026 {
            $helper = Start-Helper odd churn
            try {
                foreach ($i in 1..30) {
                    $all = Get-Namespace -ErrorAction Stop -WarningVariable warned -WarningAction SilentlyContinue
                    ($all | Where-Object Inode -EQ (Get-LinkInode $PID net)).ProcessCount | Should -BeGreaterThan 1
                    "$warned" | Should -Not -Match 'ended'
                }
            }
            finally {
                Stop-Helper $helper
            }
        }

        It 'counts a zombie where the kernel does' {
            $helper = Start-Helper odd zombie, 7a
            try {
                $zombie = [int]($helper.ReadyLine -split ' ')[1]
                (Get-Content "/proc/$zombie/stat") | Should -Match '\) Z '
                $found = Get-Namespace -ProcessId $zombie -ErrorAction Stop
                $links = $types | Where-Object { readlink "/proc/$zombie/ns/$_" 2>$null }
                $found.Type | Should -Be $links
            }
            finally {
                Stop-Helper $helper
            }
        }
    }

    Context 'An ordinary user' -Skip:(-not $isRoot) {
        It 'gets what lsns gives an ordinary user, and is told what was hidden' -Tag T027 {
            $lines = Invoke-AsUser 'Get-Namespace -WarningVariable w -WarningAction SilentlyContinue | Where-Object ProcessCount | ForEach-Object { "ns $_" }; "warned $($w.Count) $w"'
            $ours = $lines -match '^ns ' -replace '^ns '
            foreach ($try in 1..20) {
                $theirs = setpriv --reuid 65534 --regid 65534 --clear-groups lsns --noheadings --raw --output TYPE,NS,NPROCS |
                    ForEach-Object { , (-split $_) } | Where-Object { [int]$_[2] } | ForEach-Object { '{0}:[{1}]' -f $_[0], $_[1] }
                if ($theirs) {
                    break
                }
            }

            $theirs.Count | Should -Be 8
            $ours | Sort-Object | Should -Be ($theirs | Sort-Object)
            $lines[-1] | Should -Match '^warned 1 \d+ of \d+ processes'
        }

        It 'is told whose root sees all, as root of a user namespace' {
            $inside = "Import-Module '$ModulePath'; `$null = Get-Namespace Uts -WarningVariable w -WarningAction Ignore; `$w.Message"
            Invoke-AsUser "`$null = New-NamespaceProcess -MapRootUser -Wait -- '$([Environment]::ProcessPath)' -NoProfile -Command '$($inside.Replace("'", "''"))'" |
                Should -BeLike '*processes could not be read: *root of the host to see all.*'
        }

        It 'gets an error for a process it may not look at, and the others' {
            $lines = Invoke-AsUser "Get-Namespace uts -ProcessId $PID, `$PID -ErrorVariable e -ErrorAction SilentlyContinue | ForEach-Object { `"ns `$_`" }; `$e.FullyQualifiedErrorId; `$e.CategoryInfo.Category"
            $lines | Should -Be "ns uts:[$(Get-LinkInode $PID uts)]", 'ProcessHidden,LinuxNamespaces.Commands.GetNamespaceCommand', 'PermissionDenied'
        }

        # As root finds processes of another security domain, or those that have rights it has not. The task iterator reads them all the same.
        It 'is warned once in a session as root, with the reason' -Tag T204 {
            $script = "`$env:LINUXNAMESPACES_ENGINE = 'proc'; Import-Module '$ModulePath'; foreach (`$round in 1..3) { Get-Namespace 3>&1 | Where-Object { `$_ -is [System.Management.Automation.WarningRecord] } | ForEach-Object { `"`$_`" } }; (Get-Namespace -Verbose 4>&1) -match 'its namespaces may not be read' | Measure-Object | ForEach-Object Count"
            $said = @(setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script)
            $said | Should -HaveCount 2
            $said[0] | Should -BeLike '* processes could not be read: namespaces may be missing and counts too low. This session lacks CAP_SYS_PTRACE*Use -Verbose to list them.'
            [int]$said[1] | Should -BeGreaterThan 0
        }

        It 'is told of each with -Verbose' -Tag T028 {
            (Invoke-AsUser '$null = Get-Namespace -Verbose -WarningAction Ignore') -match "Process $PID`: its namespaces may not be read \(EACCES\)" | Should -Not -BeNullOrEmpty
        }
    }

    Context 'Views' {
        BeforeAll {
            $plain = { $input | Out-String -Width 120 | ForEach-Object { $_ -replace '\e\[[0-9;]*m' } }
            $sample = Get-Namespace -ProcessId $PID
        }

        It 'is a table with the whole inode within 120 columns' {
            $lines = ($sample | & $plain) -split "`n"
            $lines | Where-Object Length -GT 120 | Should -BeNullOrEmpty
            $lines | Where-Object { $_ -match "^Uts +$(Get-LinkInode $PID uts) +\d+ +\d+ " } | Should -HaveCount 1
        }

        It 'is a list with every property' -Tag T029 {
            # Those are read when somebody asks for them, and a list of all namespaces does not ask.
            $late = 'HostName', 'DomainName', 'MonotonicOffset', 'BootTimeOffset', 'CgroupRoot', 'MountCount', 'InterfaceCount', 'UidMap', 'GidMap', 'SetGroups'
            $text = $sample[0] | Format-List | & $plain
            $sample[0].PSObject.Properties.Name | Where-Object { $_ -notin (@('Hierarchy', 'Depth', 'MountNamespace', 'MachineName', 'BootId') + $late) } | Where-Object { $text -notmatch "(?m)^$_ *: " } | Should -BeNullOrEmpty
        }

        It 'is wide with the kernel''s text' {
            $sample | Format-Wide | & $plain | Should -Match ([regex]::Escape("uts:[$(Get-LinkInode $PID uts)]"))
        }

        It 'shows the tree, here and on what comes back from another session' -Tag T030 {
            $tree = Get-Namespace -Type Uts, User -Hierarchy Owner -WarningAction Ignore
            $live = $tree | & $plain
            $live | Should -Match '[├└]─uts:\['
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($tree, 1))
            $copy | & $plain | Should -Be $live
        }
    }

    It 'stops when the pipeline does' {
        @(Get-Namespace -WarningAction Ignore | Select-Object -First 1) | Should -HaveCount 1
    }

    It 'refuses to be imported elsewhere with one clear error' {
        $check = [LinuxNamespaces.Commands.ModuleInitializer].GetMethod('RequirePlatform', [Reflection.BindingFlags]'NonPublic, Static')
        { $check.Invoke($null, @($false, $true, 'Microsoft Windows 11')) } | Should -Throw '*needs a 64-bit Linux; this is Microsoft Windows 11*'
        { $check.Invoke($null, @($true, $false, 'Linux')) } | Should -Throw '*64-bit*'
    }
}
