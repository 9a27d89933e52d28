BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/map.ps1
    Install-WebPackage
    $PSDefaultParameterValues['Export-NamespaceMap:WarningAction'] = 'SilentlyContinue'
    $copyOf = { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@($args[0]), 1)) }
    $clean = {
        param($report, $page)
        $report.requests | Should -Be "file://$page"
        $report.console | Should -BeNullOrEmpty
    }
}

AfterAll {
    Stop-Browser
}

Describe 'The files that the page is made of' {
    It 'are what web/ builds' {
        node (Join-Path $WebRoot 'build.mjs') $TestDrive/assets
        $LASTEXITCODE | Should -Be 0
        $made = Get-ChildItem $TestDrive/assets -File
        $made.Name | Should -Be (Get-ChildItem $ProjectRoot/assets -File).Name
        foreach ($file in $made) {
            (Get-FileHash $file).Hash | Should -Be (Get-FileHash "$ProjectRoot/assets/$($file.Name)").Hash -Because "$($file.Name) is built by './build.sh assets'"
        }
    }

    It 'come with the module' {
        foreach ($name in 'map.html', 'map-svg.cjs') {
            Join-Path (Split-Path $ModulePath) "assets/$name" | Should -Exist
        }
    }

    It 'name the licences of what is in them' {
        $page = Get-Content $ProjectRoot/assets/map.html -Raw
        foreach ($name in '@dagrejs/dagre', 'd3-zoom', 'd3-selection', 'd3-shape', 'potpack') {
            $page | Should -Match "(?s)$name \d+\.\d+\.\d+\n.*?(Permission is hereby granted|Permission to use)"
        }
    }
}

