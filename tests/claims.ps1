# Dot-sourced by those that check what documents claim, after common.ps1: 'File: T001, T002; File: T003'. A test has its id as a tag,
# so that its words can change: Invoke-Pester tests -TagFilter T001 runs it. 'Matrix: arm64' names a cell that has run to its end.

# The ids of the tests of each file, without running any.
$tests = @{}
foreach ($file in Get-ChildItem $PSScriptRoot/*.Tests.ps1) {
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
    $ids = foreach ($command in $ast.FindAll({ param($node) $node -is [System.Management.Automation.Language.CommandAst] -and $node.GetCommandName() -eq 'It' }, $true)) {
        $tag = $command.CommandElements.Where{ $_ -is [System.Management.Automation.Language.CommandParameterAst] -and $_.ParameterName -eq 'Tag' }
        if ($tag) {
            [regex]::Matches($command.CommandElements[$command.CommandElements.IndexOf($tag[0]) + 1].Extent.Text, '\bT\d{3}\b').Value
        }
    }

    $tests[$file.Name -replace '\.Tests\.ps1$'] = @($ids)
}

# The cells of the matrix that ran to their end, with as many steps as the suite had.
$seen = Get-Content (Join-Path $PSScriptRoot matrix/results.json) -Raw | ConvertFrom-Json -AsHashtable
$tests.Matrix = @($seen.Keys | Where-Object { -not $seen[$_].reason -and $seen[$_].runs.Count -and -not $seen[$_].runs.Values.Where{ $_.rows.Count -lt $_.steps } })

function Find-Claim {
    param([Parameter(Mandatory)] [string] $Text)
    foreach ($part in $Text -split '; ') {
        $file, $ids = $part -split ': ', 2
        foreach ($id in "$ids" -split ', ') {
            [pscustomobject]@{ File = $file; Name = $id; IsThere = $tests.ContainsKey($file) -and $id -cin $tests[$file] }
        }
    }
}
