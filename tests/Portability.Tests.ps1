# docs/portability.md may claim only what a test shows; and what can be tried of it here.
BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    $isRoot = (id -u) -eq 0
    # The part that the matrix writes is compared with its results.
    $written = (Get-Content $root/docs/portability.md -Raw) -replace '(?s)<!-- matrix -->.*?<!-- /matrix -->' -replace '(?m)^\|.*\n(?=\|[-|]+$)' -replace '(?m)^\|[-|]+$'
    $cells = foreach ($line in $written -split "`n" | Where-Object { $_ -match '^\| [^|]' }) {
        $row = $line.Trim('|').Split('|').Trim()
        foreach ($cell in $row | Select-Object -Skip 1) { @{ Place = $row[0]; Cell = $cell } }
    }
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/claims.ps1
    $pwsh = [Environment]::ProcessPath

    function Invoke-Confined {
        param([Parameter(Mandatory)] [string[]] $With, [Parameter(Mandatory)] [string] $Script)
        $command = "`$ErrorActionPreference = 'Stop'; Import-Module '$ModulePath'; `$PSDefaultParameterValues['Get-Namespace*:WarningAction'] = 'SilentlyContinue'; $Script"
        $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
        env HOME=$UserHome NO_COLOR=1 @With $pwsh -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded 2>&1 | ForEach-Object { "$_" }
    }
}

Describe 'docs/portability.md' {
    It '<Place>: <Cell>' -ForEach $cells {
        # What a reader must know stands before the first full stop.
        if ($Cell -match '^(untested|not concerned)' -and $Cell -notmatch '\. \S+: ') {
            return
        }

        $claims = Find-Claim ($Cell -replace '^untested.*?\. (?=\S+: )')
        $claims | Where-Object { -not $_.IsThere } | ForEach-Object { "$($_.File): $($_.Name)" } | Should -BeNullOrEmpty
    }
}

Describe 'The matrix' {
    It 'wrote its table from what it saw' {
        $tables = & $ProjectRoot/tests/matrix/Write-Table.ps1 -PassThru
        foreach ($name in $tables.Keys | Where-Object { $tables[$_] }) {
            $page = Get-Content $ProjectRoot/docs/$name -Raw
            $page.Contains("<!-- matrix -->`n$($tables[$name])`n<!-- /matrix -->") | Should -BeTrue -Because "docs/$name is to be written by './build.sh matrix'"
        }
    }

    It 'knows no step that fails without saying so' {
        $results = Get-Content $ProjectRoot/tests/matrix/results.json -Raw | ConvertFrom-Json -AsHashtable
        $page = (Get-Content $ProjectRoot/docs/portability.md, $ProjectRoot/docs/containers.md) -join "`n"
        $results.Values.runs.Values.rows | Where-Object { $_.result -in 'failed', 'refused' } | Where-Object { -not $page.Contains($_.name) } | Should -BeNullOrEmpty
        @($results.Values.runs.Values.rows | Where-Object result -eq ok).Count | Should -BeGreaterThan 20
    }
}

