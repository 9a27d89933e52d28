# docs/portability.md may claim only what a test shows; and what can be tried of it here.
BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    $isRoot = (id -u) -eq 0
    # The part that the matrix writes is compared with its results.
    $written = (Get-Content $root/docs/portability.md -Raw) -replace '(?s)<!-- matrix -->.*?<!-- /matrix -->'
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
