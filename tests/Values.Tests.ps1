BeforeDiscovery {
    $isRoot = (id -u) -eq 0
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'What becomes of objects elsewhere' -Skip:(-not $isRoot) {
    BeforeAll {
        $name = New-UniqueName
        $null = New-NetNamespace $name
        Connect-NetNamespace $name -InterfaceName $name -PeerInterfaceName "$name-" -Address 10.231.7.1/30 -PeerAddress 10.231.7.2/30
        $process = New-NamespaceProcess -Type Uts -Join $name sleep 300
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive pins)
        $pin = Join-Path $folder uts
        $null = Mount-Namespace $process $pin -Type Uts -Create
        $objects = [ordered]@{
            NamespaceInfo         = Get-Namespace -ProcessId $process.Id -Type Net, Uts
            NetNamespaceInfo      = Get-NetNamespace $name
            NamespaceProcess      = Get-NamespaceProcess -Inode $process.UtsNamespace
            NamespaceHolder       = Get-NamespaceProcess -Inode $process.UtsNamespace -Holder
            NetNamespaceInterface = Get-NetNamespaceInterface $name
            NamespaceComparison   = Compare-Namespace $PID $process.Id
            NamespaceLimit        = Get-NamespaceLimit
            NamespaceEvent        = Watch-Namespace -Type Net -TimeoutSec 1
            NamespaceDismount     = Dismount-Namespace $pin -PassThru
        }


        # What somebody asks of each kind of object.
        $filters = @(
            @{ Kind = 'NamespaceInfo'; Property = 'Type'; Operator = '-eq'; Value = 'Uts' }
            @{ Kind = 'NamespaceInfo'; Property = 'Type'; Operator = '-eq'; Value = 'net' }
            @{ Kind = 'NamespaceInfo'; Property = 'Source'; Operator = '-eq'; Value = 'Process' }
            @{ Kind = 'NamespaceInfo'; Property = 'Source'; Operator = '-contains'; Value = 'Process' }
            @{ Kind = 'NetNamespaceInfo'; Property = 'Source'; Operator = '-eq'; Value = 'Mount' }
            @{ Kind = 'NamespaceHolder'; Property = 'Source'; Operator = '-eq'; Value = 'Mount' }
            @{ Kind = 'NetNamespaceInterface'; Property = 'State'; Operator = '-eq'; Value = 'Up' }
            @{ Kind = 'NetNamespaceInterface'; Property = 'Address'; Operator = '-eq'; Value = '10.231.7.1/30' }
            @{ Kind = 'NamespaceComparison'; Property = 'Type'; Operator = '-eq'; Value = 'Uts' }
            @{ Kind = 'NamespaceLimit'; Property = 'Type'; Operator = '-eq'; Value = 'Net' }
            @{ Kind = 'NamespaceProcess'; Property = 'State'; Operator = '-eq'; Value = 'running' }
        )

        function Assert-Filter {
            param([Parameter(Mandatory)] [Collections.IDictionary] $Found, [switch] $Flat)
            foreach ($filter in $filters) {
                $operator = $Flat -and $filter.Property -in 'Source', 'Address' ? '-match' : $filter.Operator
                $value = $operator -eq '-match' ? "\b$([regex]::Escape($filter.Value))\b" : $filter.Value
                $text = "`$_.$($filter.Property) $operator '$value'"
                $test = [scriptblock]::Create($text)
                $before = @($objects[$filter.Kind] | Where-Object $test).Count
                $before | Should -BeGreaterThan 0 -Because "$($filter.Kind): $text finds something before"
                @($Found[$filter.Kind] | Where-Object $test).Count | Should -Be $before -Because "$($filter.Kind): $text afterwards"
            }
        }
    }

    AfterAll {
        $process | Stop-Process -ErrorAction Ignore
        umount $pin 2>$null
        Remove-NetNamespace $name -ErrorAction Ignore
    }

    It 'are found by the same words beforehand' {
        foreach ($kind in $objects.Keys) {
            @($objects[$kind])[0].GetType().Name | Should -Be $kind
        }
        Assert-Filter $objects
    }

    It 'have names as JSON' {
        $found = [ordered]@{}
        foreach ($kind in $objects.Keys) {
            $json = ConvertTo-Json @($objects[$kind]) -Depth 4 -WarningVariable warnings
            $warnings | Should -BeNullOrEmpty
            $found[$kind] = $json | ConvertFrom-Json
        }
        $found.NamespaceInfo.Type | Should -Be 'Net', 'Uts'
        Assert-Filter $found

        # Another reader of JSON than PowerShell's.
        $text = ConvertTo-Json @($objects.NetNamespaceInfo) | python3 -c 'import json, sys; ns = json.load(sys.stdin)[0]; print(ns["Type"], " ".join(ns["Source"]), ns["Inode"])'
        $text | Should -Be "Net Process Mount $(stat -c %i /run/netns/$name)"
    }

    It 'have names in a file of Export-Clixml, with and without the module' {
        foreach ($kind in $objects.Keys) {
            $objects[$kind] | Export-Clixml $TestDrive/$kind.xml
        }
        $found = [ordered]@{}
        foreach ($kind in $objects.Keys) { $found[$kind] = Import-Clixml $TestDrive/$kind.xml }
        Assert-Filter $found
        "$($found.NetNamespaceInfo.Source)" | Should -Be 'Process Mount'

        # With the module the other words for a type are as good as before.
        foreach ($kind in $objects.Keys | Where-Object { $_ -in 'NamespaceInfo', 'NetNamespaceInfo', 'NamespaceComparison', 'NamespaceLimit' }) {
            foreach ($word in 'Network', 'Hostname') {
                @($found[$kind] | Where-Object Type -EQ $word).Count | Should -Be @($objects[$kind] | Where-Object Type -EQ $word).Count -Because "$kind $word"
            }
        }
        @($found.NamespaceInfo | Where-Object Type -EQ Hostname) | Should -HaveCount 1
        @($found.NetNamespaceInfo | Where-Object Type -EQ Network) | Should -HaveCount 1

        $without = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command @"
@(Import-Clixml '$TestDrive/NamespaceInfo.xml' | Where-Object Type -eq Net).Count
@(Import-Clixml '$TestDrive/NamespaceInfo.xml' | Where-Object Source -eq Process).Count
@(Import-Clixml '$TestDrive/NetNamespaceInterface.xml' | Where-Object State -eq Up).Count
@(Get-Module LinuxNamespaces).Count
"@
        $without | Should -Be 1, 2, @($objects.NetNamespaceInterface | Where-Object State -EQ Up).Count, 0
    }

    It 'have flat cells in a CSV file' {
        $found = [ordered]@{}
        foreach ($kind in $objects.Keys) {
            $objects[$kind] | Export-Csv $TestDrive/$kind.csv
            Get-Content $TestDrive/$kind.csv -Raw | Should -Not -Match 'System\.|LinuxNamespaces\.'
            $found[$kind] = Import-Csv $TestDrive/$kind.csv
        }
        Assert-Filter $found -Flat

        # Another reader of CSV.
        python3 -c 'import csv, sys; print(next(csv.DictReader(open(sys.argv[1])))["Source"])' $TestDrive/NetNamespaceInfo.csv | Should -Be 'Process Mount'
    }

    It 'have their columns in one order, whatever was asked of them before' {
        $columns = { param($ns) ($ns | ConvertTo-Csv)[0] -split ',' }
        $plain = & $columns ($objects.NamespaceInfo[0])
        $named = & $columns $objects.NetNamespaceInfo
        $named | Should -Be $plain
        $asked = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; `$ns = Get-NetNamespace $name; `$null = `$ns.Source, `$ns.Command, `$ns.Type; (`$ns | Select-Object * | ConvertTo-Csv)[0]"
        $asked -split ',' | Should -Be $named
    }

    It 'come back from a job' {
        $all = Start-Job { Import-Module $using:ModulePath; Get-ChildItem $using:TestDrive -Filter *.xml | ForEach-Object { Import-Clixml $_ } } | Receive-Job -Wait -AutoRemoveJob
        $found = [ordered]@{}
        foreach ($kind in $objects.Keys) { $found[$kind] = $all | Where-Object { $_.PSTypeNames[0] -like "*.$kind" } }
        Assert-Filter $found
        $id = $process.Id
        $live = Start-Job { Import-Module $using:ModulePath; Get-Namespace -ProcessId $using:id -Type Net, Uts } | Receive-Job -Wait -AutoRemoveJob
        @($live | Where-Object Type -EQ Net).Count | Should -Be 1
        @($live | Where-Object Source -EQ Process).Count | Should -Be 2
        ($live | ConvertTo-Json | ConvertFrom-Json).Type | Should -Be 'Net', 'Uts'
    }

    It 'come back from a script block inside' {
        $found = Invoke-NamespaceCommand -ProcessId $process.Id -Type Uts, Net -ArgumentList $ModulePath { param($path) Import-Module $path; Get-Namespace -ProcessId $PID -Type Uts }
        $found.Type | Should -Be 'Uts'
        $found | Where-Object Type -EQ Uts | Should -HaveCount 1
    }
}

