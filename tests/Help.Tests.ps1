BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    $commands = (Import-PowerShellDataFile "$root/LinuxNamespaces.psd1").CmdletsToExport
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
}

Describe 'Help of <_>' -ForEach $commands {
    BeforeAll {
        $command = $_
        $page = Join-Path $ProjectRoot "docs/$command.md"
        $text = Get-Content $page -Raw
        $parameters = (Get-Command $command).Parameters.Values | Where-Object Name -NotIn $common
    }

    It 'has a page without gaps' {
        $text | Should -Not -Match '\{\{'
        $text | Should -Match '(?m)^## SYNOPSIS\n\n\S'
        $text | Should -Match '(?m)^## DESCRIPTION\n\n\S'
    }

    It 'has at least two examples, each with code' {
        [regex]::Matches($text, '(?m)^### Example \d+: \S').Count | Should -BeGreaterOrEqual 2
        $examples = $text -replace '(?s)^.*?\n## EXAMPLES\n' -replace '(?s)\n## PARAMETERS\n.*'
        [regex]::Matches($examples, '(?m)^```powershell\n').Count | Should -BeGreaterOrEqual 2
        $examples | Should -Match '(?m)^```output\n'
    }

    It 'describes every parameter, and no others' {
        $described = [regex]::Matches($text, '(?m)^### -(\w+)\n\n(?!\{)\S').ForEach{ $_.Groups[1].Value } | Where-Object { $_ -notin 'WhatIf', 'Confirm' }
        $own = $parameters.Name
        $described | Sort-Object | Should -Be ($own | Sort-Object)
    }

    It 'names the ids of its errors' {
        $text | Should -Match 'Errors?: `\w+`'
    }
}

Describe 'about_LinuxNamespaces' {
    It 'is found in a fresh session' {
        $pwsh = [Environment]::ProcessPath
        $shown = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; (Get-Help about_LinuxNamespaces).Count; Get-Help about_LinuxNamespaces | Out-String"
        "$shown" | Should -Match 'Linux namespaces as PowerShell objects'
    }

    It 'describes every property of NamespaceInfo' {
        $about = Get-Content (Join-Path (Split-Path $ModulePath) 'en-US/about_LinuxNamespaces.help.txt') -Raw
        [LinuxNamespaces.NamespaceInfo].GetProperties().Name | Where-Object { $about -notmatch "\b$_\b" } | Should -BeNullOrEmpty
    }
}
