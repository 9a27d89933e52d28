BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item -ItemType Directory $folder

    # Starts a program and waits until it is it that runs.
    function Start-Inside {
        param([string[]] $Arguments)
        $process = Start-Process unshare ($Arguments + 'sleep', '60') -PassThru
        Wait-ProcessName $process.Id sleep
        $process
    }

    function Stop-Inside {
        param($Process)
        $Process.Kill()
        $Process.WaitForExit()
    }
}

AfterAll {
    foreach ($mount in findmnt -rn -t nsfs -o TARGET | Where-Object { $_ -like "$folder*" }) { umount $mount }
    Remove-Item $folder -Recurse
}

Describe 'The life of a namespace' -Tag Fast -Skip:(-not $isRoot) {
    It 'ends with its last process, unless a mount keeps it; and with the mount' {
        $process = Start-Inside '--uts'
        $inode = Get-LinkInode $process.Id uts
        $file = "$folder/life"
        Get-Namespace uts -ProcessId $process.Id | Mount-Namespace -Path $file -Create
        (stat -L -c %i $file) | Should -Be $inode
        Stop-Inside $process

        $kept = Get-Namespace -Inode $inode
        $kept.ProcessCount | Should -Be 0
        $kept.Source | Should -Be Mount
        $kept.MountPoint | Should -Be $file
        nsenter --uts=$file true
        $LASTEXITCODE | Should -Be 0

        $result = Dismount-Namespace $file -RemoveFile -PassThru
        $result.Inode | Should -Be $inode
        $result.IsGone | Should -BeTrue
        $file | Should -Not -Exist
        Get-Namespace -Source All | Where-Object { $_.Inode -eq $inode -and $_.NamespaceId -eq $kept.NamespaceId } | Should -BeNullOrEmpty
    }
}

Describe 'Mount-Namespace' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        $process = Start-Inside '--uts', '--ipc', '--net', '--mount'
    }

    AfterAll {
        Stop-Inside $process
    }

    It 'mounts several on files named after their types' {
        Mount-Namespace $process.Id "$folder/several/deep" -Type Uts, Ipc, Net -Create
        foreach ($type in 'uts', 'ipc', 'net') {
            stat -L -c %i "$folder/several/deep/$type" | Should -Be (Get-LinkInode $process.Id $type)
        }

        Dismount-Namespace "$folder/several/*/*" -RemoveFile
        Get-ChildItem "$folder/several/deep" | Should -BeNullOrEmpty
        findmnt -rn -t nsfs -o TARGET | Where-Object { $_ -like "$folder/several*" } | Should -BeNullOrEmpty
    }

    It 'writes what it mounted with -PassThru' {
        $ns = Mount-Namespace $process.Id "$folder/passed" -Type Ipc -Create -PassThru
        $ns.MountPoint | Should -Be "$folder/passed"
        $ns.Inode | Should -Be (Get-LinkInode $process.Id ipc)
        $ns | Dismount-Namespace -RemoveFile
        "$folder/passed" | Should -Not -Exist
    }

    It 'mounts a mount namespace on a private mount' {
        $null = New-Item -ItemType Directory "$folder/private"
        mount --bind "$folder/private" "$folder/private"
        mount --make-private "$folder/private"
        try {
            $late = Start-Inside '--mount'
            Mount-Namespace $late.Id "$folder/private/mnt" -Type Mnt -Create
            stat -L -c %i "$folder/private/mnt" | Should -Be (Get-LinkInode $late.Id mnt)
            Dismount-Namespace "$folder/private/mnt"
        }
        finally {
            Stop-Inside $late
            umount "$folder/private"
        }
    }

    It 'refuses one on a shared parent, and names the remedy' {
        $null = New-Item -ItemType Directory "$folder/shared"
        mount --bind "$folder/shared" "$folder/shared"
        mount --make-shared "$folder/shared"
        try {
            $late = Start-Inside '--mount', '--propagation', 'unchanged'
            Mount-Namespace $late.Id "$folder/shared/mnt" -Type Mnt -Create -ErrorAction SilentlyContinue -ErrorVariable failed
            $failed[0].FullyQualifiedErrorId | Should -BeLike 'MountOnSharedParent,*'
            $failed[0].Exception.Message | Should -BeLike "*'$folder/shared'*"
            $failed[0].ErrorDetails.RecommendedAction | Should -BeLike "*mount --make-private '$folder/shared'*"
            "$folder/shared/mnt" | Should -Not -Exist
        }
        finally {
            Stop-Inside $late
            umount -R "$folder/shared"
        }
    }

    It 'refuses our own mount namespace' {
        Mount-Namespace $PID "$folder/own" -Type Mnt -Create -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'MountLoop,*'
        "$folder/own" | Should -Not -Exist
    }

    It 'refuses a path that is <What>' -ForEach @(
        @{ What = 'missing'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Prepare = { } }
        @{ What = 'taken'; Id = 'PathInUse'; Category = 'ResourceBusy'; Prepare = { param($path) $null = New-Item $path; mount --bind /proc/self/ns/uts $path } }
        @{ What = 'a pipe'; Id = 'PathNotAFile'; Category = 'InvalidArgument'; Prepare = { param($path) mkfifo $path } }
    ) {
        $path = "$folder/$(New-UniqueName)"
        & $Prepare $path
        Mount-Namespace $process.Id $path -Type Uts -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failed[0].CategoryInfo.Category | Should -Be $Category
        if ($What -eq 'taken') { umount $path }
    }

    It 'changes nothing with -WhatIf' {
        Mount-Namespace $process.Id "$folder/whatif" -Type Uts -Create -WhatIf
        "$folder/whatif" | Should -Not -Exist
        $pwsh = [Environment]::ProcessPath
        $uts = Get-LinkInode $process.Id uts
        $lines = & $pwsh -NoProfile -NonInteractive -OutputFormat Text -Command "Import-Module '$ModulePath'; Mount-Namespace $($process.Id) $folder/a -Type Uts -WhatIf; Get-Namespace uts -ProcessId $($process.Id) | Mount-Namespace -Path $folder/a -WhatIf; Mount-Namespace /proc/$($process.Id)/ns/uts $folder/a -WhatIf"
        $lines | Should -Be @(
            "What if: Performing the operation `"Mount uts:[$uts] of process $($process.Id) (sleep)`" on target `"$folder/a`"."
            "What if: Performing the operation `"Mount uts:[$uts]`" on target `"$folder/a`"."
            "What if: Performing the operation `"Mount uts:[$uts] of /proc/$($process.Id)/ns/uts`" on target `"$folder/a`".")
    }
}