Describe 'Words' {
    It 'are taken for a type where it is compared, as where it is asked for: <Word>' -ForEach @(
        @{ Word = 'Network'; Link = 'net' }
        @{ Word = 'Mount'; Link = 'mnt' }
        @{ Word = 'Process'; Link = 'pid' }
        @{ Word = 'Hostname'; Link = 'uts' }
        @{ Word = 'ControlGroup'; Link = 'cgroup' }
        @{ Word = 'Clock'; Link = 'time' }
        @{ Word = 'net'; Link = 'net' }
    ) {
        if (-not (Test-Path /proc/self/ns/$Link)) {
            Set-ItResult -Skipped -Because "this kernel has no $Link namespaces"
            return
        }

        $all = Get-Namespace -ProcessId $PID
        ($all | Where-Object Type -EQ $Word).Inode | Should -Be (Get-LinkInode $PID $Link)
        (Get-Namespace -ProcessId $PID -Type $Word).Inode | Should -Be (Get-LinkInode $PID $Link)
        "$((Get-Namespace -ProcessId $PID -Type $Word).Type)" | Should -Be $Link
    }
}

Describe 'Headings of tables' {
    It 'are properties of what is shown' {
        $assembly = [LinuxNamespaces.NamespaceInfo].Assembly
        $views = ([xml](Get-Content (Join-Path (Split-Path $ModulePath) 'LinuxNamespaces.format.ps1xml') -Raw)).Configuration.ViewDefinitions.View
        $strange = foreach ($view in $views) {
            $type = $assembly.GetType(($view.ViewSelectedBy.TypeName -replace '#.*'))
            $type | Should -Not -BeNullOrEmpty
            foreach ($header in $view.SelectNodes('TableControl/TableHeaders/TableColumnHeader/Label')) {
                if (-not $type.GetProperty($header.InnerText)) { "$($view.Name): $($header.InnerText)" }
            }
        }
        $strange | Should -BeNullOrEmpty
    }

    It 'stand above the values of just these properties' {
        $views = ([xml](Get-Content (Join-Path (Split-Path $ModulePath) 'LinuxNamespaces.format.ps1xml') -Raw)).Configuration.ViewDefinitions.View
        $strange = foreach ($view in $views) {
            $headers = @($view.SelectNodes('TableControl/TableHeaders/TableColumnHeader/Label') | ForEach-Object InnerText)
            $items = @($view.SelectNodes('TableControl/TableRowEntries/TableRowEntry/TableColumnItems/TableColumnItem'))
            for ($i = 0; $i -lt $headers.Count; $i++) {
                if ($items[$i].InnerText -notmatch "(^|\`$_\.)$([regex]::Escape($headers[$i]))\b") { "$($view.Name): $($headers[$i]) shows $($items[$i].InnerText)" }
            }
        }
        $strange | Should -BeNullOrEmpty
    }

    It 'are never PID for what is no PID' {
        $assembly = [LinuxNamespaces.NamespaceInfo].Assembly
        $assembly.GetExportedTypes().ForEach{ $_.GetProperties('Public, Instance') } | Where-Object Name -EQ 'Pid' | Should -BeNullOrEmpty
        (Get-NamespaceProcess -Inode (Get-LinkInode $PID uts) | Where-Object Id -EQ $PID).PID | Should -BeNullOrEmpty
    }

    It 'sort what they stand above' {
        $sorted = @(Get-Namespace -Type Net, Uts, Pid | Sort-Object ProcessCount)
        for ($i = 1; $i -lt $sorted.Count; $i++) { $sorted[$i].ProcessCount | Should -BeGreaterOrEqual $sorted[$i - 1].ProcessCount }
    }
}

