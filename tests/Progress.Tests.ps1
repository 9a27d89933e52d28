BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1
    $delay = [LinuxNamespaces.NamespaceInfo].Assembly.GetType('LinuxNamespaces.Commands.Output.LateProgress').GetProperty('Delay', [Reflection.BindingFlags]'NonPublic, Static')

    # The progress records of a script, in a runspace of its own.
    function Get-Progress {
        param([string] $Script, [timespan] $After = [timespan]::Zero)
        $usual = $delay.GetValue($null)
        $delay.SetValue($null, $After)
        $shell = [powershell]::Create().AddScript("Import-Module '$ModulePath'; $Script")
        try {
            $null = $shell.Invoke()
            $shell.Streams.Progress | Where-Object ActivityId -NE 0 | ForEach-Object { [Management.Automation.ProgressRecord]$_ }
        }
        finally {
            $shell.Dispose()
            $delay.SetValue($null, $usual)
        }
    }
}

Describe 'Progress' -Skip:(-not $isRoot) {
    BeforeAll {
        $process = New-NamespaceProcess -Type Net, Uts sleep 300
        $names = 1..3 | ForEach-Object { New-UniqueName }
        $listed = $names -join ', '
    }

    AfterAll {
        $process | Stop-Process
    }

    It 'is shown by <Name>, and taken away again' -ForEach @(
        @{ Name = 'Get-Namespace'; Script = 'Get-Namespace -Source All -WarningAction Ignore'; Status = '^\d+ of \d+ (processes|namespaces)$' }
        @{ Name = 'Get-NamespaceProcess'; Script = 'Get-NamespaceProcess -Inode $($process.NetNamespace)'; Status = '^\d+ of \d+ processes$' }
        @{ Name = 'Get-NamespaceProcess -Holder'; Script = 'Get-NamespaceProcess -Inode $($process.NetNamespace) -Holder -WarningAction Ignore'; Status = '^\d+ of \d+ (processes|namespaces)$' }
        @{ Name = 'Get-NamespaceLimit'; Script = 'Get-NamespaceLimit'; Status = '^\d+ of \d+ (processes|namespaces)$' }
        @{ Name = 'New-NetNamespace'; Script = 'New-NetNamespace $listed'; Status = '^0 of 3 net namespaces$' }
        @{ Name = 'Get-NetNamespaceInterface'; Script = 'Get-NetNamespaceInterface $listed'; Status = '^\d net namespaces$' }
        @{ Name = 'Invoke-NamespaceCommand -FilePath'; Script = 'Invoke-NamespaceCommand -Name $listed -FilePath true'; Status = '^\d of 3 targets$' }
        @{ Name = 'Invoke-NamespaceCommand -InProcess'; Script = 'Invoke-NamespaceCommand -Name $listed -InProcess { 1 }'; Status = '^\d of 3 targets$' }
        @{ Name = 'Remove-NetNamespace'; Script = 'Remove-NetNamespace $listed'; Status = '^\d net namespaces$' }
    ) {
        $records = @(Get-Progress $ExecutionContext.InvokeCommand.ExpandString($Script))
        $records.Count | Should -BeGreaterOrEqual 2
        $records[-1].RecordType | Should -Be 'Completed'
        $shown = $records | Select-Object -SkipLast 1
        $shown.RecordType | Select-Object -Unique | Should -Be 'Processing'
        $shown.StatusDescription | Where-Object { $_ -notmatch $Status } | Should -BeNullOrEmpty
        $shown.PercentComplete | Where-Object { $_ -lt -1 -or $_ -gt 100 } | Should -BeNullOrEmpty
        $records.Activity | Select-Object -Unique | Should -HaveCount 1
    }

    It 'is not shown where nothing takes long' {
        Get-Progress "`$null = Get-Namespace -WarningAction Ignore; Get-NamespaceProcess -Inode $($process.NetNamespace); Invoke-NamespaceCommand -ProcessId $($process.Id), $($process.Id) -FilePath true" -After 0:0:30 | Should -BeNullOrEmpty
    }

    It 'is not shown for one target, whose own it would hide' {
        Get-Progress "Invoke-NamespaceCommand -ProcessId $($process.Id) -FilePath sleep -ArgumentList 0.6" | Should -BeNullOrEmpty
    }

    It 'comes while targets take their time, after the usual second' {
        $records = @(Get-Progress "Invoke-NamespaceCommand -ProcessId $($process.Id), $($process.Id) -FilePath sleep -ArgumentList 1.6" -After $delay.GetValue($null))
        $delay.GetValue($null) | Should -Be ([timespan]::FromSeconds(1))
        $records[0].StatusDescription | Should -Be '0 of 2 targets'
        $records[-1].RecordType | Should -Be 'Completed'
    }

    It 'does not tell how many there are where nobody knows' {
        # The first goes on until the second has come, or each would be the only one in its time.
        $records = @(Get-Progress "$($process.Id), $($process.Id) | Invoke-NamespaceCommand -FilePath sleep -ArgumentList 0.5")
        $records[0].StatusDescription | Should -Match '^\d targets$'
        $records[0].PercentComplete | Should -Be -1
    }

    It 'says nothing where output is no terminal' {
        $shown = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "
            Import-Module '$ModulePath'; Invoke-NamespaceCommand -ProcessId $($process.Id), $($process.Id) -FilePath sh -ArgumentList '-c', 'sleep 1.6; echo done'" 2>&1
        $shown | Should -Be 'done', 'done'
    }
}
