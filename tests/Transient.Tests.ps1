# What the kernel answers for a moment only.
BeforeDiscovery {
    $isRoot = (id -u) -eq 0
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Names that are free again in a moment' -Skip:(-not $isRoot) {
    It 'are taken again 60 of 60 times by Connect-NetNamespace right after Remove-NetNamespace' {
        $name = New-UniqueName
        $outside = "${name}h".Substring(0, [Math]::Min(15, "${name}h".Length))
        $failures = foreach ($round in 1..60) {
            try {
                $null = New-NetNamespace $name
                Connect-NetNamespace $name -InterfaceName eth0 -PeerInterfaceName $outside -Address 10.231.8.1/30 -PeerAddress 10.231.8.2/30 -ErrorAction Stop

                # What ip sees, at both ends.
                $null = ip -n $name -j address show eth0 2>&1
                if ($LASTEXITCODE) { "round ${round}: no eth0" }
                $null = ip -j address show $outside 2>&1
                if ($LASTEXITCODE) { "round ${round}: no $outside" }
            }
            catch {
                "round ${round}: $($_.FullyQualifiedErrorId)"
            }
            finally {
                Remove-NetNamespace $name -ErrorAction Ignore
            }
        }
        $failures | Should -BeNullOrEmpty
        Wait-Condition { -not (Test-Path /sys/class/net/$outside) }
    }

    It 'are waited for while another program looks at the removed namespace' -Tag T272 {
        $name = New-UniqueName
        $outside = "${name}h".Substring(0, [Math]::Min(15, "${name}h".Length))
        $null = New-NetNamespace $name
        $start = [Diagnostics.ProcessStartInfo]::new('bash')
        '-c', "exec 9< /run/netns/$name; echo open; read; exec sleep 0.5" | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $start.RedirectStandardInput = $true
        $looker = [Diagnostics.Process]::Start($start)
        try {
            $looker.StandardOutput.ReadLine() | Should -Be open
            Connect-NetNamespace $name -PeerInterfaceName $outside
            Remove-NetNamespace $name
            $null = New-NetNamespace $name
            Test-Path /sys/class/net/$outside | Should -BeTrue -Because 'the descriptor keeps the other end'
            $looker.StandardInput.Close()
            Connect-NetNamespace $name -PeerInterfaceName $outside -ErrorAction Stop
            (ip -n $name -j link show veth0 | ConvertFrom-Json).ifname | Should -Be veth0
        }
        finally {
            if (-not $looker.HasExited) { $looker.Kill() }
            Remove-NetNamespace $name
            Wait-Condition { -not (Test-Path /sys/class/net/$outside) }
        }
    }

    It 'are refused at once where a living namespace has them' {
        $name = New-UniqueName
        $null = New-NetNamespace $name
        try {
            Connect-NetNamespace $name -InterfaceName eth0 -PeerInterfaceName $name
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $failure = try { Connect-NetNamespace $name -InterfaceName eth1 -PeerInterfaceName $name -ErrorAction Stop } catch { $_ }
            $failure.FullyQualifiedErrorId | Should -Match '^InterfaceExists,'
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 5 -Because 'nothing is waited for that will not go'
            ip -n $name -o link show eth1 2>&1 | Should -Match 'does not exist'
        }
        finally {
            Remove-NetNamespace $name
        }
    }
}

Describe 'Lists that change while they are read' -Skip:(-not $isRoot) {
    BeforeAll {
        $name = New-UniqueName
        $null = New-NetNamespace $name
        $count = 3000
        $batch = Join-Path $TestDrive batch
        Set-Content $batch (1..($count / 2) | ForEach-Object { "link add a$_ type veth peer name b$_" })
        ip -n $name -batch $batch

        # Another pair comes and goes as fast as ip can, until it is stopped.
        $loop = "while :; do echo link add zz type veth peer name zy; echo link del zz; done | ip -n $name -force -batch - >/dev/null 2>&1"
        $unrest = Start-Process sh -PassThru -ArgumentList "-c", "`"$loop`""
        Wait-Condition { (ip -n $name -o link show zz 2>$null) }
    }

    AfterAll {
        pkill -P $unrest.Id
        $unrest | Wait-Process
        Remove-NetNamespace $name
    }

    It 'are given as they are, 40 of 40 times, with a warning where they never hold still' {
        $warned = 0
        foreach ($round in 1..40) {
            $found = Get-NetNamespaceInterface $name -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction Stop
            $names = [Collections.Generic.HashSet[string]]::new([string[]]$found.InterfaceName)
            $missing = @(1..($count / 2) | Where-Object { -not ($names.Contains("a$_") -and $names.Contains("b$_")) })
            if ($warnings) { $warned++ } else { $missing | Should -BeNullOrEmpty -Because 'nothing was said of anything missing' }
            $found.Count | Should -BeGreaterThan ($count * 0.9)
            ($found.InterfaceName | Group-Object | Where-Object Count -GT 1) | Should -BeNullOrEmpty
        }
        Write-Verbose "$warned of 40 were warned of."
    }
}