Describe 'A map of a lab: three namespaces and a bridge' -Skip:(-not $isRoot) {
    BeforeAll {
        $names = 1..3 | ForEach-Object { New-UniqueName }
        $bridge = (New-UniqueName).Substring(0, 12) + 'br'
        foreach ($name in $names) { ip netns add $name }
        ip link add $bridge type bridge
        ip link set $bridge up
        ip address add 10.98.0.254/24 dev $bridge
        $number = 0
        $ports = foreach ($name in $names) {
            $number++
            $port = "$bridge$number"
            ip link add $port type veth peer name eth0 netns $name
            ip link set $port master $bridge up
            ip -n $name address add "10.98.0.$number/24" dev eth0
            ip -n $name link set eth0 up mtu 1400
            $port
        }

        $inodes = $names | ForEach-Object { [ulong](stat -L -c %i "/run/netns/$_") }
        $host_ = Get-Namespace -Type Net -ProcessId $PID
        $objects = @(
            $host_
            Get-Namespace -Name $names
            Get-NetNamespaceInterface $names
            Get-NetNamespaceInterface | Where-Object InterfaceName -In (@($bridge) + $ports)
        )
        $page = Join-Path $TestDrive 'lab.html'
        $objects | Export-NamespaceMap $page
        $svg = Join-Path $TestDrive 'lab.svg'
        $objects | Export-NamespaceMap $svg
        $saved = Join-Path $TestDrive 'saved.svg'
        $report = Invoke-Browser $page @(
            Measure-Picture
            @{ action = 'evaluate'; value = "document.querySelectorAll('tr[data-item]').length" }
            @{ action = 'download'; selector = '#save'; value = $saved }

            # A row of the picture, then details.
            @{ action = 'click'; selector = "#picture .row .row-text:text('10.98.0.2/24')" }
            @{ action = 'evaluate'; value = "({ title: document.querySelector('#details h2').textContent, names: [...document.querySelectorAll('#details dt')].map(e => e.textContent), values: [...document.querySelectorAll('#details dd')].map(e => e.textContent), commands: [...document.querySelectorAll('#details code')].map(e => e.textContent) })" }
            @{ action = 'click'; selector = '#details button' }
            @{ action = 'evaluate'; value = 'navigator.clipboard.readText()' }

            # Search.
            @{ action = 'fill'; selector = '#search'; value = '10.98.0.3' }
            @{ action = 'evaluate'; value = "({ found: document.getElementById('found').textContent, rows: document.querySelectorAll('tr[data-item]:not([hidden])').length, marked: document.querySelectorAll('#picture .match').length })" }
            @{ action = 'press'; value = '/' }
            @{ action = 'fill'; selector = '#search'; value = $names[0] }
            @{ action = 'press'; value = 'Enter' }
            @{ action = 'evaluate'; value = "({ found: document.getElementById('found').textContent, title: document.querySelector('#details h2').textContent })" }
            @{ action = 'press'; value = 'Escape' }

            # Filter: without bridges their ports go, too.
            @{ action = 'click'; selector = 'input[data-filter=bridge]' }
            Measure-Picture
            @{ action = 'click'; selector = 'input[data-filter=bridge]' }

            # Keys: the next box, its details, another picture, dark.
            @{ action = 'evaluate'; value = "document.querySelector('.node[tabindex=""0""]').focus()" }
            @{ action = 'press'; value = 'ArrowRight' }
            @{ action = 'press'; value = 'Enter' }
            @{ action = 'evaluate'; value = "({ focused: document.activeElement.dataset.node, title: document.querySelector('#details h2').textContent })" }
            @{ action = 'press'; value = 'd' }
            @{ action = 'evaluate'; value = "getComputedStyle(document.body).backgroundColor" }
            @{ action = 'press'; value = '2' }
            Measure-Picture
            @{ action = 'evaluate'; value = "[...document.querySelectorAll('[role=tab]')].map(tab => tab.textContent + ' ' + tab.getAttribute('aria-selected'))" }
            @{ action = 'press'; value = '1' }
            @{ action = 'pdf'; value = "$TestDrive/lab.pdf" }
            @{ action = 'evaluate'; value = "document.querySelector('#legend svg').getAttribute('aria-label')" }
        )
        $measured, $rows, $file, $null, $details, $null, $copied, $null, $search, $null, $null, $null, $next, $null, $null, $unbridged, $null, $null, $null, $null, $stepped, $null, $dark, $null, $relations, $tabs, $null, $null, $legend = $report.results
    }

    AfterAll {
        foreach ($name in $names) { ip netns delete $name }
        ip link delete $bridge
    }

    It 'asks for nothing and says nothing' {
        & $clean $report $page
    }

    It 'has a box for each namespace and the bridge, and a line for each cable' -Tag T011 {
        $measured.kinds.net | Should -Be 4
        $measured.kinds.bridge | Should -Be 1
        $measured.kinds.host | Should -Be ([int]$host_.IsInitial)
        $measured.kinds.kept | Should -Be 3
        $measured.nodes | Should -Be 5
        $measured.edges | Should -Be 4 -Because 'three cables, and the bridge on its host'
        foreach ($name in $names) { $measured.titles | Should -Contain $name }
    }

    It 'draws every object once, loopback interfaces apart' {
        $rows | Should -Be $objects.Count
        $drawn = $objects | Where-Object { $_ -isnot [LinuxNamespaces.NetNamespaceInterface] -or $_.Kind -ne 'loopback' }
        $measured.items.Count | Should -Be $drawn.Count
        ($measured.items | Sort-Object -Unique).Count | Should -Be $drawn.Count
    }

    It 'has boxes that do not overlap and hold their text' {
        $measured.overlaps | Should -Be 0
        $measured.overflows | Should -BeNullOrEmpty
    }

    It 'shows the details that Format-List shows, and commands that work' {
        $link = $objects | Where-Object { $_.Address -contains '10.98.0.2/24' }
        $details.title | Should -Be "eth0@$($names[1])"
        $shown = ($link | Format-List | Out-String -Width 200) -split "`n" | ForEach-Object { if ($_ -match '^(\w+) +: (\S.*?)\s*$') { , ($Matches[1], $Matches[2]) } }
        $shown.Count | Should -BeGreaterThan 10
        foreach ($pair in $shown | Where-Object { $_[1] -notmatch '^\{' -and $_[0] -ne 'AddressInfo' }) {
            $details.names | Should -Contain $pair[0]
            $details.values[$details.names.IndexOf($pair[0])] | Should -Be $pair[1] -Because $pair[0]
        }

        $details.commands[0] | Should -Be "Get-NetNamespaceInterface '$($names[1])' -InterfaceName 'eth0'"
        (& ([scriptblock]::Create($details.commands[0]))).Address | Should -Contain '10.98.0.2/24'
        $copied | Should -Be $details.commands[0]
    }

    It 'finds' {
        $search.found | Should -Be '1 found'
        $search.rows | Should -Be 1
        $search.marked | Should -Be 1
        $next.found | Should -Match '^1 of \d+$'
        $next.title | Should -Match $names[0]
    }

    It 'hides what is filtered out' {
        $unbridged.kinds.bridge | Should -Be 0
        $unbridged.kinds.net | Should -Be 4
        $unbridged.edges | Should -Be 0
    }

    It 'goes by keys' {
        $stepped.focused | Should -Match '^m0-'
        $stepped.title | Should -Not -Be 'Details'
        $dark | Should -Be 'rgb(18, 24, 31)'
        $tabs | Should -Be 'Networks false', 'Relations true', 'Containers false'
        $legend | Should -BeLike 'Legend: *net namespace*'
    }

    It 'shows owners in the second picture' {
        # The owner of all, and one box for each namespace without a process, besides the host's.
        $relations.kinds.kept | Should -Be 3
        $relations.kinds.absent | Should -Be 1
        $relations.edges | Should -Be 4
    }

    It 'prints' {
        (Get-Item $TestDrive/lab.pdf).Length | Should -BeGreaterThan 10000
    }

    It 'gives the same picture as an SVG file, by Node and by the browser' {
        $file | Should -Be 'namespaces-networks.svg'
        (Get-Content $saved -Raw) | Should -BeExactly (Get-Content $svg -Raw)
        $xml = [xml](Get-Content $svg -Raw)
        $xml.SelectNodes("//*[local-name()='g' and starts-with(@class, 'node ') and @data-node]").Count | Should -Be $measured.nodes
        $xml.SelectNodes("//*[local-name()='g' and starts-with(@class, 'edge ') and @data-from]").Count | Should -Be $measured.edges
        $xml.SelectNodes('//@href | //@*[contains(., "http") and name() != "xmlns"]').Count | Should -Be 0
    }

    It 'has a table that needs no script' {
        $html = Get-Content $page -Raw
        $html | Should -Match '<noscript>'
        foreach ($name in $names) { $html | Should -Match "<td>$name net:\[\d+\]</td>" }
        [regex]::Matches($html, '<tr data-item=').Count | Should -Be $objects.Count
    }

    It 'is one file below 1.5 MB with no address of another' {
        $html = Get-Content $page -Raw
        (Get-Item $page).Length | Should -BeLessThan 1.5MB
        $html | Should -Not -Match '<(link|img|iframe|script)[^>]+(src|href)='
    }

    It 'draws the same of what came back from another session' {
        $copy = Join-Path $TestDrive 'copy.svg'
        & $copyOf $objects | Export-NamespaceMap $copy
        (Get-Content $copy -Raw) -replace 'Enter-PSSession[^<]*' | Should -BeExactly (Get-Content $svg -Raw)
    }

    It 'shows the machine where nothing is given' {
        $whole = Join-Path $TestDrive 'whole.html'
        Export-NamespaceMap $whole -PassThru | ForEach-Object FullName | Should -Be $whole
        $all = Invoke-Browser $whole @(
            Measure-Picture
            @{ action = 'press'; value = '2' }
            Measure-Picture
            @{ action = 'press'; value = '3' }
            Measure-Picture
        )
        & $clean $all $whole
        foreach ($name in $names) { $all.results[0].titles | Should -Contain $name }
        $all.results[0].titles | Should -Contain $bridge
        foreach ($picture in $all.results | Where-Object { $_ }) {
            $picture.overlaps | Should -Be 0
            $picture.overflows | Should -BeNullOrEmpty
        }
    }
}