Describe 'Public types' {
    It 'have lists that are flat in a CSV file, and names in JSON' {
        $assembly = [LinuxNamespaces.NamespaceInfo].Assembly
        $written = (Get-Command -Module LinuxNamespaces).OutputType.Type | Where-Object Namespace -EQ 'LinuxNamespaces' | Sort-Object FullName -Unique
        $strange = foreach ($type in $written) {
            foreach ($property in $type.GetProperties('Public, Instance')) {
                $inner = [Nullable]::GetUnderlyingType($property.PropertyType) ?? $property.PropertyType
                if ($inner.IsEnum -and [Enum]::GetUnderlyingType($inner) -ne [long]) { "$($type.Name).$($property.Name) would be a number in JSON" }
                elseif ($inner -ne [string] -and [Collections.IEnumerable].IsAssignableFrom($inner) -and "$($inner.Name) $($inner.BaseType.Name)" -notlike '*ValueList``1*') { "$($type.Name).$($property.Name) is $inner" }
            }
        }
        $strange | Should -BeNullOrEmpty

        $types = ([xml](Get-Content (Join-Path (Split-Path $ModulePath) 'LinuxNamespaces.types.ps1xml') -Raw)).Types.Type.Name
        $enums = $written.ForEach{ $_.GetProperties('Public, Instance').PropertyType }.ForEach{ [Nullable]::GetUnderlyingType($_) ?? $_ } | Where-Object IsEnum | Sort-Object FullName -Unique
        $enums.FullName | Where-Object { $_ -notin $types } | Should -BeNullOrEmpty
    }

    It 'show a type by the name the kernel has for it' {
        [Enum]::GetValues([LinuxNamespaces.NamespaceType]).ForEach{ "$_".ToLowerInvariant() } | Sort-Object -Unique |
            Should -Be 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'
    }
}

