BeforeDiscovery {
    # The same wishes for bwrap; {0} is a folder with src/ and low/. Each needs a flag on a tree of mounts, which older kernels set one by one.
    $sets = @(
        @{ Name = 'a bind'; With = @{ Bind = '{0}/src:/mnt' }; Words = '--bind {0}/src /mnt' }
        @{ Name = 'a read-only bind'; With = @{ ReadOnlyBind = '{0}/src:/mnt' }; Words = '--ro-bind {0}/src /mnt' }
        @{ Name = 'a writable bind in a read-only one'; With = @{ Bind = '{0}:/mnt:ro', '{0}/src:/mnt/low' }; Words = '--ro-bind {0} /mnt --bind {0}/src /mnt/low' }
        @{ Name = 'the host read-only, with a tmpfs'; With = @{ ReadOnlyBind = '/:/'; Tmpfs = '/mnt' }; Words = '--ro-bind / / --tmpfs /mnt'; HasRoot = $true }
    )
    $hasBwrap = $null -ne (Get-Command bwrap -CommandType Application -ErrorAction Ignore)
    $isRoot = (id -u) -eq '0'
    $seccomp = Get-ChildItem /usr/lib/*/libseccomp.so.2*, /lib/*/libseccomp.so.2*, /usr/lib64/libseccomp.so.2* -ErrorAction Ignore | ForEach-Object FullName
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item -ItemType Directory $folder, "$folder/src", "$folder/low"
    Set-Content "$folder/src/file" one
    chmod -R 0777 $folder
    $output = "$folder/output"
    $older = [LinuxNamespaces.NamespaceInfo].Assembly.GetType('LinuxNamespaces.Kernel.Errors.OlderKernel').GetProperty('Missing', [Reflection.BindingFlags]'NonPublic, Static')

    # Root, place, flags and type of each mount, as both sides must have them; a mount that is covered by another stays as it is.
    function Get-MountText {
        param([string[]] $Lines)
        $Lines | ForEach-Object {
            $fields = $_ -split ' '
            '{0} {1} {2} {3}' -f $fields[3], $fields[4], $fields[5], $fields[[array]::IndexOf($fields, '-') + 1]
        } | Where-Object { $_ -match 'nosuid' -and $_ -notmatch ' /proc/\S+ ro' } | Sort-Object -Unique
    }

    # Others mount too at the same time: only the mounts with this folder in them.
    function Get-OwnMount { @(Get-Content /proc/self/mountinfo) -match (Split-Path $folder -Leaf) }

    # A PowerShell may take its time to start on a loaded machine.
    function Wait-Session {
        param([scriptblock] $Condition)
        foreach ($try in 1..6) {
            try { return Wait-Condition $Condition } catch { if ($try -eq 6) { throw } }
        }
    }
}

AfterAll {
    Remove-Item -Recurse -Force $folder
}

Describe 'Files on a kernel before 5.12' {
    It 'makes the mounts that bwrap makes, without mount_setattr: <Name>' -ForEach $sets -Skip:(-not $hasBwrap) {
        $own = @{ MountProc = $true }
        foreach ($key in $With.Keys) { $own[$key] = @($With[$key] | ForEach-Object { $_ -f $folder }) }
        $start = '--unshare-user --unshare-pid --uid 0 --gid 0'
        if (-not $HasRoot) { $start += ' --bind / /'; $own.Bind = @('/:/') + @($own.Bind | Where-Object { $_ }) }
        $theirs = Get-MountText (bwrap @("$start $($Words -f $folder) --proc /proc" -split ' ' -ne '') cat /proc/self/mountinfo)
        try {
            $older.SetValue($null, [Enum]::Parse($older.PropertyType, 'MountAttributes'))
            $plan = New-NamespaceProcess -Type User, Pid -MapRootUser -Verbose -Wait -RedirectStandardOutput $output @own cat /proc/self/mountinfo 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        }
        finally { $older.SetValue($null, [Enum]::Parse($older.PropertyType, 'None')) }

        "$plan" | Should -Not -Match 'mount_setattr'
        $theirs | Should -Not -BeNullOrEmpty
        Get-MountText (Get-Content $output) | Should -Be $theirs
    }
}