Describe 'A map of containers' -Skip:(-not $isRoot) {
    BeforeAll {
        $first, $second = (New-UniqueName), (New-UniqueName)
        $bundles = foreach ($id in $first, $second) {
            $bundle = Join-Path ([IO.Path]::GetTempPath()) $id
            $null = New-Item -ItemType Directory "$bundle/rootfs/bin"
            Copy-Item (Get-Command busybox).Source "$bundle/rootfs/bin/busybox"
            runc spec --bundle $bundle
            $config = Get-Content "$bundle/config.json" | ConvertFrom-Json
            $config.process.terminal = $false
            $config.process.args = '/bin/busybox', 'sleep', '300'
            if ($id -eq $second) {
                # As pods are: the network of the first, and the host's names.
                $init = (runc state $first | ConvertFrom-Json).pid
                $config.linux.namespaces = @($config.linux.namespaces | Where-Object type -NotIn 'network', 'uts') + @([pscustomobject]@{ type = 'network'; path = "/proc/$init/ns/net" })
                $config.PSObject.Properties.Remove('hostname')
            }
            $config | ConvertTo-Json -Depth 20 | Set-Content "$bundle/config.json"
            sh -c 'runc run --detach --bundle "$1" "$2" > "$1/log" 2>&1 < /dev/null' run $bundle $id
            $bundle
        }

        $pids = $first, $second | ForEach-Object { (runc state $_ | ConvertFrom-Json).pid }
        $page = Join-Path $TestDrive 'containers.html'
        $host_ = Get-Namespace -ProcessId $PID | Where-Object IsInitial
        $host_ + @(Get-Namespace -ProcessId $pids) | Export-NamespaceMap $page -Picture Containers
        $report = Invoke-Browser $page @(
            Measure-Picture
            @{ action = 'evaluate'; value = "Object.fromEntries([...document.querySelectorAll('#picture .node.set')].map(node => [node.querySelector('.title').textContent, [...node.querySelectorAll('.chip')].map(chip => chip.querySelector('.chip-text').textContent + ':' + ['with-host', 'shared', 'unknown'].filter(css => chip.classList.contains(css)).join())]))" }
            @{ action = 'evaluate'; value = "[...document.querySelectorAll('#picture .edge')].map(edge => edge.dataset.to)" }
            @{ action = 'press'; value = '1' }
            Measure-Picture
            @{ action = 'evaluate'; value = "[...document.querySelectorAll('#picture .node.net')].map(node => node.textContent)" }
        )
        $measured, $chips, $edges, $null, $networks, $netText = $report.results
    }

    AfterAll {
        foreach ($id in $first, $second) { runc delete --force $id }
        Remove-Item $bundles -Recurse
    }

    It 'has a box for each and the host, and what they share' -Tag T012 {
        & $clean $report $page
        $measured.titles | Should -Contain "runc:$first"
        $measured.titles | Should -Contain "runc:$second"
        $measured.kinds.shared | Should -Be 1
        $edges | Should -HaveCount 2
        $edges | Should -Be (@("m0-net:[$(Get-LinkInode $pids[0] net)]") * 2)
    }

    It 'tells what is its own, the host''s or another''s, as the kernel has it' {
        foreach ($index in 0, 1) {
            $shown = $chips."runc:$(($first, $second)[$index])"
            foreach ($type in 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts') {
                $own = Get-LinkInode $pids[$index] $type
                $expected = $own -eq (Get-LinkInode $PID $type) -and $own -in $host_.Inode ? 'with-host' : $own -eq (Get-LinkInode $pids[1 - $index] $type) ? 'shared' : ''
                $shown | Should -Contain "${type}:$expected"
            }
        }
    }

    It 'names both in the network they share' {
        $networks.kinds.net | Should -BeGreaterOrEqual 2
        $netText | Where-Object { $_.Contains("runc:$first") -and $_.Contains("runc:$second") } | Should -HaveCount 1
    }

    It 'says not known where only namespaces were given' {
        $page2 = Join-Path $TestDrive 'unknown.html'
        & $copyOf (Get-Namespace -ProcessId $pids[1] -Type Mnt, Pid) | Export-NamespaceMap $page2 -Picture Containers
        $seen = Invoke-Browser $page2 @(@{ action = 'evaluate'; value = "document.querySelectorAll('#picture .chip.unknown').length" })
        $seen.results | Should -Be 6
    }
}

