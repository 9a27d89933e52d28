# Who a program is in a joined user namespace: never somebody that namespace does not have. The oracle is /proc/self/status as
# the program inside reads it, where an id without a mapping is the overflow id, and /proc/PID/status as root outside reads it.
BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $maps = @(
        @{ Map = 'without 0'; Options = '--map-current-user'; Mine = 4711 }
        @{ Map = 'of one id, groups denied'; Options = '--map-root-user'; Mine = 0 }
        @{ Map = 'with 0 elsewhere'; Lines = '0 100000 65536'; Mine = 0 }
        @{ Map = 'with 0 elsewhere and 1000 alone beside'; Lines = "0 100000 1`n1000 4711 1"; Mine = 0 }
        @{ Map = 'of nothing'; Options = @(); Mine = $null }
    )
    $ways = @(
        @{ Way = 'Invoke-NamespaceCommand -FilePath'; Run = { param($Target, $With) Invoke-NamespaceCommand -ProcessId $Target @With -FilePath cat -ArgumentList /proc/self/status -ErrorAction Stop } }
        @{ Way = 'Invoke-NamespaceCommand { }'; Run = { param($Target, $With) Invoke-NamespaceCommand -ProcessId $Target @With { Get-Content /proc/self/status } -IdleTimeoutSec 0 -ErrorAction Stop } }
        @{ Way = 'Enter-Namespace'; Run = { param($Target, $With)
                $file = Join-Path $folder ([guid]::NewGuid().ToString('n'))
                $null = New-Item -ItemType File $file
                chmod 666 $file
                Enter-Namespace $Target @With -FilePath sh -ArgumentList '-c', "cat /proc/self/status > $file"
                Get-Content $file
            }
        }
        @{ Way = 'New-NamespaceProcess -Join'; Run = { param($Target, $With)
                $file = Join-Path $folder ([guid]::NewGuid().ToString('n'))
                $null = New-NamespaceProcess -Join $Target @With -RedirectStandardOutput $file -Wait cat /proc/self/status
                Get-Content $file
            }
        }
        @{ Way = 'New-NamespaceProcess -Join with new types'; Run = { param($Target, $With)
                $file = Join-Path $folder ([guid]::NewGuid().ToString('n'))
                $null = New-NamespaceProcess -Join $Target -Type Ipc, Uts @With -RedirectStandardOutput $file -Wait cat /proc/self/status
                Get-Content $file
            }
        }
    )
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1
    $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName))).FullName
    chmod 755 $folder

    # An ordinary user's process in a user namespace and namespaces it owns. Maps that user may not write are written by root.
    function Start-Mapped {
        param([string[]] $Options, [string] $Users, [string] $Groups = $Users)
        $process = Start-Ready setpriv (@('--reuid', '4711', '--regid', '4711', '--clear-groups', 'unshare', '--user') + @($Options | Where-Object { $_ }) + '--uts', '--ipc', '--net', 'sh', '-c', 'echo ready; exec sleep 300')
        if ($Users) {
            [IO.File]::WriteAllText("/proc/$($process.Id)/uid_map", "$Users`n")
            [IO.File]::WriteAllText("/proc/$($process.Id)/gid_map", "$Groups`n")
        }

        $process
    }

    # The numbers of a line of a status file.
    function Get-StatusId {
        param([string[]] $Status, [string] $Field)
        $line = $Status | Where-Object { $_ -match "^${Field}:" }
        @("$line" -replace "^${Field}:" -split '\s+' | Where-Object { $_ } | ForEach-Object { [uint]$_ })
    }

    # Each id of a process lies in what its user namespace maps, as root outside reads both.
    function Assert-Mapped {
        param([int] $ProcessId)
        $status = Get-Content "/proc/$ProcessId/status"
        foreach ($kind in @{ File = 'uid_map'; Fields = @('Uid') }, @{ File = 'gid_map'; Fields = 'Gid', 'Groups' }) {
            $ranges = @(Get-Content "/proc/$ProcessId/$($kind.File)" | ForEach-Object { , [ulong[]](-split $_) })
            foreach ($id in $kind.Fields | ForEach-Object { Get-StatusId $status $_ }) {
                @($ranges | Where-Object { $id -ge $_[1] -and $id -lt $_[1] + $_[2] }).Count | Should -Be 1 -Because "$id is in $($kind.File)"
            }
        }
    }
}

