# Dot-sourced by the tests of maps, behind common.ps1: a real browser looks at what was written.
$WebRoot = Join-Path $ProjectRoot 'web'
$Browser = @{ Process = $null }

# Chromium, and the packages of web/ with playwright-core, by their lock file. build.sh installs what is missing.
function Install-WebPackage {
    foreach ($program in 'node', 'npm', 'chromium') {
        if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) {
            throw "These tests need $program, which './build.sh test' installs as root: apt-get install nodejs npm chromium"
        }
    }

    $installed = Join-Path $WebRoot 'node_modules/.package-lock.json'
    if (-not (Test-Path $installed) -or (Get-Item -Force $installed).LastWriteTime -lt (Get-Item (Join-Path $WebRoot 'package-lock.json')).LastWriteTime) {
        $said = npm ci --prefix $WebRoot --ignore-scripts 2>&1
        if ($LASTEXITCODE -ne 0) {
            throw "npm ci failed: $said"
        }

        (Get-Item -Force $installed).LastWriteTime = Get-Date
    }
}

# One browser for all pages of a session: a browser takes longer to start than a page to look at. It ends with this PowerShell.
function Start-Browser {
    $browser = (Get-Command chromium -CommandType Application)[0].Source
    $start = [Diagnostics.ProcessStartInfo]::new('node', [string[]] @((Join-Path $ProjectRoot 'tests/helpers/browse.mjs'), $WebRoot, $browser))
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    [Diagnostics.Process]::Start($start)
}

# Steps are hashtables: action, selector, value. What they gave is in Results, in their order.
function Invoke-Browser {
    param([Parameter(Mandatory)] [string] $Page, [Parameter(Mandatory)] [hashtable[]] $Steps)
    if (-not $Browser.Process -or $Browser.Process.HasExited) {
        $Browser.Process = Start-Browser
    }

    $Browser.Process.StandardInput.WriteLine((ConvertTo-Json -InputObject @{ page = $Page; steps = $Steps } -Depth 4 -Compress))
    $report = $Browser.Process.StandardOutput.ReadLine() | ConvertFrom-Json
    if (-not $report -or $report.error) {
        throw "The browser could not do it: $($report.error)"
    }

    $report
}

function Stop-Browser {
    if ($Browser.Process) {
        $Browser.Process.StandardInput.Close()
        $Browser.Process.WaitForExit()
    }
}

function Measure-Picture {
    # What stands in the picture, as the browser has drawn it.
    @{ action = 'evaluate'; value = @'
(() => {
    const drawn = document.querySelector('#picture svg.map');
    if (!drawn) { return { nodes: 0, edges: 0, items: [], overlaps: 0, overflows: [] }; }
    const boxes = [...drawn.querySelectorAll('.node')].map(node => node.querySelector(':scope > .box').getBoundingClientRect());
    let overlaps = 0;
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) { overlaps++; }
    }));
    const overflows = [...drawn.querySelectorAll('.node')].flatMap(node => {
        const box = node.querySelector(':scope > .box').getBoundingClientRect();
        return [...node.querySelectorAll('text')].filter(text => text.getBoundingClientRect().right > box.right + 1 || text.getBoundingClientRect().bottom > box.bottom + 1).map(text => text.textContent);
    });
    return {
        nodes: boxes.length, edges: drawn.querySelectorAll('.edge').length, overlaps, overflows,
        items: [...drawn.querySelectorAll('[data-item]')].map(each => Number(each.dataset.item)),
        kinds: Object.fromEntries(['net', 'bridge', 'device', 'outside', 'absent', 'kept', 'host', 'set', 'shared'].map(kind => [kind, drawn.querySelectorAll(`.node.${kind}`).length])),
        frames: [...drawn.querySelectorAll('.frame text')].map(text => text.textContent),
        titles: [...drawn.querySelectorAll('.node > .title')].map(text => text.textContent),
        scale: Number(/scale\(([^)]+)\)/.exec(drawn.querySelector('.picture').getAttribute('transform'))?.[1] ?? 1),
    };
})()
'@
    }
}