Describe 'A map of 300 namespaces' -Skip:(-not $isRoot) {
    BeforeAll {
        $prefix = New-UniqueName
        $bridge = $prefix.Substring(0, 12) + 'br'
        $names = 1..300 | ForEach-Object { "$prefix-$_" }
        $null = New-NetNamespace $names
        foreach ($name in $names | Select-Object -First 40) { Connect-NetNamespace $name -Bridge $bridge }
        $objects = @(Get-Namespace -Name "$prefix-*"; Get-NetNamespaceInterface "$prefix-*"; Get-NetNamespaceInterface | Where-Object { $_.InterfaceName -eq $bridge -or $_.Master -eq $bridge })
        $page = Join-Path $TestDrive 'many.html'
        $objects | Export-NamespaceMap $page
        $report = Invoke-Browser $page @(
            Measure-Picture
            @{ action = 'click'; selector = '#zoom-fit' }
            Measure-Picture
            @{ action = 'fill'; selector = '#search'; value = "$prefix-287 " }
            @{ action = 'press'; value = 'Enter' }
            @{ action = 'evaluate'; value = "({ title: document.querySelector('#details h2').textContent, inside: (() => { const box = document.querySelector('#picture .chosen > .box').getBoundingClientRect(); const area = document.getElementById('picture').getBoundingClientRect(); return box.top >= area.top && box.bottom <= area.bottom; })(), size: parseFloat(getComputedStyle(document.querySelector('#picture .chosen .title')).fontSize) * /scale\(([^)]+)\)/.exec(document.querySelector('#picture .picture').getAttribute('transform'))[1] })" }
        )
    }

    AfterAll {
        Remove-NetNamespace $names
        ip link delete $bridge 2> $null
    }

    It 'has them all, each apart' {
        & $clean $report $page
        $measured = $report.results[0]
        $measured.kinds.net | Should -Be 301 -Because 'the bridge is in the 301st, which was not given but has it'
        $measured.kinds.bridge | Should -Be 1
        $measured.edges | Should -Be 41
        $measured.overlaps | Should -Be 0
        $measured.overflows | Should -BeNullOrEmpty
        (Get-Item $page).Length | Should -BeLessThan 1.5MB
    }

    It 'opens legible, can be seen whole, and brings what is found into sight' {
        $report.results[0].scale * 12 | Should -BeGreaterThan 7
        $report.results[2].scale | Should -BeLessThan $report.results[0].scale
        $shown = $report.results[5]
        $shown.title | Should -Match "$prefix-287 "
        $shown.inside | Should -BeTrue
        $shown.size | Should -BeGreaterThan 9
    }
}

