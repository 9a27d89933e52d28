# The conventions of parameters, read from the built module. A new cmdlet is held to them without a line here.

BeforeAll {
    . $PSScriptRoot/common.ps1

    $all = foreach ($command in Get-Command -Module LinuxNamespaces -CommandType Cmdlet) {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
        foreach ($parameter in $command.Parameters.Values | Where-Object Name -NotIn $common) {
            [pscustomobject]@{
                Command    = $command
                Name       = $parameter.Name
                Text       = "$($command.Name) -$($parameter.Name)"
                Type       = [Nullable]::GetUnderlyingType($parameter.ParameterType) ?? $parameter.ParameterType
                Aliases    = $parameter.Aliases
                Attributes = $parameter.Attributes.ForEach{ $_.GetType().Name -replace 'Attribute$' }
                Sets       = @($parameter.ParameterSets.Values)
            }
        }
    }

    function Find-Deviation {
        param([Parameter(Mandatory)] [scriptblock] $Of, [Parameter(Mandatory)] [scriptblock] $From)
        $found = @($all | Where-Object $Of)
        $found.Count | Should -BeGreaterThan 0 -Because 'the rule must have something to hold'
        ($found | Where-Object { -not ($_ | ForEach-Object $From) }).Text
    }
}

Describe 'Parameters' {
    It 'take every form of a target where a namespace is asked for' {
        Find-Deviation { $_.Type.Name -in 'NamespaceTarget', 'NamespaceTarget[]' } { 'NamespaceTargetTransform' -in $_.Attributes -and 'ArgumentCompleter' -in $_.Attributes } | Should -BeNullOrEmpty
    }

    It 'take no empty variable for a target that was left out, and no empty Name of an object that is piped' {
        Find-Deviation { $_.Type.Name -in 'NamespaceTarget', 'NamespaceTarget[]' } { 'ValidateNotNull' -in $_.Attributes -or 'ValidateNotNullOrEmpty' -in $_.Attributes -or $_.Sets.Where({ -not $_.IsMandatory }).Count -eq 0 } | Should -BeNullOrEmpty
        Find-Deviation { $_.Type.Name -in 'NamespaceTarget', 'NamespaceTarget[]' } { $_.Sets.Where({ $_.ValueFromPipelineByPropertyName }).Count -eq 0 } | Should -BeNullOrEmpty
    }

    It 'take targets at position 0 and from the pipeline' {
        Find-Deviation { $_.Name -eq 'InputObject' -and $_.Type.Name -like 'NamespaceTarget*' } { $_.Sets.Where({ -not $_.ValueFromPipeline }).Count -eq 0 } | Should -BeNullOrEmpty
        Find-Deviation { $_.Name -eq 'InputObject' -and $_.Type.Name -like 'NamespaceTarget*' } { $_.Sets.Where({ $_.Position -ne 0 }).Count -eq 0 } | Should -Be 'Get-Namespace -InputObject' -Because 'there it is the type'
    }

    It 'have a target at position 0, but for those whose first question is another' {
        $others = @(
            'Get-Namespace -Type', 'Get-NamespaceLimit -Type', 'Set-NamespaceLimit -Type', 'Watch-Namespace -Type', 'ConvertTo-NamespaceGraph -Format', 'ConvertTo-NamespaceId -Id'
            'Dismount-Namespace -Path', 'Export-NamespaceMap -Path', 'New-NamespaceProcess -FilePath', 'Invoke-NamespaceCommand -ScriptBlock', 'Invoke-NamespaceCommand -Target'
            'Get-NetNamespace -Name', 'New-NetNamespace -Name', 'Remove-NetNamespace -Name')
        $first = @($all | Where-Object { $_.Sets.Position -contains 0 })
        ($first | Where-Object { $_.Type.Name -notlike 'NamespaceTarget*' }).Text | Sort-Object | Should -Be ($others | Sort-Object)
        ($first.Command.Name | Sort-Object -Unique) | Should -Be ((Get-Command -Module LinuxNamespaces -CommandType Cmdlet).Name | Sort-Object) -Because 'each has one'
    }

    It 'take wildcards in names of what is there' {
        Find-Deviation { $_.Type -eq [string[]] -and $_.Name -in 'Name', 'InterfaceName', 'Container' -and $_.Command.Verb -notin 'New', 'Invoke' } { 'SupportsWildcards' -in $_.Attributes } | Should -BeNullOrEmpty

        # Those that go in, or bind a file, do so for what is named and for nothing else.
        $whole = 'Compare-Namespace -DifferenceObject', 'Get-Namespace -InputObject', 'Mount-Namespace -InputObject', 'New-NamespaceProcess -Join', 'New-NamespaceSession -InputObject'
        Find-Deviation { $_.Type.Name -eq 'NamespaceTarget[]' } { 'SupportsWildcards' -in $_.Attributes } | Sort-Object | Should -Be $whole
    }

    It 'take objects with an id of a process from the pipeline' {
        $commands = ($all | Where-Object { $_.Name -eq 'InputObject' -and $_.Type.Name -eq 'NamespaceTarget[]' -and $_.Command.Verb -in 'Get', 'Measure' }).Command
        $commands.Count | Should -BeGreaterThan 8
        $inner = Start-Process unshare '--user', '--map-root-user', '--uts', '--ipc', '--net', '--mount', 'sleep', '60' -PassThru
        try {
            Wait-ProcessName $inner.Id sleep
            foreach ($command in $commands) {
                $types = $command.Parameters.ContainsKey('Type') ? @{ Type = 'Uts' } : @{}
                $expected = @(& $command -InputObject $inner.Id @types | ForEach-Object { "$_" })
                foreach ($property in 'Id', 'ProcessId', 'PID') {
                    foreach ($value in $inner.Id, "$($inner.Id)") {
                        @([pscustomobject]@{ $property = $value } | & $command @types | ForEach-Object { "$_" }) | Should -Be $expected -Because "$command, $property, $($value.GetType().Name)"
                    }
                }
            }
        }
        finally {
            $inner.Kill()
            $inner.WaitForExit()
        }
    }

    It 'have each position once' {
        foreach ($command in $all.Command | Sort-Object -Unique Name) {
            foreach ($set in $command.ParameterSets) {
                $positions = @($set.Parameters.Where{ $_.Position -ge 0 }.Position | Sort-Object)
                $positions | Sort-Object -Unique | Should -HaveCount $positions.Count -Because "$($command.Name), $($set.Name)"
            }
        }
    }

    It 'take the words people use for types' {
        Find-Deviation { $_.Type.Name -like 'NamespaceType*' -and $_.Type.Name -notlike 'NamespaceTarget*' } { 'NamespaceTypeTransform' -in $_.Attributes } | Should -BeNullOrEmpty
    }

    It 'take several types where there can be several' {
        Find-Deviation { $_.Name -in 'Type', 'New' -and $_.Type.Name -like 'NamespaceType*' } { $_.Type.IsArray } | Should -BeNullOrEmpty
    }

    It 'take ids of users and groups as numbers and as names' {
        Find-Deviation { $_.Name -in 'UserId', 'GroupId' } { 'AccountTransform' -in $_.Attributes -and 'ArgumentCompleter' -in $_.Attributes } | Should -BeNullOrEmpty
        Find-Deviation { $_.Name -in 'MapUser', 'MapGroup', 'Owner' } { $_.Type -eq [string] -and 'ArgumentCompleter' -in $_.Attributes } | Should -BeNullOrEmpty
    }

    It 'call a process by its id as Get-Process does' {
        Find-Deviation { $_.Name -eq 'ProcessId' } { 'Id' -in $_.Aliases -and 'PID' -in $_.Aliases -and 'ArgumentCompleter' -in $_.Attributes } | Should -BeNullOrEmpty
    }

    It 'take a literal path wherever they take a path' {
        Find-Deviation { $_.Name -eq 'Path' } { 'LiteralPath' -in $_.Aliases -or $_.Command.Parameters.ContainsKey('LiteralPath') } | Should -BeNullOrEmpty
        Find-Deviation { $_.Name -eq 'LiteralPath' } { 'PSPath' -in $_.Aliases } | Should -BeNullOrEmpty
    }

    It 'take wildcards in a path with a literal twin, and never in the twin' {
        Find-Deviation { $_.Name -eq 'Path' -and $_.Command.Parameters.ContainsKey('LiteralPath') } { 'SupportsWildcards' -in $_.Attributes } | Should -BeNullOrEmpty
        Find-Deviation { $_.Name -eq 'LiteralPath' } { 'SupportsWildcards' -notin $_.Attributes } | Should -BeNullOrEmpty
    }

    It 'take seconds with fractions for a limit of time' {
        Find-Deviation { $_.Name -like '*Sec' } { $_.Type -in [int], [double] -and 'ValidateRange' -in $_.Attributes } | Should -BeNullOrEmpty
        Find-Deviation { $_.Type -eq [timespan] } { 'SecondsTransform' -in $_.Attributes } | Should -BeNullOrEmpty
    }

    It 'write nothing from Set and Remove unless -PassThru is given' {
        foreach ($command in Get-Command -Module LinuxNamespaces -Verb Set, Remove, Move, Mount, Dismount) {
            if ($command.OutputType.Where{ $_.Type -and $_.Type -ne [void] }) {
                $command.Parameters.Keys | Should -Contain 'PassThru' -Because $command.Name
            }
        }
    }

    It 'are in the singular, but for words of the kernel' {
        ($all | Where-Object { $_.Name -cmatch '[a-z]s$' -and $_.Name -notmatch '(Address|Process|Credentials|Capabilities|Alias|Class|Bus|Tmpfs|SetGroups|SubIds|NoNewPrivileges|SecureBits|DisableUserNamespaces)$' }).Text | Should -BeNullOrEmpty
    }

    It 'refuse a name that is not an account: <_>' -ForEach 'New-NamespaceProcess -UserId', 'New-NamespaceProcess -GroupId', 'Enter-Namespace 1 -UserId' {
        { . ([scriptblock]::Create("$_ nosuchaccount true")) } | Should -Throw -ExpectedMessage "*'nosuchaccount'*"
    }

    It 'run a program as the user of a name' {
        if ((id -u) -ne 0) { Set-ItResult -Skipped -Because 'it needs root'; return }
        $out = [IO.Path]::GetTempFileName()
        chmod 666 $out
        $null = New-NamespaceProcess -Type Uts -UserId nobody -RedirectStandardOutput $out -Wait -FilePath id -ArgumentList '-u'
        Get-Content $out | Should -Be (id -u nobody)
        Remove-Item $out
    }

    It 'are completed with the names of processes beside their ids' {
        $text = "Enter-Namespace -ProcessId $PID"
        $match = (TabExpansion2 $text $text.Length).CompletionMatches | Where-Object CompletionText -EQ "$PID"
        $match.ListItemText | Should -Be "$PID - $((Get-Content "/proc/$PID/comm"))"
        $text = 'Enter-Namespace -ProcessId '
        $kinds = (TabExpansion2 $text $text.Length).CompletionMatches.ForEach{ $_.ToolTip.StartsWith('[') }
        ($kinds -join ' ') | Should -Match '^(False ?)+(True ?)*$' -Because 'kernel threads come last'
    }
}