Describe 'In a rootless container' -Skip:(-not $isRoot) {
    BeforeAll {
        $rootless = @(
            'setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', 'unshare', '--user', '--map-root-user', '--mount', '--net', '--uts', '--pid', '--fork', '--mount-proc'
            'sh', '-c', 'mount -t tmpfs tmpfs /run && "$@"; exit $?', 'sh'
        )
    }

    It 'lists in a rootless container' -Tag T168 {
        $shown = Invoke-Confined $rootless '(Get-Namespace -Source Process -Type Pid, User, Uts).Count; (Get-Namespace -ProcessId 1).Count'
        $shown | Should -Be '3', '8'
    }

    It 'starts in a rootless container' -Tag T169 {
        $shown = Invoke-Confined $rootless '$p = New-NamespaceProcess -Type Pid, Net -MountProc -HostName box -Wait -- sh -c "hostname; exit 7"; $p.ExitCode; (Compare-Namespace 1 $PID -Type Net).IsEqual'
        $shown | Should -Be 'box', '7', 'True'
    }

    It 'makes net namespaces in a rootless container' -Tag T170 {
        $shown = Invoke-Confined $rootless '$null = New-NetNamespace blue; Connect-NetNamespace blue -Address 10.0.0.1/24 -PeerAddress 10.0.0.2/24; (Get-NetNamespaceInterface blue -InterfaceName veth*).Address[0]; Remove-NetNamespace blue; @(Get-NetNamespace).Count'
        $shown | Should -Be '10.0.0.1/24', '0'
    }

    It 'looks into ipc namespaces of its own while it shares that of the host' -Tag T211 {
        $with = @($rootless | Where-Object { $_ -notin '--net', '--uts' })
        $shown = Invoke-Confined $with @'
$p = New-NamespaceProcess -Type Ipc, Uts -HostName box sleep 1000
$null = Invoke-NamespaceCommand $p.Id -Type Ipc -- ipcmk --shmem 4096
(Get-NamespaceIpc $p.Id -Kind SharedMemory).Size
@(Get-NamespaceIpc $p.Id -Kind MessageQueue).Count
(Get-Item /proc/self/task/*/ns/ipc).Target | Sort-Object -Unique | Measure-Object | ForEach-Object Count
$p | Stop-Process
'@
        $shown | Should -Be '4096', '0', '1'
    }
}

Describe 'Root without capabilities' -Skip:(-not $isRoot) {
    BeforeAll {
        $bare = 'unshare', '--mount', '--pid', '--fork', '--mount-proc', 'setpriv', '--bounding-set=-all', '--inh-caps=-all'
    }

    It 'lists without capabilities' -Tag T171 {
        $shown = Invoke-Confined $bare '(Get-Namespace -ProcessId $PID).Count; @(Get-Namespace).Count -ge 8'
        $shown | Should -Be '8', 'True'
    }

    It 'says what is missing without capabilities' -Tag T172 {
        $shown = Invoke-Confined $bare 'try { New-NamespaceProcess -Type Uts true } catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.ErrorDetails.Message)" }'
        "$shown" | Should -Match '^PrivilegeRequired,\S+ PermissionDenied .*CAP_SYS_ADMIN'
    }

    It 'says what is missing for net namespaces without capabilities' -Tag T173 {
        $shown = Invoke-Confined $bare 'try { New-NetNamespace nobody -ErrorAction Stop } catch { "$($_.FullyQualifiedErrorId) $($_.ErrorDetails.RecommendedAction)" }'
        "$shown" | Should -Match '^\w+,\S+ .*(root|mount namespace of your own)'
        Test-Path /run/netns/nobody | Should -BeFalse
    }
}

# The filter of helpers/filtered.c: what docker's default profile refuses without CAP_SYS_ADMIN.
Describe 'Under the seccomp filter of a container runtime' -Skip:(-not $isRoot) {
    BeforeAll {
        $filtered = Get-Helper filtered
        & $filtered unshare --user true 2>$null
        $LASTEXITCODE | Should -Be 1
    }

    It 'lists under a seccomp filter' -Tag T206 {
        $target = New-NamespaceProcess -Type Uts, Net sleep 1000
        try {
            $shown = Invoke-Confined $filtered "(Get-Namespace -ProcessId `$PID).Count; (Get-Namespace -Inode $(Get-LinkInode $target.Id uts)).ProcessId"
            $shown | Should -Be '8', "$($target.Id)"
        }
        finally { $target | Stop-Process }
    }

    It 'names the filter where it refuses a start: <Arguments>' -Tag T207 -ForEach @(
        @{ Arguments = '-Type Uts'; Id = 'PrivilegeRequired' }
        @{ Arguments = '-Type Uts -MapRootUser'; Id = 'UserNamespaceBlocked' }
        @{ Arguments = '-Type Mnt -HostName box'; Id = 'PrivilegeRequired' }
    ) {
        $shown = Invoke-Confined $filtered "try { New-NamespaceProcess $Arguments true } catch { ""`$(`$_.FullyQualifiedErrorId) `$(`$_.ErrorDetails.RecommendedAction)"" }"
        "$shown" | Should -Match "^$Id,\S+ .*seccomp filter"
    }

    It 'reads net namespaces under a seccomp filter, and makes none' -Tag T208 {
        $name = New-UniqueName
        $shown = Invoke-Confined $filtered "(Get-NetNamespaceInterface -InterfaceName lo).InterfaceIndex; try { New-NetNamespace $name } catch { ""`$(`$_.FullyQualifiedErrorId) `$(`$_.ErrorDetails.RecommendedAction)"" }"
        $shown[0] | Should -Be 1
        $shown[1] | Should -Match '^\w+,\S+ .*seccomp filter'
        "/run/netns/$name" | Should -Not -Exist
    }
}

Describe 'On a kernel that hides namespaces by their ids' -Skip:(-not $isRoot) {
    It 'finds one by its id, and what was seen, all the same' -Tag T210 {
        $target = New-NamespaceProcess -Type Uts sleep 1000
        try {
            $inode = Get-LinkInode $target.Id uts
            $shown = Invoke-Confined (Get-Helper filtered), '--unseen' @"
`$ns = Get-Namespace -ProcessId $($target.Id) -Type Uts
(`$ns | Invoke-NamespaceCommand -FilePath readlink -ArgumentList /proc/self/ns/uts)
if (`$ns.NamespaceId) { Invoke-NamespaceCommand ":`$(`$ns.NamespaceId)" -- readlink /proc/self/ns/uts } else { 'uts:[$inode]' }
Stop-Process -Id $($target.Id)
while (Test-Path /proc/$($target.Id)/ns/uts) { Start-Sleep -Milliseconds 20 }
try { `$ns | Invoke-NamespaceCommand -FilePath true } catch { `$_.FullyQualifiedErrorId }
"@
            $shown[0, 1] | Should -Be "uts:[$inode]", "uts:[$inode]"
            $shown[2] | Should -BeLike 'NamespaceGone,*'
        }
        finally { $target | Stop-Process -ErrorAction Ignore }
    }
}

# The matrix has the kernels on both sides of each number.
Describe 'Newer calls of the kernel' -Skip:(-not $isRoot) {
    BeforeAll {
        $kernel = [Environment]::OSVersion.Version
    }

    It 'are taken for a start where the kernel has them, else the older ones' -Tag T212 {
        $shown = New-NamespaceProcess -Type Uts -KillWithParent -Wait -Verbose true 4>&1 | ForEach-Object { "$_" }
        @($shown -match '^clone3: .*PIDFD_AUTOKILL').Count | Should -Be ([int]($kernel -ge '7.1'))
        @($shown -match '^prctl: .*SIGKILL').Count | Should -Be ([int]($kernel -lt '7.1'))
        $before = Get-Content /proc/self/mountinfo
        $shown = [Collections.Generic.List[string]]::new()
        { New-NamespaceProcess -Type Mnt -Root $TestDrive -Wait -Verbose true 4>&1 | ForEach-Object { $shown.Add("$_") } } | Should -Throw -ErrorId 'ProgramNotFound,*'
        @($shown -match '^open_tree: make a new mnt').Count | Should -Be ([int]($kernel -ge '7.0'))
        @($shown -match '^pivot_root: ').Count | Should -Be ([int]($kernel -lt '7.0'))
        Get-Content /proc/self/mountinfo | Should -Be $before
    }

    It 'are taken for the root of a target where the kernel has them, else the older ones' -Tag T213 {
        $root = Join-Path $TestDrive jail
        $null = New-Item -ItemType Directory $root/only
        $target = New-NamespaceProcess -Type Uts sleep 1000
        try {
            Invoke-NamespaceCommand $target.Id -Type Uts -TargetRoot -- ls -d /proc/self/ns | Should -Be '/proc/self/ns'
            { Invoke-NamespaceCommand $target.Id -Type Uts -Root $root -- /only/none } | Should -Throw -ErrorId 'ProgramNotFound,*'
        }
        finally { $target | Stop-Process }
    }
}

# The runtime then waits for every child there is.
Describe 'PowerShell as PID 1' -Skip:(-not $isRoot) {
    BeforeAll {
        $first = 'unshare', '--mount', '--pid', '--fork', '--mount-proc'
    }

    It 'lists as PID 1' -Tag T174 {
        $shown = Invoke-Confined $first '$PID; (Get-Namespace -ProcessId 1).Count'
        $shown | Should -Be '1', '8'
    }

    It 'starts as PID 1' -Tag T175 {
        $shown = Invoke-Confined $first '$p = New-NamespaceProcess -Type Uts sleep 60; (Get-Process -Id $p.Id).ProcessName; $p | Stop-Process; foreach ($i in 1..100) { if ($p.HasExited) { break }; Start-Sleep -Milliseconds 50 }; $p.HasExited'
        $shown | Should -Be 'sleep', 'True'
    }

    It 'keeps exit codes as PID 1' {
        $shown = Invoke-Confined $first 'sh -c true; 1..20 | ForEach-Object { "$((New-NamespaceProcess -Type Uts -Wait -- sh -c "exit 7").ExitCode)" }'
        $shown = @($shown | ForEach-Object { "$_" })

        # The runtime may have waited for it first. Only a kernel from 6.15 on tells how it ended all the same.
        $allowed = if ([Environment]::OSVersion.Version -ge [Version]'6.15') { '7' } else { '7', '' }
        $shown | Should -BeIn $allowed
        $shown | Should -HaveCount 20
    }
}
