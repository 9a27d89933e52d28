BeforeDiscovery {
    $isRoot = (id -u) -eq 0
    $pages = 'README.md', 'docs/tutorial.md'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/pages.ps1
    $hasRunc = -not ('runc', 'busybox' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
}

Describe 'The page <_>' -ForEach $pages -Skip:(-not $isRoot) {
    BeforeAll {
        $mounts = Get-Content /proc/self/mountinfo
        $names = @(Get-ChildItem /run/netns -ErrorAction Ignore).Name
        $results = @(Get-PageResult (Join-Path $ProjectRoot $_) | Where-Object { $_.Code -notmatch '\brunc\b' -or $hasRunc })
    }

    It 'says what comes out of its commands' {
        $results.Count | Should -BeGreaterThan 2
        foreach ($result in $results) {
            Get-StableText $result.Actual | Should -Be (Get-StableText $result.Expected) -Because "block $($result.Index) is`n$($result.Code)"
        }
    }

    It 'shows no command that fails' {
        $results | Where-Object Actual -Match '(?m)^(?!What if)[A-Z]\w+-\w+: |CommandNotFound|is not recognized' | ForEach-Object Code | Should -BeNullOrEmpty
    }

    It 'leaves nothing' {
        @(Get-Content /proc/self/mountinfo).Count | Should -BeLessOrEqual ($mounts.Count + 20) -Because 'other programs mount too'
        (Get-ChildItem /run/netns -ErrorAction Ignore).Name | Where-Object { $_ -match '^(blue|red|demo|lab\d|fresh)$' -and $_ -notin $names } | Should -BeNullOrEmpty
    }
}

Describe 'Comparing pages' {
    It 'sees what matters' {
        Get-StableText "Net    4026531840  1" | Should -Be (Get-StableText "Net 4026532177   1")
        Get-StableText 'Net 4026531840 1' | Should -Not -Be (Get-StableText 'Net 4026531840 2')
    }
}
