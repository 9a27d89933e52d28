# Every view in terminals of 80 and 120 columns, of which PowerShell leaves the last free. Objects are as they come from other machines.

BeforeDiscovery {
    $views = ([xml](Get-Content (Join-Path (Split-Path $PSScriptRoot) 'LinuxNamespaces.format.ps1xml') -Raw)).Configuration.ViewDefinitions.View
    $cases = foreach ($view in $views | Where-Object { $_.SelectSingleNode('TableControl') }) {
        foreach ($width in 79, 119) {
            @{
                View    = $view.Name
                Type    = $view.ViewSelectedBy.TypeName
                Width   = $width
                Headers = @($view.SelectNodes('TableControl/TableHeaders/TableColumnHeader/Label') | ForEach-Object InnerText)
            }
        }
    }
}

Describe 'Views' -Tag Fast {
    BeforeAll {
        . $PSScriptRoot/common.ps1

        # Values as long as they usually are.
        $values = @{
            'NamespaceInfo'          = @{ Type = 'Cgroup'; Inode = 4026531840; ProcessCount = 1234; ProcessId = 1234567; UserName = 'www-data'; Source = 'Process'; Name = 'web'; Command = 'sleep'; Container = 'docker:0123456789ab web' }
            'NamespaceInfo#Tree'     = @{ Type = 'Cgroup'; Inode = 4026531840; ProcessCount = 1234; ProcessId = 1234567; UserName = 'www-data'; Hierarchy = '  user:[4026531837]' }
            'NetNamespaceInfo'       = @{ Name = 'blue'; NetNsId = 1234567; Inode = 4026531840; ProcessCount = 1234; InterfaceCount = 12; ProcessId = 1234567; Command = 'nginx' }
            'NetNamespaceInterface'  = @{ Namespace = 'blue'; InterfaceName = 'enp130s0f1np1v2'; State = 'Up'; Kind = 'wireguard'; Mtu = 65536; Peer = 'eth0@blue'; Address = '192.168.1.10/24' }
            'NetInterfaceAddress'    = @{ IPAddress = '2001:db8:1:2:1234:5678:9abc:def0'; PrefixLength = 64; Scope = 'Global'; ValidLifetime = '23:59:59'; State = 'Deprecated' }
            'NamespaceEvent'         = @{ Time = [datetime]'2026-01-01 10:00'; Change = 'IdReleased'; Type = 'Cgroup'; Inode = 4026531840; NetNsId = 1234567; Name = 'customer-blue' }
            'NamespaceProcess'       = @{ Id = 1234567; NamespacePid = 1; UserName = 'www-data'; State = 'SIGKILL'; PidNamespace = 4026531836; NetNamespace = 4026531840; CommandLine = 'nginx -g'; Container = 'docker:0123456789ab' }
            'NamespaceHolder'        = @{ Type = 'Cgroup'; Inode = 4026531840; Source = 'Descriptor'; Id = 1234567; ThreadId = 1234567; Descriptor = 12; UserName = 'www-data'; Detail = 'nginx' }
            'NamespaceComparison'    = @{ Reference = '1'; Difference = '2'; Type = 'Cgroup'; SideIndicator = '<>'; ReferenceInode = 4026531840; DifferenceInode = 4026531841; DifferenceOwnerName = 'www-data' }
            'NamespaceLimit'         = @{ Type = 'Cgroup'; Limit = 2147483647; InUse = 1234; Left = 2147483640; Sysctl = 'user.max_cgroup_namespaces'; InUseBy = 'www-data' }
            'NamespaceDismount'      = @{ Type = 'Cgroup'; Inode = 4026531840; IsGone = $true; Source = 'Process Descriptor'; MountPoint = '/run/netns/customer-blue' }
            'NetNamespaceConnection' = @{ Namespace = 'blue'; Protocol = 'Tcp'; State = 'Established'; LocalAddress = '127.0.0.1:8080'; RemoteAddress = '10.77.0.2:51234'; ProcessId = 1234567; ProcessName = 'nginx' }
            'NetNamespaceRoute'      = @{ Namespace = 'blue'; Destination = '192.168.100.0/24'; Gateway = '192.168.100.254'; InterfaceName = 'enp130s0f1np'; Metric = 1024; Table = 'local'; Type = 'Unicast'; Protocol = 'Kernel' }
            'NetNamespaceRule'       = @{ Namespace = 'blue'; AddressFamily = 'InterNetwork'; Priority = 32766; Source = '10.1.0.0/24'; Destination = '10.8.0.0/16'; Condition = 'iif eth0'; Action = 'lookup main' }
            'NamespaceUsage'         = @{ Namespace = 'cgroup:[4026531835]'; Type = 'Cgroup'; ProcessCount = 1234; CpuTime = [timespan]'01:02:03'; CpuPercent = 12.5; ResidentBytes = 12345678901; ProportionalBytes = 1234567890 }
            'NamespaceMountInfo'     = @{ Namespace = 'mnt:[4026531841]'; MountPoint = '/sys/fs/cgroup'; Source = 'cgroup2'; FileSystemType = 'cgroup2'; Propagation = 'Shared, Slave'; Options = 'rw,nosuid,nodev' }
            'NamespaceIdMap'         = @{ Namespace = 'user:[4026531837]'; ParentInode = 4026531837; SetGroups = 'Allow'; UidMap = '0:0:4294967295'; GidMap = '0:0:4294967295' }
            'NamespaceIdTranslation' = @{ SourceId = 4294967294; From = 'user:[4026531837]'; Id = 4294967294; To = 'user:[4026532000]'; Name = 'www-data' }
            'NamespaceIpc'           = @{ Namespace = 'ipc:[4026531839]'; Kind = 'PosixMessageQueue'; Id = 123456; Key = 0x4711; OwnerUserName = 'www-data'; Permissions = '0600'; Size = 4294967296; Name = '/jobs' }
            'NetNamespaceNeighbor'   = @{ Namespace = 'blue'; IPAddress = 'fe80::1234:56ff:fe78:9abc'; MacAddress = '02-42-AC-11-00-02'; InterfaceName = 'enp130s0f1np1v2'; State = 'Reachable' }
            'NetRouteNextHop'        = @{ Gateway = 'fe80::1234:56ff:fe78:9abc'; InterfaceName = 'enp130s0f1np1v2'; Weight = 10; Flags = 'OnLink' }
        }

        function Show-View {
            param([string] $Type, [string] $View, [int] $Width)
            $short = $Type -replace '^LinuxNamespaces\.'
            $values.Keys | Should -Contain $short -Because 'a new view needs values to be drawn with'
            $object = [pscustomobject]$values[$short]
            $object.PSTypeNames.Insert(0, "Deserialized.$Type")
            $named = $View -in 'Container', 'Namespace' -and $Type -notlike "*.${View}Info" ? @{ View = $View } : @{}
            ($object | Format-Table @named | Out-String -Width $Width) -replace '\e\[[\d;]*m' -split "`n"
        }
    }

    It 'fits <Width> columns: <View> of <Type>' -ForEach $cases {
        $lines = Show-View $Type $View $Width
        $lines | Where-Object Length -GT $Width | Should -BeNullOrEmpty

        # One line of values: nothing wraps.
        $rule = $lines.IndexOf(($lines -match '^ *--')[0])
        @($lines[($rule + 1)..$lines.Count] | Where-Object { $_.Trim() }) | Should -HaveCount 1
        $lines[$rule + 1] | Should -Not -Match '…' -Because 'usual values are not cut'
        $missing = $Headers | Where-Object { $lines[$rule - 1] -notmatch "(^| )$_( |$)" }
        $missing | Should -Be ($Width -eq 79 -and $Type -like '*.NamespaceUsage' ? 'ProportionalBytes' : $null) -Because 'every column has its whole heading'
    }
}