Describe 'A map of objects from files' -Skip:(-not $isRoot) {
    BeforeAll {
        # The data of a page is JSON, compressed, as Base64.
        function Read-Map([string] $Path) {
            $text = [regex]::Match((Get-Content $Path -Raw), 'H4sI[A-Za-z0-9+/=]+').Value
            $zip = [IO.Compression.GZipStream]::new([IO.MemoryStream]::new([Convert]::FromBase64String($text)), [IO.Compression.CompressionMode]::Decompress)
            [IO.StreamReader]::new($zip).ReadToEnd() | ConvertFrom-Json
        }
    }

    It 'has a frame for each machine, and for this one before its last start' {
        $name = New-UniqueName
        ip netns add $name
        try {
            $here = @(Get-Namespace -Name $name; Get-NetNamespaceInterface $name)
            $here | Export-Clixml $TestDrive/here.xml
            $text = (Get-Content $TestDrive/here.xml -Raw).Replace((Get-Content /proc/sys/kernel/random/boot_id).Trim(), '11111111-2222-4333-8444-555555555555')
            Set-Content $TestDrive/old.xml $text
            Set-Content $TestDrive/db1.xml $text.Replace(">$(hostname)<", '>db1<')
            Set-Content $TestDrive/db1-again.xml $text.Replace(">$(hostname)<", '>db1<').Replace('11111111', '99999999')
        }
        finally {
            ip netns delete $name
        }

        $page = Join-Path $TestDrive 'files.html'
        @($here; Import-Clixml $TestDrive/here.xml, $TestDrive/old.xml, $TestDrive/db1.xml) | Export-NamespaceMap $page
        $data = Read-Map $page
        $data.items.host | Sort-Object -Unique | Should -Be (@('db1', (hostname), "$(hostname) (boot 11111111)") | Sort-Object)
        $title = "net:[$($here[0].Inode)]"
        ($data.items | Where-Object { $_.host -eq 'db1' -and $_.filter -eq 'Net' }).commands[0] | Should -Be "Enter-PSSession -HostName 'db1'" -Because $title
        ($data.items | Where-Object { $_.host -like '*(boot*' }).commands | Should -BeNullOrEmpty

        @(Import-Clixml $TestDrive/db1.xml, $TestDrive/db1-again.xml) | Export-NamespaceMap $page
        $data = Read-Map $page
        $data.items.host | Sort-Object -Unique | Should -Be 'db1 (boot 11111111)', 'db1 (boot 99999999)'
    }
}