Describe 'A start that somebody works against' {
    It 'gets a source that comes and goes, or is refused' {
        Set-Content "$folder/flicker.sh" "cd $folder; while [ ! -e stop ]; do mkdir gone && echo x > gone/file; rm -rf gone; done"
        $before = Get-OwnMount
        $flicker = Start-Process -PassThru sh "$folder/flicker.sh"
        try {
            $codes = foreach ($attempt in 1..15) {
                try { (New-NamespaceProcess -Type User, Pid -MapRootUser -Wait -Bind "$folder/gone:/mnt" -- test -d /mnt).ExitCode }
                catch {
                    $_.FullyQualifiedErrorId | Should -BeLike 'MountRefused,*'
                }
            }
        }
        finally {
            $null = New-Item "$folder/stop"
            $flicker.WaitForExit()
        }

        $codes | Where-Object { $_ -ne 0 } | Should -BeNullOrEmpty
        Get-OwnMount | Should -Be $before
    }

    It 'shows the host none of its mounts, also where the mounts of the host are shared' -Skip:(-not $isRoot) {
        $null = New-Item -ItemType Directory "$folder/shared", "$folder/shared/a", "$folder/shared/b"
        mount --bind "$folder/shared" "$folder/shared"
        mount --make-shared "$folder/shared"
        try {
            $before = Get-OwnMount
            New-NamespaceProcess -Wait -Tmpfs "$folder/shared/a" -Bind "$folder/src:$folder/shared/b" -Dev -RedirectStandardOutput $output -- sh -c "grep -c $folder/shared/ /proc/self/mountinfo; cat $folder/shared/b/file" | ForEach-Object ExitCode | Should -Be 0
            Get-Content $output | Should -Be '2', 'one'
            $process = New-NamespaceProcess -Tmpfs "$folder/shared/a" -ReadOnlyRoot sleep 1000
            Get-OwnMount | Should -Be $before
            Get-ChildItem "$folder/shared/b" | Should -BeNullOrEmpty
            $process | Stop-Process
        }
        finally { umount "$folder/shared" }
    }

    It 'leaves no process and no mount where the session is killed while the child waits' -Skip:(-not $isRoot) {
        # A map of two ids needs newuidmap, which here takes its time.
        $null = New-Item -ItemType Directory "$folder/bin"
        Set-Content "$folder/bin/newuidmap" '#!/bin/sh', "echo `$1 `$`$ > $folder/waiting.new; mv $folder/waiting.new $folder/waiting; exec sleep 1000"
        Copy-Item "$folder/bin/newuidmap" "$folder/bin/newgidmap"
        chmod 0755 "$folder/bin/newuidmap" "$folder/bin/newgidmap"
        $script = "Import-Module '$ModulePath'; New-NamespaceProcess -UidMap 0:65534:1, 1:100000:10 -Type Pid -Bind $folder/src:/mnt -Tmpfs /tmp -File @{ '/mnt/made' = 'x' } sleep 1000"
        $before = Get-OwnMount
        $session = Start-Process -PassThru setpriv -ArgumentList '--reuid', '65534', '--regid', '65534', '--clear-groups', ([Environment]::ProcessPath), '-NoProfile', '-NonInteractive', '-Command', "`"$script`"" -Environment @{ PATH = "$folder/bin:$env:PATH"; HOME = $UserHome }
        try {
            Wait-Session { Test-Path "$folder/waiting" }
            [int] $child, [int] $helper = (Get-Content "$folder/waiting") -split ' '
            Test-Path "/proc/$child" | Should -BeTrue
            Stop-Process -Id $session.Id -Force
            Wait-Condition { -not (Test-Path "/proc/$child") }
        }
        finally {
            Stop-Process -Id $session.Id -Force -ErrorAction Ignore
            if ($helper) { Stop-Process -Id $helper -Force -ErrorAction Ignore }
        }

        Get-OwnMount | Should -Be $before
        Get-ChildItem "$folder/src" -Name | Should -Be 'file'
    }
}

Describe 'A machine without libseccomp' {
    It 'names the package, and makes a sandbox without a profile' -Skip:(-not $seccomp) -ForEach @{ Libraries = $seccomp } {
        Set-Content "$folder/profile.json" '{ "defaultAction": "SCMP_ACT_ALLOW" }'
        Set-Content "$folder/without.ps1" @"
Import-Module '$ModulePath'
try { New-NamespaceProcess -SeccompProfile '$folder/profile.json' -Wait true } catch { "`$(`$_.FullyQualifiedErrorId) `$(`$_.ErrorDetails.RecommendedAction)" }
`$null = New-NamespaceProcess -Sandbox -Wait -RedirectStandardOutput '$folder/sandbox' -- grep ^Seccomp: /proc/self/status
"@
        $null = New-NamespaceProcess -Type User -MapRootUser -Mask $Libraries -Wait -RedirectStandardOutput $output -- ([Environment]::ProcessPath) -NoProfile -NonInteractive -File "$folder/without.ps1"
        Get-Content $output | Should -BeLike 'SeccompLibraryMissing,*libseccomp2*'
        Get-Content "$folder/sandbox" | Should -Be (Select-String '^Seccomp:' /proc/self/status).Line
    }
}