Describe 'Mount-Namespace without privilege' -Skip:(-not $isRoot) {
    It 'says what it takes, and leaves no file' {
        $file = "/tmp/lnt-$([guid]::NewGuid().ToString('n'))"
        $output = Invoke-AsUser "try { Mount-Namespace `$PID $file -Type Uts -Create } catch { `$_.FullyQualifiedErrorId; `$_.CategoryInfo.Category; `$_.ErrorDetails.Message; `$_.ErrorDetails.RecommendedAction }"
        $output[0] | Should -BeLike 'PrivilegeRequired,*'
        $output[1] | Should -Be PermissionDenied
        $output[2] | Should -BeLike "The namespace could not be mounted on '$file'.*EPERM*"
        $output[3] | Should -BeLike '*run as root.'
        Test-Path $file | Should -BeFalse
    }
}

Describe 'Dismount-Namespace' -Tag Fast -Skip:(-not $isRoot) {
    It 'says what keeps a namespace still' {
        $process = Start-Inside '--uts'
        try {
            Mount-Namespace $process.Id "$folder/still" -Type Uts -Create
            Dismount-Namespace "$folder/still" -WhatIf
            stat -L -c %i "$folder/still" | Should -Be (Get-LinkInode $process.Id uts)
            $result, $verbose = Dismount-Namespace "$folder/still" -PassThru -Verbose 4>&1 | Group-Object { $_ -is [System.Management.Automation.VerboseRecord] } | Sort-Object Name | ForEach-Object { , $_.Group }
            $result.IsGone | Should -BeFalse
            $result.Source | Should -Be Process
            "$verbose" | Should -BeLike '*lives on: Process*'
            "$folder/still" | Should -Exist
        }
        finally {
            Stop-Inside $process
        }
    }

    It 'says which ended, in one warning, and none with -PassThru' {
        $process = Start-Inside '--uts', '--ipc'
        $uts = Get-LinkInode $process.Id uts
        $ipc = Get-LinkInode $process.Id ipc
        Mount-Namespace $process.Id "$folder/ends" -Type Uts, Ipc -Create
        Mount-Namespace $process.Id "$folder/also" -Type Uts -Create
        Stop-Inside $process

        # The other mount keeps it.
        Dismount-Namespace "$folder/also" -RemoveFile -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeNullOrEmpty
        Dismount-Namespace "$folder/ends/*" -RemoveFile -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -HaveCount 1
        "$warnings" | Should -Match "^2 namespaces were removed.* ipc:\[$ipc\] on $folder/ends/ipc"
        "$warnings" | Should -Match " uts:\[$uts\] on $folder/ends/uts"

        foreach ($passThru in $false, $true) {
            $process = Start-Inside '--uts'
            $uts = Get-LinkInode $process.Id uts
            Mount-Namespace $process.Id "$folder/single" -Type Uts -Create
            Stop-Inside $process
            $result = Dismount-Namespace "$folder/single" -RemoveFile -PassThru:$passThru -WarningVariable warnings -WarningAction SilentlyContinue
            $result.IsGone | Should -Be ($passThru ? $true : $null)
            "$warnings" | Should -Be ($passThru ? '' : "uts:[$uts] was removed: nothing but $folder/single kept it.")
        }
    }

    It 'keeps a file somebody has put something into' {
        $file = "$folder/full"
        Set-Content $file 'precious'
        mount --bind /proc/self/ns/uts $file
        Dismount-Namespace $file -RemoveFile
        Get-Content $file | Should -Be 'precious'
    }

    It 'takes paths with blanks and unicode' {
        $file = "$folder/with blank, ünï [x]"
        Mount-Namespace $PID $file -Type Uts -Create
        Dismount-Namespace -LiteralPath $file -RemoveFile
        Test-Path -LiteralPath $file | Should -BeFalse
    }

    It 'says that nothing is mounted' {
        { Dismount-Namespace "$folder/nothing" -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceNotMounted,*'
        { Get-Namespace uts -ProcessId $PID | Dismount-Namespace -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceNotMounted,*'
        Dismount-Namespace "$folder/no*such" | Should -BeNullOrEmpty
    }
}

Describe 'A session that is killed' -Skip:(-not $isRoot) {
    BeforeAll {
        $process = Start-Inside '--uts'
        $inode = Get-LinkInode $process.Id uts
        $killat = Get-Helper killat

        # Runs a command in a PowerShell of its own, and kills that before the Nth call that makes, removes or mounts something.
        function Invoke-Killed {
            param([int] $Number, [string] $Path, [string] $Command)
            & $killat $Number $Path ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; $Command"
        }

        # Nothing but the mount, or a file that is empty and nobody's.
        function Get-PinState {
            param([string] $Path)
            if (-not (Test-Path $Path)) { 'none' }
            elseif ((stat -L -c %i $Path) -eq $inode) { 'mounted' }
            else { 'file ' + (stat -c '%a %s' $Path) }
        }
    }

    AfterAll {
        Stop-Inside $process
    }

    It 'leaves nothing half-done that the next Mount-Namespace does not complete' -Tag T193 {
        $file = "$folder/killed/mount"
        $seen = for ($number = 1; ; $number++) {
            $call = Invoke-Killed $number $file "Mount-Namespace $($process.Id) $file -Type Uts -Create"
            "$call $(Get-PinState $file)"
            if ($call -eq 'none') { break }
            Mount-Namespace $process.Id $file -Type Uts -Create
            Get-PinState $file | Should -Be mounted
            Dismount-Namespace $file -RemoveFile -WarningAction Ignore
            Get-PinState $file | Should -Be none
        }

        $seen | Should -Be 'openat none', 'mount file 0 0', 'none mounted'
        Dismount-Namespace $file -RemoveFile -WarningAction Ignore
    }

    It 'leaves nothing half-done that the next Dismount-Namespace does not complete' -Tag T194 {
        $file = "$folder/killed/dismount"
        $seen = for ($number = 1; ; $number++) {
            Mount-Namespace $process.Id $file -Type Uts -Create
            $call = Invoke-Killed $number $file "Dismount-Namespace $file -RemoveFile"
            "$call $(Get-PinState $file)"
            if ($call -eq 'none') { break }
            Dismount-Namespace $file -RemoveFile -WarningAction Ignore
            Get-PinState $file | Should -Be none
        }

        $seen | Should -Be 'umount2 mounted', 'unlinkat file 0 0', 'none none'
    }

    It 'has the file that -Persist left taken by the next' -Tag T195 {
        $file = "$folder/killed/persist"
        $seen = for ($number = 1; ; $number++) {
            $call = Invoke-Killed $number $file "`$null = New-NamespaceProcess -Type Uts -Persist @{ Uts = '$file' } sleep 300.193 -RedirectStandardError /dev/null"
            $call
            pgrep -f '^sleep 300.193$' | ForEach-Object { kill -9 $_ }
            if ($call -eq 'none') { break }
            $next = New-NamespaceProcess -Type Uts -Persist @{ Uts = $file } sleep 300.193
            (stat -L -c %i $file) | Should -Be (Get-LinkInode $next.Id uts)
            $next | Stop-Process
            Dismount-Namespace $file -RemoveFile -WarningAction Ignore
            Get-PinState $file | Should -Be none
        }

        $seen | Should -Be openat, mount, none
        Dismount-Namespace $file -RemoveFile -WarningAction Ignore
    }

    It 'has no file of somebody else''s removed' {
        $file = "$folder/others"
        foreach ($make in { Set-Content $file '' -NoNewline; chmod 600 $file }, { Set-Content $file 'x'; chmod 0 $file }, { Set-Content $file '' -NoNewline; chmod 0 $file; chown 65534 $file }, { ln -s /etc/hostname $file }) {
            & $make
            { Dismount-Namespace $file -RemoveFile -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceNotMounted,*' -Because $make
            Get-Item $file -Force | Should -Exist
            Remove-Item $file -Force
        }

        Set-Content $file '' -NoNewline
        chmod 0 $file
        { Dismount-Namespace $file -ErrorAction Stop } | Should -Throw -ErrorId 'NamespaceNotMounted,*'
        Dismount-Namespace $file -RemoveFile -WhatIf
        $file | Should -Exist
        Dismount-Namespace "$folder/other*" -RemoveFile
        $file | Should -Exist
        Dismount-Namespace $file -RemoveFile
        $file | Should -Not -Exist
    }
}
