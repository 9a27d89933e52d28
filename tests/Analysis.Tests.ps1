Describe 'Scripts and manifest' {
    BeforeDiscovery {
        $root = Split-Path $PSScriptRoot
        $scripts = @(Get-ChildItem $root/*.ps1, $root/*.psd1, $root/tests/*.ps1, $root/tests/matrix/*.ps1, $root/tests/matrix/*.psd1, $root/benchmarks/*.ps1, $root/samples/*.ps1)
        $analyzer = [bool](Get-Module -ListAvailable PSScriptAnalyzer)
    }

    # Pester 6 takes no empty list.
    if ($analyzer) {
        It '<_.Name> passes PSScriptAnalyzer' -ForEach $scripts {
            $settings = Join-Path (Split-Path $PSScriptRoot) 'PSScriptAnalyzerSettings.psd1'
            $found = Invoke-ScriptAnalyzer $_.FullName -Settings $settings
            $found | ForEach-Object { "$($_.RuleName):$($_.Line) $($_.Message)" } | Should -BeNullOrEmpty
        }
    }

    It 'has an analyzer that finds something' {
        if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) {
            Set-ItResult -Skipped -Because 'PSScriptAnalyzer is not installed and could not be fetched'
            return
        }

        Invoke-ScriptAnalyzer -ScriptDefinition 'gci' | Should -Not -BeNullOrEmpty
    }

    It 'parses' -ForEach @(, @{ Scripts = $scripts }) {
        $Scripts.Count | Should -BeGreaterThan 50
        $errors = foreach ($script in $Scripts) {
            $problems = $null
            $null = [System.Management.Automation.Language.Parser]::ParseFile($script.FullName, [ref]$null, [ref]$problems)
            $problems | ForEach-Object { "$($script.Name): $_" }
        }

        $errors | Should -BeNullOrEmpty
    }
}
