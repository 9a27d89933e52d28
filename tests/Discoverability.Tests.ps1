BeforeDiscovery {
    $isRoot = (id -u) -eq 0
    $root = Split-Path $PSScriptRoot
    $changing = (Import-PowerShellDataFile "$root/LinuxNamespaces.psd1").CmdletsToExport -match '^(New|Set|Remove|Connect|Disconnect|Mount|Dismount)-'
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    function Complete {
        param([Parameter(Mandatory)] [string] $Line)
        (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText
    }
}

Describe 'Errors' {
    It 'are made in one place' {
        $makers = Get-ChildItem $ProjectRoot/src -Recurse -Filter *.cs | Where-Object FullName -NotMatch '/obj/' | Select-String 'new ErrorRecord\(|ErrorRecord \w+ = new\(' | ForEach-Object Filename | Sort-Object -Unique
        $makers | Where-Object { $_ -notin 'ErrorRecords.cs', 'StreamRecord.cs' } | Should -BeNullOrEmpty
    }

    It 'have the categories of PowerShell' {
        $kinds = [LinuxNamespaces.NamespaceInfo].Assembly.GetType('LinuxNamespaces.ErrorKind')
        [enum]::GetNames($kinds) | Should -Not -BeNullOrEmpty
        [enum]::GetNames($kinds) | Where-Object { [int][enum]::Parse($kinds, $_) -ne [int][System.Management.Automation.ErrorCategory]$_ } | Should -BeNullOrEmpty
    }

    It 'say what to do, whatever the kernel answers' {
        $type = [LinuxNamespaces.NamespaceInfo].Assembly.GetType('LinuxNamespaces.Commands.Output.ErrorRecords')
        $from = $type.GetMethod('From', [System.Reflection.BindingFlags]'NonPublic, Static')
        $new = [LinuxNamespaces.LinuxException].GetConstructors([System.Reflection.BindingFlags]'NonPublic, Public, Instance') | Where-Object { $_.GetParameters().Count -ge 2 } | Select-Object -First 1
        $arguments = $new.GetParameters()
        foreach ($errno in 1..133) {
            $values = foreach ($argument in $arguments) { if ($argument.ParameterType -eq [int]) { $errno } else { 'mount' } }
            $record = $from.Invoke($null, @($new.Invoke($values), $null))
            $record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty -Because "errno $errno"
            $record.CategoryInfo.Category | Should -Not -BeNullOrEmpty
        }
    }

    It 'say what to do: <_>' -ForEach @(
        'Get-Namespace -ProcessId 2147483647'
        'Get-Namespace -Inode 1'
        'Get-Namespace -Name nosuchname'
        'Get-Namespace -LiteralPath /etc/passwd'
        'Get-Namespace -LiteralPath /no/such/path'
        'Get-NamespaceProcess -Inode 1'
        'Get-NetNamespace nosuchname'
        'Get-NetNamespaceInterface nosuchname'
        'Get-NetNamespaceInterface 2147483647'
        'Remove-NetNamespace nosuchname'
        'Set-NetNamespace nosuchname 1'
        "New-NetNamespace 'a/b'"
        'Connect-NetNamespace nosuchname'
        'Disconnect-NetNamespace nosuchname'
        'Compare-Namespace 2147483647'
        'Mount-Namespace $PID /no/such/file -Type Uts'
        'Dismount-Namespace /no/such/file'
        'New-NamespaceProcess nosuchprogram'
        'New-NamespaceProcess -UidMap 0:0:0 true'
        "1 | ConvertTo-NamespaceGraph"
    ) {
        $record = try { . ([scriptblock]::Create("$_ -ErrorAction Stop")) } catch { $_ }
        $record | Should -BeOfType ([System.Management.Automation.ErrorRecord])
        $record.FullyQualifiedErrorId | Should -Match ',LinuxNamespaces\.'
        $record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $record.CategoryInfo.Category | Should -Not -Be 'NotSpecified'
    }
}

Describe 'WhatIf' {
    It '<_> has it' -ForEach $changing {
        (Get-Command $_).Parameters.Keys | Should -Contain 'WhatIf'
    }

    It 'prints what would be done, and does nothing' -Skip:(-not $isRoot) {
        $name = New-UniqueName
        $folder = Join-Path $TestDrive 'pins'
        $script = @"
Import-Module '$ModulePath'
New-NetNamespace $name -WhatIf
New-NamespaceProcess -Type Net, Mnt -MountProc -HostName box -FilePath true -Persist @{ Net = '$folder/net' } -WhatIf
Mount-Namespace $PID '$folder' -Type Net, Uts -Create -WhatIf
Set-NamespaceLimit Net 7 -WhatIf
Connect-NetNamespace $name -Bridge ${name}br -WhatIf
Get-NetNamespace | Remove-NetNamespace -WhatIf
Get-NetNamespace | Set-NetNamespace -NetNsId 77 -WhatIf
Get-Namespace -Source Mount | Dismount-Namespace -WhatIf
"@
        $before = @(Get-Content /proc/self/mountinfo).Count, @(Get-ChildItem /run/netns -ErrorAction Ignore).Count, (Get-Content /proc/sys/user/max_net_namespaces)
        $shown = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script
        "$shown" | Should -Match 'Create net namespace'
        "$shown" | Should -Match 'new .*mnt, net, uts'
        "$shown" | Should -Match "Mount net:\[\d+\]"
        "$shown" | Should -Match 'Set to 7'
        "$shown" | Should -Match 'Connect by a veth pair'
        Test-Path $folder | Should -BeFalse
        Test-Path /run/netns/$name | Should -BeFalse
        Get-Content /proc/sys/user/max_net_namespaces | Should -Be $before[2]
    }
}

Describe 'Completion' {
    It 'is there for every parameter whose values can be known' {
        # Free text, numbers of one's own, files (which PowerShell completes), and objects.
        $free = 'Title', 'LocalPort', 'RemotePort', 'NewName', 'Alias', 'AddAddress', 'RemoveAddress', 'AddAltName', 'RemoveAltName', 'Interface', 'VlanId', 'VxlanId',
            'LocalAddress', 'RemoteAddress', 'Port', 'Gateway', 'Metric', 'PreferredSource', 'Route', 'Address', 'PeerAddress', 'PeerInterfaceName', 'MacAddress', 'PeerMacAddress', 'Mtu', 'DefaultGateway', 'PeerDefaultGateway', 'Route',
            'PeerRoute', 'Limit', 'TimeoutSec', 'Count', 'ArgumentList', 'Persist', 'LoadInterpreter', 'MonotonicOffset', 'BootTimeOffset', 'Environment',
            'HostName', 'DomainName', 'InputObject', 'ScriptBlock', 'ThrottleLimit', 'SocketDescriptor', 'IntervalSec', 'IdleTimeoutSec',
            'Path', 'LiteralPath', 'ProcDirectory', 'BinfmtDirectory', 'Root', 'WorkingDirectory', 'OuterWorkingDirectory',
            'RedirectStandardInput', 'RedirectStandardOutput', 'RedirectStandardError',
            'Umask', 'Nice', 'ResourceLimit', 'MemoryLimit', 'CpuLimit', 'ProcessLimit', 'IoWeight', 'SeccompProfile', 'Landlock', 'Bind', 'ReadOnlyBind', 'Tmpfs', 'Overlay', 'Mask', 'Symlink', 'File'
        $own = @{ 'New-NetNamespace' = 'Name'; 'Connect-NetNamespace' = 'InterfaceName'; 'New-NetNamespaceInterface' = 'InterfaceName'; 'Add-NetNamespaceRoute' = 'Destination'; 'Remove-NetNamespaceRoute' = 'Destination' }
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
        $missing = foreach ($command in Get-Command -Module LinuxNamespaces) {
            foreach ($parameter in $command.Parameters.Values | Where-Object { $_.Name -notin $common -and $_.Name -notin $free -and $own[$command.Name] -ne $_.Name }) {
                $type = $parameter.ParameterType.IsArray ? $parameter.ParameterType.GetElementType() : $parameter.ParameterType
                $type = [Nullable]::GetUnderlyingType($type) ?? $type
                $isKnown = $type -eq [switch] -or $type.IsEnum -or
                    ($parameter.Attributes | Where-Object { $_ -is [ArgumentCompleter] -or $_ -is [System.Management.Automation.ArgumentCompleterAttribute] -or $_ -is [ValidateSet] })
                if (-not $isKnown) { "$command -$($parameter.Name)" }
            }
        }
        $missing | Should -BeNullOrEmpty
    }

    It 'completes types' {
        Complete 'Get-Namespace -Type Ne' | Should -Contain 'Net'

        # Each once, by the kernel's name, though an enumeration with other words for the same would be listed twice.
        $parameters = Get-Command -Module LinuxNamespaces -CommandType Cmdlet | ForEach-Object { $command = $_.Name; $_.Parameters.Values | Where-Object { $_.ParameterType -eq [LinuxNamespaces.NamespaceType[]] } | ForEach-Object { "$command -$($_.Name) " } }
        $parameters.Count | Should -BeGreaterThan 10
        foreach ($line in $parameters) {
            Complete $line | Should -Be 'Cgroup', 'Ipc', 'Mnt', 'Net', 'Pid', 'Time', 'User', 'Uts' -Because $line
            Complete "${line}Net, U" | Should -Be 'User', 'Uts' -Because $line
        }
    }

    It 'completes inodes and PIDs' {
        Complete 'Get-Namespace -Inode ' | Should -Contain ([string](Get-LinkInode $PID net))
        Complete "Get-Namespace -ProcessId $PID" | Should -Contain "$PID"
    }

    It 'completes users, groups and ids' {
        Complete 'New-NamespaceProcess -MapUser roo' | Should -Contain 'root'
        Complete 'New-NamespaceProcess -MapGroup roo' | Should -Contain 'root'
        Complete 'New-NamespaceProcess -UserId ' | Should -Contain '0'
        Complete 'New-NamespaceProcess -Owner roo' | Should -Contain 'root:0'
    }

    It 'completes programs of PATH, and paths' {
        Complete 'New-NamespaceProcess -FilePath sle' | Should -Contain 'sleep'
        Complete 'New-NamespaceProcess -FilePath /bin/sle' | Should -Contain '/bin/sleep'
    }

    It 'completes interfaces, bridges and mounts' -Skip:(-not $isRoot) {
        $name = New-UniqueName
        $null = New-NetNamespace $name
        try {
            Complete "Get-NetNamespaceInterface $name -InterfaceName " | Should -Be 'lo'
            Complete "Remove-NetNamespace $name" | Should -Contain $name
            Complete 'Dismount-Namespace /run/netns/' | Should -Contain "/run/netns/$name"
            ip -n $name link add left type veth peer name right
            Complete "Disconnect-NetNamespace $name $name -InterfaceName le" | Should -Be 'left'
        }
        finally {
            Remove-NetNamespace $name
        }
    }
}

Describe 'Views' {
    It 'fit 100 columns, with room for the last one' {
        $views = ([xml](Get-Content (Join-Path (Split-Path $ModulePath) 'LinuxNamespaces.format.ps1xml') -Raw)).Configuration.ViewDefinitions.View
        $wide = foreach ($view in $views) {
            $control = $view.SelectSingleNode('TableControl')
            if (-not $control) { continue }
            $headers = @($control.SelectNodes('TableHeaders/TableColumnHeader'))
            $width = ($headers | ForEach-Object { [int]($_.SelectSingleNode('Width')?.InnerText ?? 0) } | Measure-Object -Sum).Sum + $headers.Count
            $room = 100 - $width
            if ($room -lt 10 -and -not $headers[-1].SelectSingleNode('Width') -or $width -gt 100) { "$($view.Name): $width" }
        }
        $wide | Should -BeNullOrEmpty
    }

    It 'are there for every type that a cmdlet writes' {
        $text = Get-Content (Join-Path (Split-Path $ModulePath) 'LinuxNamespaces.format.ps1xml') -Raw
        $types = (Get-Command -Module LinuxNamespaces).OutputType.Type | Where-Object Namespace -Like 'LinuxNamespaces*' | Sort-Object FullName -Unique
        $types.FullName | Where-Object { $text -notmatch "<TypeName>$([regex]::Escape($_))</TypeName>" } | Should -BeNullOrEmpty
    }

    It 'keep to 100 columns, however long a command is' {
        $lines = Get-Namespace | Out-String -Width 100 | ForEach-Object { $_ -split "`n" }
        ($lines | Measure-Object -Maximum Length).Maximum | Should -BeLessOrEqual 100
    }

    It 'have colours only on a terminal without NO_COLOR: <Case>' -ForEach @(
        @{ Case = 'a terminal'; NoColor = ''; Expected = $true }
        @{ Case = 'a terminal with NO_COLOR'; NoColor = '1'; Expected = $false }
    ) {
        if (-not (Get-Command script -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'there is no script(1) to make a terminal with'
            return
        }

        $command = "$([Environment]::ProcessPath) -NoProfile -NonInteractive -Command `"Import-Module '$ModulePath'; Get-Namespace net -WarningAction Ignore; Get-Namespace -Inode 1`""
        $shown = env -u NO_COLOR TERM=xterm ($NoColor ? 'NO_COLOR=1' : 'LINUXNAMESPACES_UNUSED=1') script -qec $command /dev/null
        ("$shown" -match '\e\[[\d;]+m') | Should -Be $Expected
        "$shown" | Should -Match 'NamespaceNotFound|No namespace with the inode'
    }

    It 'have no colours in a file' {
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Get-Namespace net -WarningAction Ignore > $TestDrive/shown.txt"
        $shown = Get-Content $TestDrive/shown.txt -Raw
        $shown | Should -Match 'Inode'
        "$shown" | Should -Not -Match '\e\['
    }
}