Describe 'What is typed' -Skip:(-not $isRoot) {
    BeforeAll {
        $name = New-UniqueName
        $null = New-NetNamespace $name
        $process = New-NamespaceProcess -Type Uts, Ipc, Net sleep 300

        function Get-PidfdInode {
            param([int] $ProcessId)
            python3 -c 'import os, sys; fd = os.pidfd_open(int(sys.argv[1])); print(os.fstat(fd).st_ino)' $ProcessId
        }
    }

    AfterAll {
        $process | Stop-Process -ErrorAction Ignore
        Remove-NetNamespace $name -ErrorAction Ignore
    }

    It 'is seconds where a number stands for a time: <Text>' -ForEach @(
        @{ Text = '100'; Seconds = 100 }
        @{ Text = "'100'"; Seconds = 100 }
        @{ Text = '1.5'; Seconds = 1 }
        @{ Text = '-3'; Seconds = -3 }
        @{ Text = "'1:00:00'"; Seconds = 3600 }
        @{ Text = '([timespan]::FromDays(2))'; Seconds = 172800 }
    ) {
        if (-not (Test-Path /proc/self/timens_offsets)) {
            Set-ItResult -Skipped -Because 'this kernel has no time namespaces'
            return
        }

        $offsets = & ([scriptblock]::Create("New-NamespaceProcess -Type Time -MonotonicOffset $Text -BootTimeOffset $Text -RedirectStandardOutput $TestDrive/offsets -Wait -- cat /proc/self/timens_offsets; Get-Content $TestDrive/offsets"))
        $lines = $offsets | Where-Object { $_ -is [string] -and $_ -match '^(monotonic|boottime)\s+(-?\d+)\s+(\d+)' } | ForEach-Object { [int]($_ -split '\s+')[1] }
        $lines | Should -Be $Seconds, $Seconds
    }

    It 'may be the id of a namespace' {
        $uts = Get-Namespace -ProcessId $process.Id -Type Uts
        if ($null -eq $uts.NamespaceId) {
            Set-ItResult -Skipped -Because 'this kernel gives namespaces no ids (Linux 6.18)'
            return
        }

        Invoke-NamespaceCommand -Path ":$($uts.NamespaceId)" -FilePath readlink /proc/self/ns/uts | Should -Be "uts:[$(Get-LinkInode $process.Id uts)]"
        (Compare-Namespace $process.Id ":$($uts.NamespaceId)").IsEqual | Should -BeTrue
        $failure = try { Invoke-NamespaceCommand -Path ':18446744073709551615' -FilePath true -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -Match '^TargetNotFound,'
    }

    It 'may be a process by its number and the inode of its pidfd, as nsenter has it' {
        $inode = Get-PidfdInode $process.Id
        $other = Get-PidfdInode $PID
        if ($inode -eq $other) {
            Set-ItResult -Skipped -Because 'all pidfds of this kernel have one inode (before Linux 6.9)'
            return
        }

        Compare-Namespace $process.Id "$($process.Id):$inode" | Where-Object IsEqual -EQ $false | Should -BeNullOrEmpty
        $failure = try { Compare-Namespace $PID "$($process.Id):$other" -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -Match '^ProcessRecycled,'
    }

    It 'may be all of a process but what is from elsewhere, in any order' {
        foreach ($joins in @($process, $name), @($name, $process)) {
            $joined = New-NamespaceProcess -Join $joins sleep 300
            try {
                Get-LinkInode $joined.Id net | Should -Be (stat -c %i /run/netns/$name)
                Get-LinkInode $joined.Id uts | Should -Be (Get-LinkInode $process.Id uts)
                Get-LinkInode $joined.Id ipc | Should -Be (Get-LinkInode $process.Id ipc)
            }
            finally { $joined | Stop-Process }
        }

        $second = New-NamespaceProcess -Type Uts sleep 300
        try {
            $failure = try { New-NamespaceProcess -Join $process, $second sleep 300 -ErrorAction Stop } catch { $_ }
            $failure.FullyQualifiedErrorId | Should -Match '^InvalidRequest,' -Because 'which of the two is meant is not said'
        }
        finally { $second | Stop-Process }
    }

    It 'gives an id to a namespace without a name' {
        $found = Get-Namespace -ProcessId $process.Id -Type Net | Set-NetNamespace -NetNsId 4711 -PassThru
        $found.NetNsId | Should -Be 4711
        ip netns list-id | Should -Contain "nsid 4711 "
    }

    It 'is called host where it is the machine itself' {
        $initial = Get-Namespace -Type Net | Where-Object IsInitial
        if (-not $initial.IsCurrent) {
            Set-ItResult -Skipped -Because 'this is not the first net namespace of the machine'
            return
        }

        Connect-NetNamespace $name -InterfaceName eth0 -PeerInterfaceName "$name-"
        (Get-NetNamespaceInterface $name -InterfaceName eth0).Peer | Should -Be "$name-@host"
        (Get-NetNamespaceInterface -InterfaceName "$name-").Namespace | Should -Be 'host'
    }
}
