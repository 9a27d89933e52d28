# A map of 1,000 namespaces against the listings it is made of, and its page in a browser against the layout library alone.
. $PSScriptRoot/common.ps1
. $ProjectRoot/tests/map.ps1
Install-WebPackage
$PSDefaultParameterValues['Export-NamespaceMap:WarningAction'] = 'SilentlyContinue'

$prefix = New-UniqueName
$bridge = $prefix.Substring(0, 12) + 'br'
$page = Join-Path ([IO.Path]::GetTempPath()) "$prefix.html"
$names = 1..1000 | ForEach-Object { "$prefix-$_" }
try {
    $null = New-NetNamespace $names
    foreach ($name in $names) { Connect-NetNamespace $name -Bridge $bridge }
    $medians = Measure-SideBySide -Rounds 5 -WarmUp 1 ([ordered]@{
            listings = { $null = Get-Namespace; $null = Get-NetNamespaceInterface -All }
            map      = { Export-NamespaceMap $page }
        })
    $report = Invoke-Browser $page @(@{ action = 'evaluate'; value = "({ nodes: document.querySelectorAll('#picture .node').length, milliseconds: Number(document.getElementById('map').dataset.milliseconds) })" })
    $demo = node -e "
        const { Graph, layout } = require('$WebRoot/node_modules/@dagrejs/dagre');
        const graph = new Graph(); graph.setGraph({ rankdir: 'LR', ranker: 'tight-tree' }); graph.setNode('root', { width: 150, height: 50 });
        for (let i = 0; i < 1000; i++) { graph.setNode('n' + i, { width: 150, height: 50 }); graph.setEdge('root', 'n' + i, { width: 60, height: 14 }); }
        const start = performance.now(); layout(graph); console.log(Math.round(performance.now() - start));"
}
finally {
    Stop-Browser
    Remove-NetNamespace $names
    ip link delete $bridge 2> $null
    Remove-Item $page -ErrorAction Ignore
}

'A map of 1,000 named net namespaces: {0:n0} ms, listings {1:n0} ms; {2} boxes drawn in {3} ms, the layout of as many alone {4} ms' -f $medians.map, $medians.listings, $report.results[0].nodes, $report.results[0].milliseconds, $demo
Write-Ratio 'Export-NamespaceMap / Get-Namespace and Get-NetNamespaceInterface -All' ($medians.map / $medians.listings) x 'at most 1.5'
Write-Ratio 'The page drawn' ($report.results[0].milliseconds / 1000) s 'at most 3'
