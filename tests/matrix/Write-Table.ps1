<#
.SYNOPSIS
    Writes the tables of docs/portability.md and docs/containers.md from what the matrix has seen (results.json).
.PARAMETER PassThru
    Gives the texts by page instead, and writes nothing.
#>
[CmdletBinding()]
param([switch] $PassThru)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$docs = Join-Path (Split-Path (Split-Path $PSScriptRoot)) docs
$cells = Import-PowerShellDataFile (Join-Path $PSScriptRoot 'cells.psd1')
$results = Get-Content (Join-Path $PSScriptRoot 'results.json') -Raw | ConvertFrom-Json -AsHashtable
$order = [regex]::Matches((Get-Content (Join-Path $PSScriptRoot 'cells.psd1') -Raw), "(?m)^    '([^']+)'").ForEach{ $_.Groups[1].Value }

# Numbers that differ from run to run have no place in a table.
function Get-Reason {
    param($Row)
    if ($Row.result -eq 'refused') { return ($Row.detail -split ':')[0] }
    ($Row.detail -replace '\[?\d{4,}\]?', 'N' -replace ' at \S+/', ' at ' -replace '\|', '/')
}

function Test-Expected {
    param([string] $Name, $Row)
    $refused = $cells[$Name].Contains('Refused') ? $cells[$Name].Refused : @{}
    $any = $cells[$Name].Contains('Refuses') ? $cells[$Name].Refuses : ''
    $Row.result -eq 'refused' -and (Get-Reason $Row) -in $any, ($refused.Contains($Row.name) ? $refused[$Row.name] : $any)
}

function Get-Count {
    param([string] $Name, $Run, [string] $Group)
    $rows = @($Run.rows | Where-Object { $_.group -eq $Group -and $_.result -ne 'skipped' })
    if (-not $rows) { return '–' }
    $good = @($rows | Where-Object result -eq ok).Count
    $right = @($rows | Where-Object { Test-Expected $Name $_ }).Count
    "$good of $($rows.Count)" + ($right ? ", $right refused as it must be" : '')
}

$lines = [Collections.Generic.List[string]]::new()
$lines.Add('| cell | seen with | as | reads | starts or joins | net namespaces |')
$lines.Add('|---|---|---|---|---|---|')
$rest = [Collections.Generic.List[string]]::new()
foreach ($name in $order | Where-Object { -not $cells[$_].Contains('Groups') }) {
    $about = $cells[$name].Contains('About') ? "$name`: $($cells[$name].About)" : $name
    if (-not $results.Contains($name)) { $lines.Add("| $about | not run yet | | | | |"); continue }
    $result = $results[$name]
    if ($result.reason) { $lines.Add("| $about | did not run to its end: $($result.reason) | | | | |") }
    foreach ($run in $result.runs.Values) {
        if ($cells[$name].Contains('Framework')) {
            $lines.Add("| $about | Linux $($run.kernel -replace '-.*'), $($run.machine), C library $($run.libc), .NET $($run.runtime) | $($run.run) | unit tests: $(($run.rows.passed | Measure-Object -Sum).Sum) of $(($run.rows.tests | Measure-Object -Sum).Sum) | – | – |")
            foreach ($row in $run.rows | Where-Object { $_.result -ne 'ok' }) { $rest.Add("unit tests of $($row.name)|fails: $($row.detail)|$name as $($run.run)") }
            continue
        }

        $kernel = $cells[$name].Contains('Kernel') ? $run.kernel : $run.kernel -replace '-.*'
        $system = "Linux $kernel, $($run.machine), $($run.tools), C library $($run.libc), PowerShell $($run.powershell) on .NET $($run.runtime)$($run.engine ? ($run.engine -eq 'bpf' ? ', with the task iterator' : ', without the task iterator') : '')"
        $lines.Add("| $about | $system | $($run.run) | $(Get-Count $name $run Read) | $(Get-Count $name $run Start) | $(Get-Count $name $run Net) |")
        foreach ($row in $run.rows | Where-Object { $_.result -ne 'ok' }) {
            $what = switch ($row.result) {
                refused { (Test-Expected $name $row) ? "refused, as it must be, with $(Get-Reason $row)" : "refused with $(Get-Reason $row)" }
                skipped { "not tried: $(Get-Reason $row)" }
                failed { "fails: $(Get-Reason $row)" }
            }

            $rest.Add("$($row.name)|$what|$name as $($run.run)")
        }
    }
}

