BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    $commands = (Import-PowerShellDataFile "$root/LinuxNamespaces.psd1").CmdletsToExport
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
    $about = Get-Content (Join-Path $ProjectRoot 'en-US/about_LinuxNamespaces.help.txt') -Raw
    $errorIds = @([regex]::Matches((Get-Content $ProjectRoot/src/Model/Errors/ErrorIds.cs -Raw), 'const string (\w+)').ForEach{ $_.Groups[1].Value })

    # A session of its own, whose help comes from the module's en-US alone.
    $script = @"
Import-Module '$ModulePath'
Get-Command -Module LinuxNamespaces | ForEach-Object {
    `$help = Get-Help `$_.Name -Full
    @{
        Name       = `$_.Name
        Synopsis   = `$help.Synopsis
        Examples   = @(`$help.examples.example).Count
        Text       = Get-Help `$_.Name -Examples | Out-String
        Undescribed = @(`$help.parameters.parameter | Where-Object { -not (`$_.description.Text -join '').Trim() } | ForEach-Object name)
    }
} | ConvertTo-Json -Depth 4
"@
    $fresh = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script | ConvertFrom-Json
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

    It 'shows the syntax the command has' {
        $inPage = [regex]::Matches(($text -replace '(?s)^.*?\n## SYNTAX\n' -replace '(?s)\n## DESCRIPTION\n.*'), '(?s)```\n(.*?)\n```').ForEach{ ($_.Groups[1].Value -replace '\s+', ' ').Trim() } | Sort-Object
        $real = (Get-Command $command).ParameterSets.ForEach{ "$command $_" -replace ' \[<CommonParameters>\]' -replace '\s+', ' ' }.Trim() | Sort-Object
        $names = { param($set) [regex]::Matches($set, '-\w+').Value -join ' ' }
        $inPage.ForEach{ & $names $_ } | Sort-Object | Should -Be ($real.ForEach{ & $names $_ } | Sort-Object)
    }

    It 'names the ids of its errors, and only such as there are' {
        $text | Should -Match 'Errors?: `\w+`'
        $line = ($text -replace '(?s)^.*?\nErrors?: ' -replace '(?s)\n\n.*')
        [regex]::Matches($line, '`(\w+)`').ForEach{ $_.Groups[1].Value } | Where-Object { $_ -notin $errorIds } | Should -BeNullOrEmpty
    }

    It 'is found in a fresh session' {
        $found = $fresh | Where-Object Name -EQ $command
        $found.Synopsis | Should -Be ([regex]::Match($text, '(?m)^## SYNOPSIS\n\n(.+)$').Groups[1].Value)
        $found.Examples | Should -BeGreaterOrEqual 2
        $found.Text | Should -Match 'PS >|PS>|Example 1' -Because 'Get-Help -Examples shows them'
        $found.Text | Should -Match $command
        $found.Undescribed | Should -BeNullOrEmpty
    }
}

