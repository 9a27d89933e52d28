# What reads and changes nothing, and how many there may be. Dot-sourced by steps.ps1.
Step Read 'Get-Namespace shows what lsns shows' {
    # lsns itself may be the lowest process of none, for it starts after the others.
    $target = Start-Contained --mount, --uts, --ipc
    $lines = @(lsns --noheadings --raw --output 'NS,TYPE,PID') | ForEach-Object { $w = -split $_; "$($w[1]) $($w[0]) $($w[2])" }
    $mine = Get-Namespace -Source Process | ForEach-Object { "$("$($_.Type)".ToLowerInvariant()) $($_.Inode) $($_.ProcessId)" }
    Assert-True ($lines.Count -ge 8) 'lsns shows less than eight'
    Assert-True (@($lines | Where-Object { $_ -match " $target$" }).Count -ge 3) 'lsns does not show the target'
    Assert-Equal ($lines | Where-Object { $_ -notin $mine }) @()
    $types = $lines | ForEach-Object { ($_ -split ' ')[0] } | Sort-Object -Unique
    Assert-Equal ($mine | Where-Object { $_ -notin $lines -and ($_ -split ' ')[0] -in $types }) @()
}

Step Read 'Get-Namespace -ProcessId gives the links of /proc' {
    $target = Start-Contained --uts, --net
    $expected = foreach ($type in 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts') { "$type $(Get-Link $target $type)" }
    Assert-Equal (Get-Namespace -ProcessId $target | ForEach-Object { "$("$($_.Type)".ToLowerInvariant()) $($_.Inode)" } | Sort-Object) $expected
}

Step Read 'Get-Namespace tells owner and parent' {
    $target = Start-Target unshare, --user, --map-root-user, --net, --pid, --fork
    $all = Get-Namespace -ProcessId $target
    Assert-Equal ($all | Where-Object Type -eq Net).OwnerInode (Get-Link $target user)
    Assert-Equal ($all | Where-Object Type -eq Pid).ParentInode (Get-Link $PID pid)
    Assert-Equal ($all | Where-Object Type -eq User).ParentInode (Get-Link $PID user)
}

Step Read 'Get-Namespace finds what only a file holds' -Root {
    $path = Join-Path $folder held
    $null = New-Item $path
    if ($isRoot) {
        unshare "--uts=$path" true
        try {
            $inode = stat -L -c %i $path
            $found = Get-Namespace -Type Uts | Where-Object Inode -eq $inode
            Assert-Equal "$($found.MountPoint) $($found.ProcessCount)" "$path 0"
            Assert-Equal (Get-NamespaceProcess -Inode $inode -Holder).MountPoint $path
        }
        finally { umount $path }
    }
    else { $null = Get-Namespace -ProcessId $PID -Type Uts | Mount-Namespace -Path $path }
}

Step Read 'Get-Namespace finds what only a descriptor holds' {
    $target = Start-Target unshare, --user, --map-root-user, --net
    $inode = Get-Link $target net
    $file = [IO.File]::OpenHandle("/proc/$target/ns/net")
    try {
        Stop-Target
        Wait-True { -not (Test-Path "/proc/$target") }
        $found = Get-Namespace -Type Net -Inode $inode
        Assert-Equal "$($found.Inode) $($found.ProcessCount)" "$inode 0"
        Assert-Equal (Get-NamespaceProcess -Inode $inode -Holder).Id $PID
    }
    finally { $file.Dispose() }
}

Step Read 'Get-NamespaceProcess lists the processes of one' {
    $target = Start-Contained --uts
    $shown = Get-Namespace -ProcessId $target -Type Uts | Get-NamespaceProcess
    Assert-True ($target -in $shown.Id) 'the target is missing'
    $others = pgrep . | Where-Object { $_ -in $shown.Id } | Where-Object { (Get-Link $_ uts) -ne (Get-Link $target uts) }
    Assert-Equal $others @()
}

Step Read 'Get-NamespaceMount shows what findmnt shows' {
    $target = Start-Contained --mount
    $expected = findmnt --noheadings --raw --output TARGET --task $target | Sort-Object
    Assert-Equal (Get-NamespaceMount $target | ForEach-Object MountPoint | Sort-Object) $expected
}

Step Read 'Get-NamespaceIdMap gives the map of /proc' {
    $target = Start-Target unshare, --user, --map-root-user
    $map = (Get-NamespaceIdMap $target).UidMap
    Assert-Equal "$($map.Inside) $($map.Outside) $($map.Count)" ((-split (Get-Content "/proc/$target/uid_map")) -join ' ')
    Assert-Equal (ConvertTo-NamespaceId 0 -From $target).Id (id -u)
}

Step Read 'Get-NamespaceIpc shows what ipcs shows' -Needs ipcmk {
    $target = Start-Contained --ipc
    $enter = @('nsenter', '--ipc', '--target', "$target") + @($isRoot ? @() : '--user', '--preserve-credentials')
    $null = & $enter[0] @($enter | Select-Object -Skip 1) ipcmk --shmem 4096
    $shown = try { Get-NamespaceIpc $target -Kind SharedMemory }
    catch {
        Assert-True (-not $isMusl -or $_.ErrorDetails.RecommendedAction -match 'makecontext') 'the error does not say what the C library lacks'
        throw
    }
    Assert-Equal "$($shown.Size)" 4096
    Assert-Equal @(Get-NamespaceIpc -Kind SharedMemory | Where-Object Id -eq $shown.Id | Where-Object Size -eq 4096).Count 0
}

Step Read 'Compare-Namespace finds the difference' {
    $target = Start-Contained --uts
    $result = Compare-Namespace $PID $target -Type Uts, Net
    Assert-Equal ($result | ForEach-Object { "$($_.Type) $($_.IsEqual)" } | Sort-Object) 'Net True', 'Uts False'
}

Step Read 'ConvertTo-NamespaceGraph draws them' {
    $target = Start-Contained --uts
    $text = Get-Namespace -Type User, Uts | ConvertTo-NamespaceGraph | Out-String
    Assert-True ($text.Contains((Get-Link $target uts))) 'the inode is not in the graph'
}

Step Read 'Export-NamespaceMap writes its page' {
    $target = Start-Contained --uts
    $path = Join-Path $folder map.html
    Get-Namespace | Export-NamespaceMap $path
    $text = Get-Content $path -Raw
    Assert-True ($text.Contains((Get-Link $target uts)) -and $text -match '</html>\s*$') 'the page is not whole'
}

Step Read 'Get-NamespaceLimit gives what /proc/sys/user says' {
    foreach ($limit in Get-NamespaceLimit) {
        Assert-Equal $limit.Limit (Get-Content "/proc/sys/user/max_$("$($limit.Type)".ToLowerInvariant())_namespaces")
    }
}

# CAP_SYS_RESOURCE is bit 24.
Step Read 'Set-NamespaceLimit changes one' -Root -Lacks 'root is without CAP_SYS_RESOURCE' -Needs { -not $isRoot -or ([Convert]::ToUInt64((-split (Select-String '^CapEff' /proc/self/status).Line)[1], 16) -band 0x1000000) } {
    $path = '/proc/sys/user/max_uts_namespaces'
    $before = Get-Content $path
    try {
        Set-NamespaceLimit Uts 4321
        Assert-Equal (Get-Content $path) 4321
    }
    finally { if ($isRoot) { sh -c "echo $before > $path" } }
}

Step Read 'Watch-Namespace tells what comes' {
    $null = Start-Contained --uts
    $mark = [Random]::Shared.Next(100000, 999999)
    $new = $isRoot ? 'unshare --uts' : 'unshare --user --map-root-user --uts'
    $children.Add([Diagnostics.Process]::Start('sh', "-c ""sleep 2; exec $new sleep $mark"""))
    $found = Watch-Namespace Uts -IntervalSec 0.2 -TimeoutSec 60 | Where-Object Change -ne Existing | Select-Object -First 1
    Assert-Equal $found.Inode (Get-Link (pgrep -x -f "sleep $mark") uts)
}

Step Read 'Measure-Namespace counts processes and memory' {
    $target = Start-Contained --uts
    $found = Measure-Namespace $target -Type Uts
    $kilobytes = [long](-split @(Get-Content "/proc/$target/status" | Where-Object { $_ -match '^VmRSS' })[0])[1]
    Assert-Equal $found.ProcessCount, $found.NamespaceInode 1, (Get-Link $target uts)
    Assert-True ([Math]::Abs($found.ResidentBytes / 1024 - $kilobytes) -lt 1024) "$($found.ResidentBytes) bytes, /proc says $kilobytes kB"
}

Step Read 'both engines give the same rows' -Root -Lacks 'the kernel does not load the task iterator' -Needs { $engine -eq 'bpf' -or -not $isRoot } {
    if (-not $isRoot) { Set-NamespaceLimit Uts 1 }
    $target = Start-Contained --uts, --net, --mount, --pid, --fork
    $file = [IO.File]::OpenHandle("/proc/$target/ns/uts")
    $bound = (New-TemporaryFile).FullName
    nsenter --target $target --mount mount --bind "/proc/$target/ns/uts" $bound
    try {
        $rows = foreach ($name in 'proc', 'bpf', 'proc') {
            $env:LINUXNAMESPACES_ENGINE = $name
            $all = Get-Namespace -Source All | ForEach-Object { "$($_.Type) $($_.Inode) $($_.ProcessCount) $($_.ProcessId) $($_.OwnerInode) $($_.ParentInode) $($_.Source) $($_.MountPoint)" } | Sort-Object
            $own = Get-Namespace -ProcessId $target -Type Uts, Net, Mnt, Pid | Get-NamespaceProcess -Holder | ForEach-Object { "$($_.Id) $($_.ThreadId) $($_.UserName) $($_.Source) $($_.Descriptor)" } | Sort-Object
            ($all + $own) -join ';'
        }
    }
    finally {
        $file.Dispose()
        Remove-Item $bound
    }

    Remove-Item Env:LINUXNAMESPACES_ENGINE
    Assert-True ($rows[0].Contains((Get-Link $target net))) 'the target is missing'
    Assert-True ($rows[0].Contains($bound)) 'what is bound in another mount namespace is missing'
    Assert-True ($rows[0].Contains("$PID")) 'the holder of the descriptor is missing'
    Assert-Equal $rows[1] $rows[2]
}
