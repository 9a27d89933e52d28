BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and (Get-Command runc, busybox -CommandType Application -ErrorAction Ignore).Count -ge 2
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'A container of runc' -Skip:(-not $canRun) {
    BeforeAll {
        $bundle = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $id = New-UniqueName
        $null = New-Item -ItemType Directory "$bundle/rootfs/bin"
        Copy-Item (Get-Command busybox).Source "$bundle/rootfs/bin/busybox"
        runc spec --bundle $bundle
        $config = Get-Content "$bundle/config.json" | ConvertFrom-Json
        $config.process.terminal = $false
        $config.process.args = '/bin/busybox', 'sleep', '120'
        $config | ConvertTo-Json -Depth 20 | Set-Content "$bundle/config.json"

        # The container keeps the output it is given: a pipe of ours would stay open as long.
        sh -c 'runc run --detach --bundle "$1" "$2" > "$1/log" 2>&1 < /dev/null' run $bundle $id
        $init = (runc state $id | ConvertFrom-Json).pid
    }

    AfterAll {
        runc delete --force $id
        Remove-Item $bundle -Recurse
    }

    It 'is told from other processes' {
        $init | Should -BeGreaterThan 0
        $own = Get-Namespace -ProcessId $init | Where-Object { -not $_.IsCurrent }
        $own.Type | Should -Contain 'Pid'
        $own.Container | Select-Object -Unique | Should -Be "runc:$id"
        (Get-Namespace | Where-Object Container -EQ "runc:$id").Inode | Sort-Object | Should -Be ($own.Inode | Sort-Object)
        (Get-Namespace -ProcessId $PID).Container | Should -Not -Contain "runc:$id"
    }

    It 'has its processes with their PIDs inside' {
        $process = Get-Namespace pid -ProcessId $init | Get-NamespaceProcess
        $process.Id | Should -Be $init
        $process.NamespacePid | Should -Be 1
        $process.Container | Should -Be "runc:$id"
        $process.ContainerId | Should -Be $id
    }

    It 'is a target by id, by runtime and id, and by a unique beginning' {
        foreach ($target in $id, "runc:$id", $id.Substring(0, $id.Length - 2)) {
            $row = Compare-Namespace $init $target -Type Net
            $row.IsEqual | Should -BeTrue -Because $target
            $row.Difference | Should -Be "container runc:$id"
        }
    }

    It 'is compared with the host in one call' {
        (Compare-Namespace $id -ExcludeEqual).Type | Should -Contain 'Mnt'
    }

    It 'is not found under another runtime, nor when it has gone' {
        { Compare-Namespace "docker:$id" } | Should -Throw -ErrorId 'TargetNotFound,*'
        { Compare-Namespace "$id-other" } | Should -Throw -ErrorId 'TargetNotFound,*'
    }

    It 'is ambiguous by the beginning of two' {
        sh -c 'runc run --detach --bundle "$1" "$2" > "$1/log" 2>&1 < /dev/null' run $bundle "$id-2"
        try {
            { Compare-Namespace $id.Substring(0, $id.Length - 1) } | Should -Throw -ErrorId 'TargetAmbiguous,*'
            (Compare-Namespace $init $id -Type Net).IsEqual | Should -BeTrue
        }
        finally {
            runc delete --force "$id-2"
        }
    }
}
