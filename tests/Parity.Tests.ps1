# docs/parity.md may claim only what a test shows.
BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    $rows = foreach ($line in Get-Content $root/docs/parity.md | Where-Object { $_ -match '^\|' -and $_ -notmatch '^\|---' -and $_ -notmatch '\| state \| test \|$' }) {
        $cells = $line.Trim('|').Split('|').Trim()
        @{ Feature = $cells[0]; Here = $cells[1]; State = $cells[2]; Test = $cells[3]; Cells = $cells.Count }
    }
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/claims.ps1
}

Describe 'docs/parity.md' -Tag Fast {
    It '<Feature>: <State>' -ForEach $rows {
        $Cells | Should -Be 4 -Because 'a row has four cells'
        $State | Should -BeIn 'works', 'missing'
        if ($State -eq 'missing') {
            $Test | Should -BeNullOrEmpty -Because 'nothing shows what is missing'
            return
        }

        $Test | Should -Not -BeNullOrEmpty
        Find-Claim $Test | Where-Object { -not $_.IsThere } | ForEach-Object { "$($_.File): $($_.Name)" } | Should -BeNullOrEmpty
    }

    It 'names only cmdlets and parameters there are' {
        $commands = Get-Command -Module LinuxNamespaces
        $named = [regex]::Matches((Get-Content $ProjectRoot/docs/parity.md -Raw), '`([A-Z][a-z]+-(?:Net)?Namespace\w*)').ForEach{ $_.Groups[1].Value } | Sort-Object -Unique
        $named | Where-Object { $_ -notin $commands.Name } | Should -BeNullOrEmpty
        $parameters = $commands.Parameters.Keys | Sort-Object -Unique
        $used = foreach ($row in (Get-Content $ProjectRoot/docs/parity.md | Where-Object { $_ -match '^\|' })) {
            [regex]::Matches(($row.Trim('|').Split('|')[1]), '(?<=[` ])-([A-Z]\w+)').ForEach{ $_.Groups[1].Value }
        }
        $used | Sort-Object -Unique | Where-Object { $_ -notin $parameters } | Should -BeNullOrEmpty
    }

    It 'has every row of the four tools' {
        $text = Get-Content $ProjectRoot/docs/parity.md -Raw
        '## lsns', '## unshare', '## nsenter', '## ip netns' | Where-Object { $text -notmatch [regex]::Escape($_) } | Should -BeNullOrEmpty
        [regex]::Matches($text, '(?m)^\|.*\| (works|missing) \|').Count | Should -BeGreaterThan 60
    }
}

Describe 'The check of docs/parity.md' -Tag Fast {
    It 'sees a test that is not there' {
        (Find-Claim 'Get-Namespace: T000').IsThere | Should -BeFalse
        (Find-Claim 'Nowhere: T014').IsThere | Should -BeFalse
        (Find-Claim 'Get-Namespace: is there').IsThere | Should -BeFalse
        (Find-Claim 'Get-Namespace: T014').IsThere | Should -BeTrue
    }

    It 'knows one test by each id' {
        # Values is also the name of a file of tests.
        $ids = $tests.GetEnumerator() | ForEach-Object { $_.Value }
        $ids | Group-Object | Where-Object Count -GT 1 | ForEach-Object Name | Should -BeNullOrEmpty
        $ids.Count | Should -BeGreaterThan 150
    }
}
