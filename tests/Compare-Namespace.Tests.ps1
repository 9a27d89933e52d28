BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Compare-Namespace' -Tag Fast {
    It 'finds this process equal to itself in all eight types' {
        $rows = Compare-Namespace $PID
        $rows.Type | Should -Be 'Cgroup', 'Ipc', 'Mnt', 'Net', 'Pid', 'Time', 'User', 'Uts'
        $rows.IsEqual | Should -Not -Contain $false
        Compare-Namespace $PID $PID -ExcludeEqual | Should -BeNullOrEmpty
    }

    Context 'A process that shares the network and nothing else' -Skip:(-not $isRoot) {
        BeforeAll {
            # What docker run --network=host does.
            $inside = Start-Process unshare '-m', '-u', '-i', '-p', '-C', '-f', 'sleep', '60' -PassThru
            Wait-Condition { pgrep -P $inside.Id -x sleep }
            $child = [int](pgrep -P $inside.Id -x sleep)
        }

        AfterAll {
            Stop-Process -Id $child
            $inside.WaitForExit()
        }

        It 'answers in one line' {
            (Compare-Namespace $PID $child -Type Net).IsEqual | Should -BeTrue
            (Compare-Namespace $PID $child -Type Network).SideIndicator | Should -Be '=='
        }

        It 'agrees with the links of /proc, type by type' {
            foreach ($row in Compare-Namespace $PID $child) {
                $type = "$($row.Type)".ToLowerInvariant()
                $row.ReferenceInode | Should -Be (Get-LinkInode $PID $type) -Because $type
                $row.DifferenceInode | Should -Be (Get-LinkInode $child $type) -Because $type
                $row.IsEqual | Should -Be ((readlink "/proc/$PID/ns/$type") -eq (readlink "/proc/$child/ns/$type")) -Because $type
                $row.SideIndicator | Should -Be ($row.IsEqual ? '==' : '<>')
            }

            (Compare-Namespace $PID $child -ExcludeEqual).Type | Should -Be 'Cgroup', 'Ipc', 'Mnt', 'Pid', 'Uts'
        }

        It 'says who owns' {
            $row = Compare-Namespace $PID $child -Type Uts
            $row.ReferenceOwnerInode | Should -Be (Get-LinkInode $PID user)
            $row.DifferenceOwnerInode | Should -Be (Get-LinkInode $child user)
            $row.DifferenceOwnerName | Should -Be root
        }

        It 'takes many from the pipeline, each with its label' {
            $rows = Get-Process -Id $PID, $child | Compare-Namespace $PID -Type Uts
            $rows.IsEqual | Should -Be $true, $false
            $rows[1].Difference | Should -Be "process $child (sleep)"
            @(Get-NamespaceProcess -Inode (Get-LinkInode $child uts) | Compare-Namespace $PID -Type Uts | Where-Object { -not $_.IsEqual }).Count | Should -BeGreaterThan 0
        }

        It 'takes paths, namespaces, the kernel''s text and what came back from a session' {
            $ns = Get-Namespace uts -ProcessId $child
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($ns, 1))
            foreach ($target in "/proc/$child/ns/uts", $ns, "$ns", $copy, "$child") {
                $rows = @(Compare-Namespace $child $target -Type Uts)
                $rows | Should -HaveCount 1
                $rows[0].IsEqual | Should -BeTrue -Because $target
            }

            Push-Location "/proc/$child"
            (Compare-Namespace $child ./ns/uts).IsEqual | Should -BeTrue
            Pop-Location
        }
    }

    It 'says what it cannot find, and goes on' {
        $rows = 999999999, $PID | Compare-Namespace $PID -Type Uts -ErrorAction SilentlyContinue -ErrorVariable failed
        $rows | Should -HaveCount 1
        $failed.FullyQualifiedErrorId | Should -BeLike 'ProcessNotFound,*'
        { Compare-Namespace no-such-thing } | Should -Throw -ErrorId 'TargetNotFound,*'
    }

    It 'shows both inodes in a table of 120 columns' {
        $lines = (Compare-Namespace $PID | Out-String -Width 120) -replace '\e\[[0-9;]*m' -split "`n"
        $lines | Where-Object Length -GT 120 | Should -BeNullOrEmpty
        $lines | Where-Object { $_ -match "^Uts +== +$(Get-LinkInode $PID uts) +$(Get-LinkInode $PID uts) " } | Should -HaveCount 1
    }
}