if ($rest.Count) {
    $lines.Add('')
    $lines.Add('Steps that did not pass:')
    $lines.Add('')
    foreach ($group in $rest | Group-Object { ($_ -split '\|')[0, 1] -join ': ' } | Sort-Object Name) {
        $lines.Add("- $($group.Name) ($(($group.Group | ForEach-Object { ($_ -split '\|')[2] }) -join ', '))")
    }
}

# A row for each kind of container, a column for each step.
$engines = [Collections.Generic.List[string]]::new()
$kinds = [Collections.Generic.List[object]]::new()
$seen = [Collections.Generic.List[string]]::new()
foreach ($name in $order | Where-Object { $cells[$_].Contains('Groups') -and $results.Contains($_) }) {
    $result = $results[$name]
    if ($result.reason) { $engines.Add("- $name`: did not run to its end: $($result.reason)") }
    foreach ($run in $result.runs.Values) {
        $with = "Linux $($run.kernel), PowerShell $($run.powershell), $($run.versions -join ', ')"
        if (-not $seen.Contains("- $name`: $with")) { $seen.Add("- $name`: $with") }
        foreach ($group in $run.rows | Group-Object { $_.group }) { $kinds.Add(@{ Name = $group.Name; As = $run.run; Rows = $group.Group }) }
    }
}

if ($kinds.Count) {
    $engines.AddRange($seen)
    $engines.Add('')
    $names = @($kinds.Rows | ForEach-Object name | Select-Object -Unique)
    $engines.Add("| container | as | $($names -join ' | ') |")
    $engines.Add('|---|---|' + '---|' * $names.Count)
    $notes = [Collections.Generic.List[string]]::new()
    foreach ($kind in $kinds) {
        $marks = foreach ($step in $names) {
            $row = $kind.Rows | Where-Object { $_.name -eq $step }
            if (-not $row -or ($row.result -eq 'skipped' -and $step -ne 'starts')) { '–' } elseif ($row.result -eq 'ok') { 'yes' } else { 'no' }
            if ($row -and $row.result -ne 'ok' -and ($row.result -ne 'skipped' -or $step -eq 'starts')) { $notes.Add("- $($kind.Name) as $($kind.As), $step`: $(Get-Reason $row)") }
        }

        $engines.Add("| $($kind.Name) | $($kind.As) | $($marks -join ' | ') |")
    }

    if ($notes.Count) { $engines.Add(''); $engines.AddRange($notes) }
}

function Set-Section {
    param([string] $Page, [string[]] $Lines)
    $whole = Get-Content $Page -Raw
    $start, $end = '<!-- matrix -->', '<!-- /matrix -->'
    $from = $whole.IndexOf($start, [StringComparison]::Ordinal)
    $to = $whole.IndexOf($end, [StringComparison]::Ordinal)
    if ($from -lt 0 -or $to -lt $from) { throw "$Page has no place for the table." }
    [IO.File]::WriteAllText($Page, $whole.Substring(0, $from + $start.Length) + "`n" + ($Lines -join "`n") + "`n" + $whole.Substring($to))
}

if ($PassThru) { return @{ 'portability.md' = $lines -join "`n"; 'containers.md' = $engines -join "`n" } }
Set-Section (Join-Path $docs portability.md) $lines
if ($engines.Count) { Set-Section (Join-Path $docs containers.md) $engines }
