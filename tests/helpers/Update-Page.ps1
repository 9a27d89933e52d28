<#
.SYNOPSIS
    Writes into a page of the documentation what comes out of its powershell blocks now.
.EXAMPLE
    tests/helpers/Update-Page.ps1 docs/tutorial.md
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Path
)

. $PSScriptRoot/../common.ps1
. $PSScriptRoot/../pages.ps1
$full = (Resolve-Path $Path).ProviderPath
$results = @(Get-PageResult $full)
$script:index = 0
$text = [regex]::Replace((Get-Content -LiteralPath $full -Raw), '(?s)(?<=^|\n)```powershell\n(.*?)\n```(?:\n\n```output\n(.*?)\n```)?', {
        param($block)
        $result = $results[$script:index++]
        $code = '```powershell' + "`n$($block.Groups[1].Value)`n" + '```'
        $result.Actual ? "$code`n`n" + '```output' + "`n$($result.Actual)`n" + '```' : $code
    })
Set-Content -LiteralPath $full $text -NoNewline
