# Dot-sourced by those that check what documents claim, after common.ps1: 'File: name of a test; name of another'.

# The names of the tests of each file, without running any; <placeholders> stand for anything.
$tests = @{}
foreach ($file in Get-ChildItem $PSScriptRoot/*.Tests.ps1) {
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
    $names = $ast.FindAll({ param($node) $node -is [System.Management.Automation.Language.CommandAst] -and $node.GetCommandName() -eq 'It' }, $true) | ForEach-Object { $_.CommandElements[1].Value }
    $tests[$file.Name -replace '\.Tests\.ps1$'] = $names
}

function Find-Claim {
    param([Parameter(Mandatory)] [string] $Text)
    $file = $null
    foreach ($part in $Text -split '; ') {
        if ($part -match '^([\w.-]+): (.+)$' -and $tests.ContainsKey($Matches[1])) {
            $file, $part = $Matches[1], $Matches[2]
        }

        $isThere = $file -and ($tests[$file] | Where-Object {
                $pattern = [regex]::Escape($_) -replace '<[^>]+>', '.+'
                $part -match "^$pattern$" -or $_ -match "^$([regex]::Escape($part))( \(.*\)|: <\w+>)?$"
            })
        [pscustomobject]@{ File = $file; Name = $part; IsThere = [bool]$isThere }
    }
}