AfterAll {
    Remove-Item $folder -Recurse -Force
}

Describe 'Root in a user namespace with a map <Map>' -ForEach $maps -Skip:(-not $isRoot) {
    BeforeAll {
        $target = Start-Mapped $Options -Users $Lines
        $fields = Get-Content "/proc/$($target.Id)/uid_map" | Select-Object -First 1
    }

    AfterAll {
        Stop-Target $target
    }

    Context '<Way>' -ForEach $ways {
        It 'runs as the root there, or not at all' {
            if ($Mine -eq 0) {
                $status = & $Run $target.Id @{}
                Get-StatusId $status Uid | Should -Be 0, 0, 0, 0
                Get-StatusId $status Gid | Should -Be 0, 0, 0, 0
                Get-StatusId $status Groups | Should -BeNullOrEmpty
            }
            else {
                $failure = { & $Run $target.Id @{} } | Should -Throw -ErrorId 'IdNotMapped,*' -PassThru
                "$failure" | Should -BeLike "*Nothing was run: user:*has no user 0 (its uid_map is *"
                if ($fields) { "$failure" | Should -BeLike "*'$((-split $fields) -join ' ')'*" }
            }
        }

        It 'runs as who is mapped, when told to' {
            $with = @{ UserId = if ($null -eq $Mine) { 4711 } else { $Mine }; GroupId = if ($null -eq $Mine) { 4711 } else { $Mine } }
            if ($null -eq $Mine) {
                { & $Run $target.Id $with } | Should -Throw -ErrorId 'IdNotMapped,*'
            }
            else {
                $status = & $Run $target.Id $with
                Get-StatusId $status Uid | Should -Be (@($Mine) * 4)
                Get-StatusId $status Gid | Should -Be (@($Mine) * 4)
                Get-StatusId $status Groups | Should -BeNullOrEmpty
            }
        }

        It 'does not run as <Name>' -ForEach @(
            @{ Name = 'a user that is not mapped'; Ids = @{ UserId = 70000; GroupId = $null } }
            @{ Name = 'a group that is not mapped'; Ids = @{ UserId = $null; GroupId = 70000 } }
        ) {
            $with = @{}
            foreach ($key in $Ids.Keys) {
                $with[$key] = $Ids[$key] ?? $Mine ?? 0
            }

            { & $Run $target.Id $with } | Should -Throw -ErrorId 'IdNotMapped,*'
        }
    }

    It 'never keeps the session''s own ids' {
        { Invoke-NamespaceCommand -ProcessId $target.Id -PreserveCredentials -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'IdNotMapped,*'
        { Invoke-NamespaceCommand -ProcessId $target.Id -PreserveCredentials { 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'IdNotMapped,*'
        { Enter-Namespace $target.Id -PreserveCredentials -FilePath true } | Should -Throw -ErrorId 'IdNotMapped,*'
    }

    It 'takes the ids of a target that has some there, and no others' {
        $range = Get-Content "/proc/$($target.Id)/uid_map" | ForEach-Object { , [uint[]](-split $_) } | Where-Object { $_[1] -eq 4711 }
        if ($range) {
            $status = Invoke-NamespaceCommand -ProcessId $target.Id -FollowCredentials -FilePath cat -ArgumentList /proc/self/status
            Get-StatusId $status Uid | Should -Be (@($range[0]) * 4)
            Get-StatusId $status Groups | Should -BeNullOrEmpty
        }
        else {
            { Invoke-NamespaceCommand -ProcessId $target.Id -FollowCredentials -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'IdNotMapped,*'
        }
    }

    It 'opens no PSSession as somebody else' -Tag T203 {
        if ($PSVersionTable.PSVersion -lt [version]'7.6') { Set-ItResult -Skipped -Because 'PSSessions need PowerShell 7.6'; return }
        if ($Mine -eq 0) {
            $session = New-NamespaceSession -ProcessId $target.Id -ErrorAction Stop
            try { $status = Invoke-Command $session { Get-Content /proc/self/status } } finally { $session | Remove-PSSession }
            Get-StatusId $status Uid | Should -Be 0, 0, 0, 0
            Get-StatusId $status Gid | Should -Be 0, 0, 0, 0
            Get-StatusId $status Groups | Should -BeNullOrEmpty
        }
        else {
            { New-NamespaceSession -ProcessId $target.Id -ErrorAction Stop } | Should -Throw -ErrorId 'IdNotMapped,*'
        }
    }

    It 'does not go there on a thread of the session' {
        { Invoke-NamespaceCommand -ProcessId $target.Id -InProcess { 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'TypeNotInProcess,*'
    }

    It 'has only mapped ids as root outside sees them' {
        if ($null -ne $Mine) {
            $process = New-NamespaceProcess -Join $target.Id -UserId $Mine -GroupId $Mine sleep 60
            try { Assert-Mapped $process.Id } finally { Stop-Process -Id $process.Id }
        }
    }
}

Describe 'A session with supplementary groups' -Skip:(-not $isRoot) {
    BeforeAll {
        # The ids of its programs in the user namespace of a process, or the id of the error.
        function Invoke-WithGroup {
            param([string[]] $Who, [int] $Target, [string] $With = '')
            $command = "Import-Module '$ModulePath'; try { Invoke-NamespaceCommand -ProcessId $Target $With -FilePath grep -ArgumentList '-E', '^(Uid|Gid|Groups):', '/proc/self/status' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
            setpriv @Who env HOME=$UserHome ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $command | ForEach-Object { "$_".Trim() -replace '\s+', ' ' }
        }
    }

    It 'leaves them behind, root' {
        $target = Start-Mapped --map-root-user
        try {
            Invoke-WithGroup '--groups', '27,44' $target.Id | Should -Be 'Uid: 0 0 0 0', 'Gid: 0 0 0 0', 'Groups:'
        }
        finally { Stop-Target $target }
    }

    It 'does not keep those that are not mapped, even where its user and group are' {
        $target = Start-Mapped -Users '0 0 1' -Groups '0 0 30'
        try {
            Invoke-WithGroup '--groups', '27,44' $target.Id '-PreserveCredentials' | Should -BeLike 'IdNotMapped,*'
            Invoke-WithGroup '--groups', '27' $target.Id '-PreserveCredentials' | Should -Be 'Uid: 0 0 0 0', 'Gid: 0 0 0 0', 'Groups: 27'
            Invoke-WithGroup '--groups', '27,44' $target.Id | Should -Be 'Uid: 0 0 0 0', 'Gid: 0 0 0 0', 'Groups:'
        }
        finally { Stop-Target $target }
    }

    It 'goes as an ordinary user where that user''s own programs have them too, and nowhere further in' {
        $who = '--reuid', '4711', '--regid', '4711', '--groups', '27,44'
        $target = Start-Mapped --map-root-user
        $nested = Start-Ready setpriv '--reuid', '4711', '--regid', '4711', '--clear-groups', 'unshare', '-Ur', 'unshare', '-Ur', 'sh', '-c', 'echo ready; exec sleep 300'
        try {
            Invoke-WithGroup $who $target.Id | Should -Be 'Uid: 0 0 0 0', 'Gid: 0 0 0 0', 'Groups: 65534 65534'
            Invoke-WithGroup $who $nested.Id | Should -BeLike 'IdNotMapped,*'
            Invoke-WithGroup ($who[0..3] + '--clear-groups') $nested.Id | Should -Be 'Uid: 0 0 0 0', 'Gid: 0 0 0 0', 'Groups:'
        }
        finally {
            Stop-Target $target
            Stop-Target $nested
        }
    }
}