Describe 'A map of two machines' -Skip:(-not $isRoot) {
    BeforeAll {
        $name = New-UniqueName
        ip netns add $name
        $here = @(Get-Namespace -Name $name; Get-Namespace -ProcessId $PID -Type Net, User; Get-NetNamespaceInterface $name)
        $fleet = foreach ($machine in 'web1.example.org', 'db <b>2</b>') {
            foreach ($item in & $copyOf $here) { $item | Add-Member -NotePropertyName PSComputerName -NotePropertyValue $machine -PassThru }
        }
        $page = Join-Path $TestDrive 'fleet.html'
        $fleet | Export-NamespaceMap $page
        $report = Invoke-Browser $page @(
            Measure-Picture
            @{ action = 'evaluate'; value = "document.querySelectorAll('tr[data-item]').length" }
            @{ action = 'evaluate'; value = "[...document.querySelectorAll('th')].map(cell => cell.textContent)[0]" }
            @{ action = 'click'; selector = "#picture .node .title:text('$name')" }
            @{ action = 'evaluate'; value = "[...document.querySelectorAll('#details code')].map(e => e.textContent)" }
            @{ action = 'click'; selector = "input[data-filter='host web1.example.org']" }
            Measure-Picture
            @{ action = 'press'; value = '2' }
            Measure-Picture
        )
    }

    AfterAll {
        ip netns delete $name
    }

    It 'has a group for each' -Tag T013 {
        & $clean $report $page
        $measured = $report.results[0]
        $measured.frames | Sort-Object | Should -Be ('db <b>2</b>', 'web1.example.org' | Sort-Object)
        $measured.kinds.net | Should -Be 4
        $measured.titles -eq $name | Should -HaveCount 2
        $report.results[1] | Should -Be $fleet.Count
        $report.results[2] | Should -Be 'Host'
    }

    It 'says how to get there first' {
        $report.results[4][0] | Should -Match "^Enter-PSSession -HostName '(web1\.example\.org|db <b>2</b>)'$"
    }

    It 'hides a machine' {
        $report.results[6].kinds.net | Should -Be 2
        $report.results[6].frames | Should -BeNullOrEmpty
        $report.results[8].kinds.absent | Should -Be 0
    }
}

