BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/netns.ps1
    $prefix = New-UniqueName
}

AfterAll {
    ip netns list | ForEach-Object { ($_ -split ' ')[0] } | Where-Object { $_ -like "$prefix*" } | ForEach-Object { ip netns delete $_ }
    Get-ChildItem "/run/netns/$prefix*" -ErrorAction Ignore | Remove-Item -Force
}

Describe 'New-NetNamespace' -Skip:(-not $isRoot) {
    BeforeEach {
        $name = $prefix + [guid]::NewGuid().ToString('n').Substring(0, 6)
    }

    It 'makes a namespace that ip can list, enter and delete' -Tag T163 {
        $ns = New-NetNamespace $name
        $ns | Should -BeOfType 'LinuxNamespaces.NamespaceInfo'
        $ns.Name | Should -Be $name
        $ns.Type | Should -Be Net
        "net:[$($ns.Inode)]" | Should -Be (ip netns exec $name readlink /proc/self/ns/net)
        $ns.Inode | Should -Be (stat -c %i "/run/netns/$name")
        ip netns list | Should -Contain $name
        $ns.InterfaceCount | Should -Be 1
        $ns.UserName | Should -Be root
        $ns.OwnerInode | Should -Be (Get-LinkInode $PID user)
        ip -n $name -br link | Should -Match '^lo +DOWN'
        ip netns delete $name
        $LASTEXITCODE | Should -Be 0
    }

    It 'leaves the same behind as ip: mode, type and propagation of the mount' {
        $null = New-NetNamespace $name
        $other = $name + 'x'
        ip netns add $other
        $format = { param($n) stat -c '%a %U %G %F %s' "/run/netns/$n" }
        & $format $name | Should -Be (& $format $other)
        $mount = { param($n) (Get-Content /proc/self/mountinfo | Where-Object { ($_ -split ' ')[4] -eq "/run/netns/$n" }) -replace '^\d+ (\d+) (\S+) \S+ \S+ (\S+) .*? - (.*)$', '$1 $2 $3 $4' }
        & $mount $name | Should -Be (& $mount $other)
        (stat -c %a /run/netns) | Should -Be 755
        ip netns delete $name
        ip netns delete $other
        Test-Path "/run/netns/$name" | Should -BeFalse
    }

    It 'takes several names, and names from the pipeline' {
        $names = 1..3 | ForEach-Object { "$name-$_" }
        (New-NetNamespace $names[0], $names[1]).Name | Should -Be $names[0..1]
        ($names[2] | New-NetNamespace).Name | Should -Be $names[2]
        [pscustomobject]@{ Name = "$name-4" } | New-NetNamespace | Should -HaveCount 1
        (Get-NetNamespace "$name-*").Inode | Sort-Object -Unique | Should -HaveCount 4
        Remove-NetNamespace "$name-*"
    }

    It 'switches lo on with -LoopbackUp' {
        $null = New-NetNamespace $name -LoopbackUp
        ip -n $name -br link | Should -Match '^lo +UNKNOWN'
        Send-TcpEcho -From $name -To $name -Address 127.0.0.1 | Should -Be hello
    }

    It 'gives it an id with -NetNsId, a number or Auto' {
        (New-NetNamespace $name -NetNsId 1234567).NetNsId | Should -Be 1234567
        ip netns list | Should -Contain "$name (id: 1234567)"
        $auto = New-NetNamespace "$name-a" -NetNsId Auto
        ip netns list | Should -Contain "$name-a (id: $($auto.NetNsId))"
        { New-NetNamespace "$name-b" -NetNsId 1234567 -ErrorAction Stop } | Should -Throw -ErrorId 'NetNsIdInUse,LinuxNamespaces.Commands.NewNetNamespaceCommand'
        Test-Path "/run/netns/$name-b" | Should -BeFalse
        { New-NetNamespace "$name-c" -NetNsId -5 } | Should -Throw
    }

    It 'names the namespace of a process with -ProcessId, as ip netns attach does' -Tag T164 {
        $process = Start-Process unshare -ArgumentList '-n', 'sleep', '60' -PassThru
        try {
            Wait-Namespace $process.Id net
            $ns = $process | New-NetNamespace -Name $name
            $ns.Inode | Should -Be (Get-LinkInode $process.Id net)
            $ns.ProcessCount | Should -Be 1
            $ns.ProcessId | Should -Be $process.Id
            $ns.Command | Should -Be 'sleep 60'
            ip netns identify $process.Id | Should -Contain $name
            ip netns pids $name | Should -Be $process.Id
        }
        finally {
            $process.Kill()
        }
    }

    It 'does not make a fresh one where the variable of the process is empty' {
        { New-NetNamespace $name -ProcessId $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        Test-Path "/run/netns/$name" | Should -BeFalse
    }

    It 'says so where there is no such process, and leaves no file' {
        { New-NetNamespace $name -ProcessId 4194303 -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
        Test-Path "/run/netns/$name" | Should -BeFalse
    }

    It 'refuses <text>' -ForEach @(
        @{ text = 'a slash'; bad = 'a/b' }
        @{ text = 'the parent'; bad = '..' }
        @{ text = 'the directory'; bad = '.' }
        @{ text = '256 characters'; bad = 'x' * 256 }
        @{ text = 'a control character'; bad = "a`nb" }
        @{ text = 'an escape sequence'; bad = "`e[31m" }
    ) {
        # Others may be making names of their own at this moment.
        $found = { @(Get-ChildItem /run/netns -Name | Where-Object { $_ -match "[`n`e]|^x{200}" }) }
        $problem = { New-NetNamespace $bad -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidNetNamespaceName,*' -PassThru
        $problem.CategoryInfo.Category | Should -Be InvalidArgument
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$problem" | Should -Not -Match "`e|`n"
        & $found | Should -BeNullOrEmpty
    }

    It 'takes the longest name there can be' {
        $long = $name + ('y' * (255 - $name.Length))
        (New-NetNamespace $long).Name | Should -Be $long
        Remove-NetNamespace $long
        Test-Path "/run/netns/$long" | Should -BeFalse
    }

    It 'refuses a name that is taken and leaves it as it is' {
        ip netns add $name
        $inode = stat -c %i "/run/netns/$name"
        $problem = { New-NetNamespace $name -ErrorAction Stop } | Should -Throw -ErrorId 'NetNamespaceExists,*' -PassThru
        $problem.CategoryInfo.Category | Should -Be ResourceExists
        { New-NetNamespace $name -Force -ErrorAction Stop } | Should -Throw -ErrorId 'NetNamespaceExists,*'
        stat -c %i "/run/netns/$name" | Should -Be $inode
    }

    It 'goes on with the other names after one that fails' {
        ip netns add $name
        $made = New-NetNamespace "$name-1", $name, "$name-2" -ErrorAction SilentlyContinue -ErrorVariable problems
        $made.Name | Should -Be "$name-1", "$name-2"
        $problems | Should -HaveCount 1
    }

    It 'reports a stale plain file, and replaces it with -Force' -Tag T165 {
        $null = New-Item "/run/netns/$name"
        chmod 000 "/run/netns/$name"
        $problem = { New-NetNamespace $name -ErrorAction Stop } | Should -Throw -ErrorId 'StaleNetNamespaceFile,*' -PassThru
        $problem.ErrorDetails.RecommendedAction | Should -Match '-Force'
        Test-Path "/run/netns/$name" | Should -BeTrue
        (New-NetNamespace $name -Force).Name | Should -Be $name
        ip netns exec $name true
        $LASTEXITCODE | Should -Be 0
    }

    It 'changes nothing with -WhatIf' {
        New-NetNamespace $name -WhatIf
        Test-Path "/run/netns/$name" | Should -BeFalse
    }

    It 'fails clearly and leaks nothing with few free descriptors' {
        $script = @'
Add-Type 'using System.Runtime.InteropServices; public static class Limit { [DllImport("libc")] static extern int prlimit(int process, int resource, ulong[] value, ulong[] old); public static void Set(ulong soft) { var now = new ulong[2]; prlimit(0, 7, null, now); now[0] = soft; prlimit(0, 7, now, null); } }'
Import-Module 'MODULE'
function Get-OpenProc { @(Get-ChildItem /proc/self/fd | Where-Object Target -EQ '/proc').Count }
New-NetNamespace 'NAME' | Remove-NetNamespace
$before = Get-OpenProc
foreach ($free in 0..9) {
    $held = foreach ($i in 1..400) { [IO.File]::OpenHandle('/dev/null') }
    [Limit]::Set(1 + [Linq.Enumerable]::Max([int[]](Get-ChildItem /proc/self/fd -Name)))
    $held | Select-Object -Last $free | ForEach-Object Dispose
    try { New-NetNamespace 'NAME' -ErrorAction Stop | Out-Null } catch { $_.FullyQualifiedErrorId }
    [Limit]::Set(1024)
    $held | ForEach-Object Dispose
    if (Test-Path '/run/netns/NAME') { Remove-NetNamespace 'NAME' -Force }
}
"leaked $((Get-OpenProc) - $before)"
'@.Replace('MODULE', $ModulePath).Replace('NAME', $name)
        $found = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -Command $script
        $found | Select-Object -Last 1 | Should -Be 'leaked 0'
        $found | Select-Object -SkipLast 1 | Should -Not -BeNullOrEmpty
        $found | Select-Object -SkipLast 1 | Should -BeLike 'SystemCallFailed,*'
    }

    It 'leaves no thread of this process inside' {
        $own = readlink /proc/$PID/ns/net
        $null = New-NetNamespace (1..20 | ForEach-Object { "$name-$_" }) -LoopbackUp
        Get-ChildItem /proc/$PID/task | ForEach-Object { readlink "$($_.FullName)/ns/net" } | Sort-Object -Unique | Should -Be $own
        Remove-NetNamespace "$name-*"
    }

    Context '/run/netns of other shapes' {
        BeforeAll {
            $report = '; ip netns list | Out-String | Write-Output; Get-Content /proc/self/mountinfo | ForEach-Object { $f = $_ -split " "; if ($f[4] -like "/run/netns*") { "mount $($f[4]) $($f[6])" } }'
        }

        It 'makes the directory where it is not there' {
            $output = Invoke-WithPrivateRun "(New-NetNamespace one).Name; ip netns exec one true; `"exit `$LASTEXITCODE`"; (Get-Item /run/netns).UnixMode $report"
            $output | Should -Contain 'exit 0'
            $output | Should -Contain 'drwxr-xr-x'
            ($output -match '^mount /run/netns shared:').Count | Should -Be 1
            ($output -match '^mount /run/netns/one shared:').Count | Should -Be 1
        }

        It 'makes it shared where it is a private mount' {
            $output = Invoke-WithPrivateRun "`$null = New-NetNamespace one; ip netns add two $report" -Setup 'mkdir /run/netns && mount --bind /run/netns /run/netns && mount --make-private /run/netns'
            ($output -match '^mount /run/netns shared:').Count | Should -Be 1
            ($output -match '^mount /run/netns/(one|two) shared:').Count | Should -Be 2
        }

        It 'is in a group of its own, not in one with what it was taken from' {
            $output = Invoke-WithPrivateRun "`$null = New-NetNamespace one, two $report" -Setup 'mount --make-shared /run'
            ($output -match '^mount /run/netns/(one|two) ').Count | Should -Be 2
        }

        It 'works and can be undone where it is shared twice' {
            $setup = 'mkdir /run/netns && mount --bind /run/netns /run/netns && mount --make-shared /run/netns && mount --bind /run/netns /run/netns'
            $output = Invoke-WithPrivateRun "`$null = New-NetNamespace one; ip netns add two; (Get-NetNamespace).Name -join '+'; Remove-NetNamespace one, two; 'left:' + (Get-ChildItem /run/netns).Count $report" -Setup $setup
            $output | Should -Contain 'one+two'
            $output | Should -Contain 'left:0'
            $output -match '^mount /run/netns/' | Should -BeNullOrEmpty
        }

        It 'shares names with mount namespaces made afterwards, both ways' {
            $output = Invoke-WithPrivateRun '$null = New-NetNamespace one; $p = Start-Process unshare -ArgumentList "-m", "--propagation", "unchanged", "sleep", "30" -PassThru; while ((readlink /proc/$($p.Id)/ns/mnt) -eq (readlink /proc/$PID/ns/mnt)) { Start-Sleep -Milliseconds 20 }; $null = New-NetNamespace two; (Get-Content /proc/$($p.Id)/mountinfo | ForEach-Object { ($_ -split " ")[4] }) -like "/run/netns/*"; Remove-NetNamespace one; "after"; (Get-Content /proc/$($p.Id)/mountinfo | ForEach-Object { ($_ -split " ")[4] }) -like "/run/netns/*"; $p.Kill()'
            $output | Should -Be '/run/netns/one', '/run/netns/two', 'after', '/run/netns/two'
        }

        It 'names the limit where there may be no more, and leaves no file' {
            $output = Invoke-WithPrivateRun -Unshare '-Urnm' -Setup 'echo 0 > /proc/sys/user/max_net_namespaces' 'try { New-NetNamespace one -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; $_.CategoryInfo.Category; $_.ErrorDetails.RecommendedAction }; "files: $(@(Get-ChildItem /run/netns).Count)"'
            $output[0] | Should -BeLike 'NetNamespaceLimit,*'
            $output[1] | Should -Be LimitsExceeded
            $output[2] | Should -Match 'user.max_net_namespaces'
            $output[3] | Should -Be 'files: 0'
        }
    }
}

Describe 'New-NetNamespace without privilege' {
    It 'says what to do' -Tag T166 -Skip:(-not $isRoot) {
        $output = Invoke-AsUser 'try { New-NetNamespace nope -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; $_.CategoryInfo.Category; $_.ErrorDetails.RecommendedAction }'
        $output[0] | Should -BeLike 'NetNamespaceDenied,*'
        $output[1] | Should -Be PermissionDenied
        $output[2] | Should -BeLike '*New-NamespaceProcess -Type Net -MapRootUser -Tmpfs /run -Wait -- pwsh'
    }

    It 'works where the remedy leads' -Skip:(-not $isRoot) {
        $inside = "Import-Module '$ModulePath'; `$null = New-NetNamespace blue; ip netns list"
        Invoke-AsUser "`$null = New-NamespaceProcess -Type Net -MapRootUser -Tmpfs /run -Wait -- '$([Environment]::ProcessPath)' -NoProfile -Command '$($inside.Replace("'", "''"))'" | Should -Contain 'blue'
    }

    It 'works in a user and mount namespace of the user''s own' -Skip:(-not $isRoot) {
        $output = Invoke-WithPrivateRun -Prefix setpriv, '--reuid', 65534, '--regid', 65534, '--clear-groups' -Unshare '-Urnm' -Script @'
$null = New-NetNamespace blue, red -LoopbackUp -NetNsId Auto
Connect-NetNamespace blue red -Address 10.0.0.1/24 -PeerAddress 10.0.0.2/24
(Get-NetNamespace | ForEach-Object { "$($_.Name) $($_.InterfaceCount)" }) -join ', '
(Get-NetNamespaceInterface blue -InterfaceName veth0).PeerNamespace
ip netns list
Disconnect-NetNamespace blue red
Remove-NetNamespace *
"left: $(@(Get-ChildItem /run/netns).Count)"
'@
        $output | Should -Contain 'blue 2, red 2'
        $output | Should -Contain 'red'
        $output | Should -Contain 'left: 0'
    }
}
