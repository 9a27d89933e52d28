BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $copyOf = { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@($args[0]), 1)) }
}

Describe 'ConvertTo-NamespaceGraph' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        $ghost = Start-Helper hidden ghost
        $null, $null, $middle, $inner = $ghost.ReadyLine -split ' '
        $own = Get-LinkInode $PID user
        $namespaces = Get-Namespace -Type User
    }

    AfterAll {
        Stop-Helper $ghost
    }

    It 'writes owners and parents as Mermaid' {
        $lines = ($namespaces | ConvertTo-NamespaceGraph) -split "`n"
        $lines[0] | Should -Be 'flowchart LR'
        $lines | Should -Contain "    user$own --> user$middle"
        $lines | Should -Contain "    user$middle --> user$inner"
        $lines | Where-Object { $_.StartsWith("    user$inner[""user:[$inner]<br/>") -and $_.Contains('hidden ghost') } | Should -HaveCount 1
    }

    It 'writes the same as DOT' {
        $lines = ($namespaces | ConvertTo-NamespaceGraph Dot -Hierarchy Parent) -split "`n"
        $lines[0] | Should -Be 'digraph namespaces {'
        $lines | Should -Contain "    user$middle -> user$inner;"
        $lines[-2] | Should -Be '}'
        ($lines -match '\{').Count | Should -Be ($lines -match '\}').Count
    }

    It 'writes the same of what came back from another session' {
        & $copyOf $namespaces | ConvertTo-NamespaceGraph | Should -Be ($namespaces | ConvertTo-NamespaceGraph)
    }

    It 'draws an owner that was not given' {
        $uts = Get-Namespace uts -ProcessId $PID
        ($uts | ConvertTo-NamespaceGraph) -split "`n" | Should -Contain "    user$own --> uts$($uts.Inode)"
    }

    It 'escapes what programs call themselves' {
        $odd = [pscustomobject]@{ Type = 'Net'; Inode = 5; Command = 'a"];b<script>|#\'; ProcessId = 7 }
        $odd | ConvertTo-NamespaceGraph | Should -BeLike '*net:[[]5]<br/>a#34;]#59;b#60;script#62;#124;#35;#92; (7)*'
        $odd | ConvertTo-NamespaceGraph Dot | Should -BeLike '*net:[[]5]\na\"];b<script>|#\\ (7)*'
    }

    It 'writes two net namespaces and the veth pair between them' {
        $left, $right = (New-UniqueName), (New-UniqueName)
        ip netns add $left
        ip netns add $right
        try {
            ip link add v1 netns $left type veth peer name v2 netns $right
            ip -n $left address add 10.99.1.1/24 dev v1
            $interfaces = Get-NetNamespaceInterface $left, $right
            $text = $interfaces | ConvertTo-NamespaceGraph
            $first, $second = (stat -L -c %i "/run/netns/$left"), (stat -L -c %i "/run/netns/$right")
            $text | Should -Match "(?s)subgraph inside$first\[""$left net:\[$first\]""\].*v1<br/>10\.99\.1\.1/24.*end"
            $edges = $text -split "`n" -match '---'
            $edges | Should -HaveCount 1
            $edges[0] | Should -Match "^    if($first|$second)x\d+ ---\|veth\| if($first|$second)x\d+$"
            & $copyOf $interfaces | ConvertTo-NamespaceGraph | Should -Be $text
            ($interfaces | ConvertTo-NamespaceGraph Dot) -split "`n" -match ' -> ' | Should -HaveCount 1
        }
        finally {
            ip netns delete $left
            ip netns delete $right
        }
    }

    It 'says what cannot be drawn' {
        { 'text' | ConvertTo-NamespaceGraph -ErrorAction Stop } | Should -Throw -ErrorId 'NotDrawable,*'
    }
}

Describe 'Drawn branches' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        $tree = Get-Namespace -Type User, Uts -Hierarchy Owner
    }

    It 'survive Select-Object, Sort-Object and remoting' {
        ($tree | Select-Object Type, Depth, Hierarchy).Hierarchy | Should -Be $tree.Hierarchy
        ($tree | Sort-Object Inode -Descending | Sort-Object { $tree.Inode.IndexOf($_.Inode) }).Hierarchy | Should -Be $tree.Hierarchy
        (& $copyOf $tree).Depth | Should -Be $tree.Depth
        $view = { $input | Out-String -Width 120 }
        & $copyOf ($tree | Sort-Object Inode) | & $view | Should -Be ($tree | Sort-Object Inode | & $view)
    }

    It 'know their depth: each is one below its owner' {
        $byInode = $tree | Group-Object Inode -AsHashTable
        $tree | Where-Object Depth | Should -Not -BeNullOrEmpty
        foreach ($ns in $tree | Where-Object Depth) {
            $ns.Depth | Should -Be ($byInode[$ns.OwnerInode].Depth + 1)
        }
    }
}