Describe 'Text from outside' {
    BeforeAll {
        $hostile = '</script><script>alert(1)</script>', '"><img src=x onerror=alert(2)>', "' onmouseover='alert(3)", '--><svg onload=alert(4)>', ']]><b>&amp;', '@@DATA@@', "$([char]27)[31m$([char]0x2028)$([char]0x202e)x", 'javascript:alert(5)'
        $number = 10
        $objects = foreach ($text in $hostile) {
            $number++
            [pscustomobject]@{ Type = 'Net'; Inode = $number; Name = $text; Command = $text; ProcessId = $number; Container = $text; MountPoint = $text; UserName = $text; OwnerInode = 5; PSComputerName = 'far' }
            [pscustomobject]@{ Type = 'Uts'; Inode = $number + 100; Command = $text; ProcessId = $number; OwnerInode = 5; Container = $text; PSComputerName = 'far' }
            [pscustomobject]@{ NamespaceInode = $number; InterfaceIndex = 2; Namespace = $text; InterfaceName = $text; Kind = $text; Address = $text, '10.0.0.1/8'; MacAddress = $text; PeerInterfaceName = $text; PeerInterfaceIndex = 2; PeerNamespaceInode = $number + 1; PSComputerName = 'far' }
        }
        $page = Join-Path $TestDrive 'hostile.html'
        $objects | Export-NamespaceMap $page -Title '</title><script>alert(6)</script>'
        $report = Invoke-Browser $page @(
            Measure-Picture
            @{ action = 'evaluate'; value = "({ title: document.title, scripts: document.scripts.length, images: document.images.length, handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length, bold: document.querySelectorAll('b').length, cells: [...document.querySelectorAll('td')].map(cell => cell.textContent) })" }
            @{ action = 'press'; value = '2' }
            Measure-Picture
            @{ action = 'press'; value = '3' }
            Measure-Picture
            @{ action = 'fill'; selector = '#search'; value = '<img src=x' }
            @{ action = 'press'; value = 'Enter' }
            @{ action = 'evaluate'; value = "({ html: document.querySelector('#details').innerHTML, images: document.images.length })" }
        )
    }

    It 'is data, never markup' {
        & $clean $report $page
        $seen = $report.results[1]
        $seen.title | Should -Be '</title><script>alert(6)</script>'
        $seen.scripts | Should -Be 2
        $seen.images | Should -Be 0
        $seen.handlers | Should -Be 0
        $seen.bold | Should -Be 0
        $seen.cells | Should -Contain '"><img src=x onerror=alert(2)>'
        $seen.cells | Should -Contain '\x1b[31m\u2028\u202ex'
        $report.results[8].images | Should -Be 0
        $report.results[8].html | Should -Match '&lt;img src=x'
        $report.results[0].nodes | Should -BeGreaterOrEqual $hostile.Count
    }

    It 'makes no markup in a file either' {
        $objects | Export-NamespaceMap $TestDrive/hostile.svg
        $xml = [xml](Get-Content $TestDrive/hostile.svg -Raw)
        $xml.SelectNodes("//*[local-name()='script' or local-name()='img' or local-name()='b' or local-name()='a']").Count | Should -Be 0
        $xml.SelectNodes("//@*[starts-with(name(), 'on')]").Count | Should -Be 0
        $xml.SelectNodes("//*[local-name()='text']").InnerText | Should -Contain '</script><script>alert(1)</script>'
    }

    It 'stays one word in the commands to copy' {
        $quote = "x'; throw 'run'; '", "x$([char]0x2019); throw 1; $([char]0x2019)"
        foreach ($text in $quote) {
            [pscustomobject]@{ Type = 'Net'; Inode = 5; Name = $text; Container = "runc:$text"; PSComputerName = $text } | Export-NamespaceMap $TestDrive/quote.html
            $commands = (Invoke-Browser $TestDrive/quote.html @(@{ action = 'click'; selector = 'tr[data-item]' }, @{ action = 'evaluate'; value = "[...document.querySelectorAll('#details code')].map(e => e.textContent)" })).results[1]
            $commands.Count | Should -BeGreaterThan 2
            foreach ($command in $commands) {
                $errors = $null
                $ast = [System.Management.Automation.Language.Parser]::ParseInput($command, [ref]$null, [ref]$errors)
                $errors | Should -BeNullOrEmpty
                $ast.EndBlock.Statements | Should -HaveCount 1
                $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.ThrowStatementAst] }, $true) | Should -BeNullOrEmpty
            }
        }
    }

    It 'is kept from running by the page''s own policy' {
        $html = Get-Content $page -Raw
        $policy = [regex]::Match($html, 'http-equiv="Content-Security-Policy" content="([^"]+)"').Groups[1].Value
        $policy | Should -Match "^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$"
        $script = [regex]::Match($html, '(?s)<script>(.*?)</script>').Groups[1].Value
        $hash = [Convert]::ToBase64String([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($script)))
        $policy | Should -Match ([regex]::Escape("'sha256-$hash'"))
        $attempt = Invoke-Browser $page @(
            @{ action = 'evaluate'; value = "(() => { const made = document.createElement('script'); made.textContent = 'window.ran = 1'; document.body.append(made); document.body.insertAdjacentHTML('beforeend', '<p onclick=""window.ran = 2"" id=bait>x</p>'); document.getElementById('bait').click(); fetch('http://127.0.0.1:9/').catch(() => {}); return window.ran ?? null; })()" }
        )
        $attempt.results | Should -BeNullOrEmpty
        "$($attempt.console)" | Should -Match 'Content Security Policy'
    }
}

