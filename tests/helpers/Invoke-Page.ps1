<#
.SYNOPSIS
    Runs the powershell blocks of a Markdown page one after the other, as a reader would type them.
.DESCRIPTION
    Before each block a marker line is printed, so that what programs write straight to the terminal stays in its place.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Marker
)

$page__ = Get-Content -LiteralPath $Path -Raw
$marker__ = $Marker
Remove-Variable Path, Marker

function Show__ {
    param([Parameter(ValueFromPipeline)] $InputObject)
    begin { $all = [Collections.Generic.List[object]]::new() }
    process { $all.Add($InputObject) }
    end {
        $text = ($all | Out-String -Width 100) -replace '\s+$' -replace '^(\r?\n)+'
        if ($text) { [Console]::Out.WriteLine($text) }
    }
}

function Show-Error__ {
    param($Record)
    [Console]::Out.WriteLine("$($Record.InvocationInfo.MyCommand.Name): $($Record.ErrorDetails.Message ?? $Record.Exception.Message)")
    if ($Record.ErrorDetails.RecommendedAction) {
        [Console]::Out.WriteLine("`n  Recommendation: $($Record.ErrorDetails.RecommendedAction)")
    }
}

# What a machine hides even from root differs from machine to machine.
$PSDefaultParameterValues['Get-Namespace*:WarningAction'] = 'SilentlyContinue'
$index__ = 0
foreach ($block__ in [regex]::Matches($page__, '(?s)(?<=^|\n)```powershell\n(.*?)\n```')) {
    [Console]::Out.WriteLine("$marker__ $index__")
    $index__++
    $parsed__ = [System.Management.Automation.Language.Parser]::ParseInput($block__.Groups[1].Value, [ref] $null, [ref] $null)
    foreach ($statement__ in $parsed__.EndBlock.Statements) {
        $run__ = [scriptblock]::Create($statement__.Extent.Text)
        try {
            if ($statement__ -is [System.Management.Automation.Language.AssignmentStatementAst]) {
                . $run__
            }
            else {
                . $run__ 2>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord] -and $_.InvocationInfo.MyCommand.CommandType -eq 'Cmdlet') { Show-Error__ $_ } else { $_ } } | Show__
            }
        }
        catch {
            Show-Error__ $_
        }
    }
}

[Console]::Out.WriteLine("$marker__ end")
