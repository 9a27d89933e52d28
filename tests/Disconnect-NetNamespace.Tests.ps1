BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Disconnect-NetNamespace' -Tag Fast -Skip:(-not $isRoot) {
    BeforeEach {
        $prefix = New-UniqueName
        $blue, $red, $green = "$prefix-blue", "$prefix-red", "$prefix-green"
        foreach ($name in $blue, $red, $green) { ip netns add $name }
        $before = ip -o link | Sort-Object
    }

    AfterEach {
        Remove-NetNamespace "$prefix*"
    }

    It 'takes away what lies between two namespaces, and nothing else' {
        Connect-NetNamespace $blue $red
        Connect-NetNamespace $blue $red
        Connect-NetNamespace $blue $green -InterfaceName green
        Disconnect-NetNamespace $red $blue
        ip -n $blue -br link | Should -HaveCount 2
        ip -n $blue link show green | Should -Not -BeNullOrEmpty
        ip -n $red -br link | Should -HaveCount 1
    }

    It 'takes away what ip made' {
        ip link add x netns $blue type veth peer name y netns $red
        Disconnect-NetNamespace $blue $red
        ip -n $red -br link | Should -HaveCount 1
    }

    It 'takes only the interfaces that are named' {
        Connect-NetNamespace $blue $red -InterfaceName one
        Connect-NetNamespace $blue $red -InterfaceName two
        Disconnect-NetNamespace $blue $red -InterfaceName o*
        (Get-NetNamespaceInterface $blue).InterfaceName | Should -Be lo, two
        { Disconnect-NetNamespace $blue $red -InterfaceName three -ErrorAction Stop } | Should -Throw -ErrorId 'NetConnectionNotFound,*'
        { Disconnect-NetNamespace $blue $red -InterfaceName x* -ErrorAction Stop } | Should -Not -Throw
    }

    It 'undoes a connection to the host, with the bridge made for it' {
        $bridge = 'b' + $prefix.Substring($prefix.Length - 8)
        Connect-NetNamespace $blue -Bridge $bridge -PeerAddress 192.168.214.1/24
        Connect-NetNamespace $red -Bridge $bridge
        Disconnect-NetNamespace $blue
        ip -br link show $bridge | Should -Not -BeNullOrEmpty
        Disconnect-NetNamespace $red
        ip -o link | Sort-Object | Should -Be $before
    }

    It 'leaves a bridge that was there' {
        ip -n $green link add br0 type bridge
        Connect-NetNamespace $blue $green -Bridge br0
        Disconnect-NetNamespace $blue $green
        (Get-NetNamespaceInterface $green).InterfaceName | Should -Be lo, br0
    }

    It 'takes nothing away for a variable that holds no interface name, or a pattern that is none' {
        Connect-NetNamespace $blue $red
        { Disconnect-NetNamespace $blue $red -InterfaceName $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        { Disconnect-NetNamespace $blue $red -InterfaceName 'v[' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPattern,*'
        Get-NetNamespaceInterface $blue -InterfaceName veth* | Should -HaveCount 1
    }

    It 'says so where there is nothing between them' {
        $problem = { Disconnect-NetNamespace $blue $red -ErrorAction Stop } | Should -Throw -ErrorId 'NetConnectionNotFound,*' -PassThru
        $problem.CategoryInfo.Category | Should -Be ObjectNotFound
        { Disconnect-NetNamespace } | Should -Throw -ErrorId 'NoNetNamespaceGiven,*'
    }

    It 'changes nothing with -WhatIf' {
        Connect-NetNamespace $blue $red
        Disconnect-NetNamespace $blue $red -WhatIf
        ip -n $blue -br link | Should -HaveCount 2
    }
}