Describe 'Export-NamespaceMap' {
    It 'serves an ordinary user' {
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        chmod 777 $folder
        try {
            $said = Invoke-AsUser "Export-NamespaceMap '$folder/user.html' -WarningAction Ignore; Export-NamespaceMap '$folder/user.svg' -Picture Relations -WarningAction Ignore"
            $said | Should -BeNullOrEmpty
            $report = Invoke-Browser "$folder/user.html" @(Measure-Picture)
            & $clean $report "$folder/user.html"
            $report.results[0].kinds.net | Should -BeGreaterOrEqual 1
            { [xml](Get-Content "$folder/user.svg" -Raw) } | Should -Not -Throw
        }
        finally {
            Remove-Item $folder -Recurse -Force
        }
    }

    It 'opens what it wrote' {
        $null = New-Item -ItemType Directory $TestDrive/bin
        "#!/bin/sh`nprintf '%s' ""`$1"" > '$TestDrive/opened.part'; mv '$TestDrive/opened.part' '$TestDrive/opened'" | Set-Content $TestDrive/bin/xdg-open
        chmod +x $TestDrive/bin/xdg-open
        $path = $env:PATH
        try {
            $env:PATH = "$TestDrive/bin:$path"
            $file = Get-Namespace -ProcessId $PID | Export-NamespaceMap -Show -PassThru
            Wait-Condition { Test-Path $TestDrive/opened }
            Get-Content $TestDrive/opened | Should -Be $file.FullName
            $env:PATH = $TestDrive
            { Get-Namespace -ProcessId $PID | Export-NamespaceMap $TestDrive/shown.html -Show } | Should -Throw -ErrorId 'DesktopOpenFailed,*'
            "$TestDrive/shown.html" | Should -Exist
        }
        finally {
            $env:PATH = $path
            if ($file) { Remove-Item $file }
        }
    }

    It 'says what an SVG file needs' {
        $path = $env:PATH
        try {
            $env:PATH = "$TestDrive"
            { Get-Namespace -ProcessId $PID | Export-NamespaceMap $TestDrive/none.svg } | Should -Throw -ErrorId 'NodeNotFound,*'
            "#!/bin/sh`necho 'SyntaxError: too old' >&2; exit 3" | Set-Content $TestDrive/node
            [IO.File]::SetUnixFileMode("$TestDrive/node", 'UserRead, UserWrite, UserExecute')
            { Get-Namespace -ProcessId $PID | Export-NamespaceMap $TestDrive/none.svg } | Should -Throw -ErrorId 'MapDrawingFailed,*'
        }
        finally {
            $env:PATH = $path
        }

        "$TestDrive/none.svg" | Should -Not -Exist
        "$TestDrive/none.html" | Should -Not -Exist
    }

    It 'writes wholly or not at all' {
        $own = Get-Namespace -ProcessId $PID
        { $own | Export-NamespaceMap $TestDrive/no/such.html } | Should -Throw '*such.html'' could not be written: there is no such folder.' -ErrorId 'MapNotWritten,*'
        'mine' | Set-Content $TestDrive/kept.html
        { $own | Export-NamespaceMap $TestDrive/kept.html -NoClobber } | Should -Throw -ErrorId 'MapNotWritten,*'
        Get-Content $TestDrive/kept.html | Should -Be 'mine'
        $own | Export-NamespaceMap $TestDrive/kept.html -WhatIf
        Get-Content $TestDrive/kept.html | Should -Be 'mine'
        $null = New-Item -ItemType SymbolicLink $TestDrive/link.html -Target $TestDrive/kept.html
        $own | Export-NamespaceMap $TestDrive/link.html
        (Get-Item $TestDrive/link.html).LinkTarget | Should -Be "$TestDrive/kept.html"
        Get-Content $TestDrive/kept.html -Raw | Should -Match '</html>'
        Get-ChildItem $TestDrive -Force -Filter '.*' | Should -BeNullOrEmpty
    }

    It 'writes to a device, and leaves it one' {
        # A node of the test's own: the machine's would be lost. Ordinary users cannot make one, nor replace that of the machine.
        $device = (id -u) -eq '0' ? "$TestDrive/null" : '/dev/null'
        if ($device -ne '/dev/null') { mknod $device c 1 3 }
        Get-Namespace -ProcessId $PID | Export-NamespaceMap $device
        stat -c %F $device | Should -Be 'character special file'
    }

    It 'says what cannot be drawn' {
        { 'text' | Export-NamespaceMap $TestDrive/text.html -ErrorAction Stop } | Should -Throw -ErrorId 'NotDrawable,*'
        { @() | Export-NamespaceMap $TestDrive/text.html } | Should -Throw -ErrorId 'NotDrawable,*'
        "$TestDrive/text.html" | Should -Not -Exist
    }

    It 'says when the module lacks its page' {
        $copy = Join-Path $TestDrive 'LinuxNamespaces'
        $null = New-Item -ItemType Directory $copy
        Copy-Item "$(Split-Path $ModulePath)/LinuxNamespaces.*" $copy
        Copy-Item "$(Split-Path $ModulePath)/bin" $copy -Recurse
        $id = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$copy'; try { Get-Namespace -ProcessId `$PID | Export-NamespaceMap '$TestDrive/lost.html' } catch { `$_.FullyQualifiedErrorId }"
        $id | Should -BeLike 'MapAssetMissing,*'
    }

    It 'follows the working directory and the heading' {
        Push-Location $TestDrive
        try {
            Get-Namespace -ProcessId $PID | Export-NamespaceMap here.html -Title 'Our lab'
        }
        finally {
            Pop-Location
        }

        Get-Content $TestDrive/here.html -Raw | Should -Match '<h1>Our lab</h1>'
    }
}