Describe 'The help that is committed' {
    It 'was made of the pages as they are' {
        $made = Get-Content $ProjectRoot/en-US/pages.sha256
        $now = Get-ChildItem $ProjectRoot/docs/*-*.md | Sort-Object Name | ForEach-Object { "$((Get-FileHash $_.FullName).Hash.ToLowerInvariant())  docs/$($_.Name)" }
        Compare-Object $made $now | ForEach-Object InputObject | Should -BeNullOrEmpty -Because './build.sh docs makes the help again'
    }

    It 'is what PlatyPS makes of the pages, where there is one' {
        # Without PlatyPS the names and the synopses are compared, which the hashes above tie to the pages.
        if (Get-Module -ListAvailable Microsoft.PowerShell.PlatyPS) {
            $maml = Import-MarkdownCommandHelp -Path (Get-ChildItem $ProjectRoot/docs/*-*.md | Sort-Object Name).FullName | Export-MamlCommandHelp -OutputFolder $TestDrive/maml -Force
            $text = (Get-Content $maml.FullName -Raw) -replace "`r`n", "`n" -replace '(?m)[ \t]+$'
            Get-Content $ProjectRoot/en-US/LinuxNamespaces.dll-Help.xml -Raw | Should -BeExactly "$(Join-HelpLine $text.TrimEnd())`n"
        }

        $xml = [xml](Get-Content $ProjectRoot/en-US/LinuxNamespaces.dll-Help.xml -Raw)
        $xml.helpItems.command.details.name | Sort-Object | Should -Be ((Import-PowerShellDataFile $ProjectRoot/LinuxNamespaces.psd1).CmdletsToExport | Sort-Object)
    }
}

Describe 'A paragraph of the help' {
    It 'is one line, which Get-Help wraps: <_>' -ForEach 'Get-Namespace', 'New-NamespaceProcess', 'Connect-NetNamespace' {
        $help = Get-Help $_
        $help.description.Text | Should -Match '\n\n'
        $help.description.Text, $help.parameters.parameter.description.Text | Should -Not -Match '(?m)[\w,`]\n[a-z`]'
    }
}

Describe 'about_LinuxNamespaces' {
    It 'is found in a fresh session' {
        $pwsh = [Environment]::ProcessPath
        $shown = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; (Get-Help about_LinuxNamespaces).Count; Get-Help about_LinuxNamespaces | Out-String"
        "$shown" | Should -Match 'Linux namespaces as PowerShell objects'
    }

    It 'describes every property of <_>' -ForEach @(
        'NamespaceInfo', 'NetNamespaceInfo', 'NamespaceProcess', 'NamespaceHolder', 'NamespaceComparison', 'NamespaceDismount',
        'NamespaceLimit', 'NetNamespaceInterface', 'NetInterfaceAddress', 'NetNamespaceConnection', 'NetNamespaceRoute', 'NetNamespaceRule',
        'NetNamespaceNeighbor', 'NamespaceEvent', 'NamespaceMountInfo', 'NamespaceIdMap', 'NamespaceIdTranslation', 'NamespaceIpc', 'NamespaceUsage'
    ) {
        $type = [LinuxNamespaces.NamespaceInfo].Assembly.GetType("LinuxNamespaces.$_")
        $section = [regex]::Match($about, "(?s)\nPROPERTIES OF $_\n(.*?)\n\n[A-Z]").Groups[1].Value
        $section | Should -Not -BeNullOrEmpty
        $own = $type.GetProperties([System.Reflection.BindingFlags]'Public, Instance, DeclaredOnly') | Where-Object { $_.GetMethod.GetBaseDefinition().DeclaringType -eq $type }
        $own.Name | Where-Object { $section -cnotmatch "\b$_\b" } | Should -BeNullOrEmpty
    }

    It 'describes every type that a cmdlet writes' {
        $types = (Get-Command -Module LinuxNamespaces).OutputType.Type | Where-Object Namespace -Like 'LinuxNamespaces*' | Sort-Object FullName -Unique
        $types.Count | Should -BeGreaterThan 4
        $types.Name | Where-Object { $about -notmatch "\nPROPERTIES OF $_\n" } | Should -BeNullOrEmpty
    }

    It 'names every error id of the sources' {
        $errorIds.Count | Should -BeGreaterThan 60
        $errorIds | Where-Object { $about -cnotmatch "(?m)^        $_\b" } | Should -BeNullOrEmpty
    }

    It 'names no error id that there is not' {
        $section = $about -replace '(?s)^.*\nERRORS\n' -replace '(?s)\nSEE ALSO\n.*'
        [regex]::Matches($section, '(?m)^        ([A-Z]\w+)(?: |$)').ForEach{ $_.Groups[1].Value } | Where-Object { $_ -notin $errorIds } | Should -BeNullOrEmpty
    }

    It 'has its like in the README, where every cmdlet has a link to its page' {
        $readme = Get-Content (Join-Path $ProjectRoot 'README.md') -Raw
        (Get-Command -Module LinuxNamespaces -CommandType Cmdlet).Name | Where-Object { -not $readme.Contains("[$_](docs/$_.md)") } | Should -BeNullOrEmpty
    }

    It 'lists every cmdlet, in lines that fit' {
        (Get-Command -Module LinuxNamespaces).Name | Where-Object { $about -notmatch "(?s)\nSEE ALSO\n.*\b$_\b" } | Should -BeNullOrEmpty
        $about -split "`n" | Where-Object Length -GT 78 | Should -BeNullOrEmpty
    }
}
