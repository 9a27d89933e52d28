# Dot-sourced by those that run pages of the documentation, after common.ps1.

# The powershell blocks of a page, with what is said to come out of each and what does come out of it now. They are typed in the
# checkout, and load the module from there themselves. They start programs as other users: where those may not enter it, they are typed where
# the module under test is.
function Get-PageResult {
    param([Parameter(Mandatory)] [string] $Path)
    $marker = "@@@$([guid]::NewGuid().ToString('n'))"
    $location = Get-Location
    Set-Location ((Test-Reachable $ProjectRoot/LinuxNamespaces.psd1) ? $ProjectRoot : (Split-Path $ModulePath))
    try {
        $lines = env NO_COLOR=1 $ProjectRoot/tests/helpers/page.sh ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $ProjectRoot/tests/helpers/Invoke-Page.ps1 `
            -Path $Path -Marker $marker 2>&1 | ForEach-Object { "$_" }
    }
    finally {
        Set-Location $location
    }

    if ($lines[-1] -ne "$marker end") {
        throw "The page did not run to its end: $($lines | Select-Object -Last 5)"
    }

    $actual = @{}
    $current = $null
    foreach ($line in $lines) {
        if ($line.StartsWith("$marker ")) {
            $current = $line.Substring($marker.Length + 1)
            $actual[$current] = [Collections.Generic.List[string]]::new()
        }
        elseif ($null -ne $current) {
            $actual[$current].Add($line.TrimEnd())
        }
    }

    $index = 0
    foreach ($block in [regex]::Matches((Get-Content -LiteralPath $Path -Raw), '(?s)(?<=^|\n)```powershell\n(.*?)\n```(?:\n\n```output\n(.*?)\n```)?')) {
        [pscustomobject]@{
            Index    = $index
            Code     = $block.Groups[1].Value
            Expected = $block.Groups[2].Value
            Actual   = ($actual["$index"] -join "`n").Trim("`n")
        }
        $index++
    }
}

# What is the same on every machine: no inodes, PIDs, times, hardware addresses and widths of columns.
function Get-StableText {
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Text)
    $Text -creplace '\b[0-9a-f]{1,4}(::?[0-9a-f]{1,4}){4,}\b', '#' -replace '\d\d:\d\d:\d\d(\.\d+)?', '#' -replace '\d{3,}', '#' -replace '-{2,}', '-' -replace '[ \t]+', ' ' -replace '(?m)^ | $' -replace '\n+', "`n"
}
