BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $hasBusybox = [bool](Get-Command busybox -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/inside.ps1
}

Describe 'A hostile target' -Skip:(-not $isRoot) {
    It 'that dies between look and join is not mixed up with another' -Tag T085 {
        $process = Start-Process sleep -ArgumentList '60' -PassThru
        $target = [LinuxNamespaces.NamespaceTarget]::new($process.Id)
        $process.Kill()
        $process.WaitForExit()
        { $target | Invoke-NamespaceCommand -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'ProcessNotFound,*'
    }

    It 'that dies after it was looked at is still the place that was meant, as long as that is there' {
        $first = Start-Target '-u'
        $second = Start-Target '-u'
        $third = Start-Target '-p', '-f', '--kill-child'
        $init = [int](pgrep -P $third.Id)
        try {
            $uts = readlink "/proc/$($second.Id)/ns/uts"

            # Each is opened before the one before it runs.
            $lines = Invoke-NamespaceCommand -ProcessId $first.Id, $second.Id -ThrottleLimit 1 -FilePath sh -ArgumentList '-c', "kill $($second.Id) 2> /dev/null; readlink /proc/self/ns/uts"
            $lines[1] | Should -Be $uts
            $lines = Invoke-NamespaceCommand -ProcessId $first.Id, $init -ThrottleLimit 1 -FilePath sh -ErrorVariable failed -ErrorAction SilentlyContinue -ArgumentList '-c', "
                kill -KILL $init; while kill -0 $init 2> /dev/null; do sleep 0.02; done; echo killed"
            $lines | Should -Be 'killed'
            $failed.FullyQualifiedErrorId | Should -BeLike 'PidNamespaceDead,*'
        }
        finally {
            $first, $second, $third | ForEach-Object { Stop-Target $_ }
        }
    }

    It 'whose pid namespace is dead gives a clear error' {
        $process = Start-Target '-p', '--kill-child', '-f'
        $init = pgrep -P $process.Id
        $file = [IO.File]::OpenHandle("/proc/$init/ns/pid")
        try {
            Stop-Target $process
            Wait-Condition { -not (Test-Path "/proc/$init") }
            { Invoke-NamespaceCommand -Path "/proc/$PID/fd/$($file.DangerousGetHandle())" -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'PidNamespaceDead,*'
        }
        finally { $file.Dispose() }
    }

    It 'with a forged /proc leaves nothing of it in the session, which does not hold it either' {
        $forger = New-NamespaceProcess -Type Mnt -- sh -c '
            mount -t tmpfs forged /proc && mkdir -p /proc/thread-self/ns && cd /proc/thread-self/ns || exit
            for type in cgroup ipc mnt net pid pid_for_children time time_for_children user uts; do ln -s "${type%_for_children}:[1234]" $type; done
            cd /; touch /run/lnt-forged; sleep 60'
        try {
            Wait-Condition { Test-Path "/proc/$($forger.Id)/root/run/lnt-forged" }
            $command = "Import-Module '$ModulePath'
                Invoke-NamespaceCommand -ProcessId $($forger.Id) -Type Mnt -InProcess -WarningAction Ignore { `$null = New-NamespaceProcess true -Wait }
                `$after = New-NamespaceProcess true -Wait
                `$after.NetNamespace, `$after.UserNamespace, `$after.MntNamespace
                nsenter --mount=/proc/$($forger.Id)/ns/mnt umount /proc; `$LASTEXITCODE"
            & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $command |
                Should -Be (stat -Lc %i /proc/self/ns/net), (stat -Lc %i /proc/self/ns/user), (stat -Lc %i /proc/self/ns/mnt), 0
        }
        finally {
            $forger | Stop-Process -Force
            Remove-Item /run/lnt-forged -ErrorAction Ignore
        }
    }

    It 'that is stopped can be entered' {
        $process = Start-Target '-u'
        try {
            kill -STOP $process.Id
            Invoke-NamespaceCommand -ProcessId $process.Id -FilePath readlink -ArgumentList /proc/self/ns/uts | Should -Be (readlink "/proc/$($process.Id)/ns/uts")
        }
        finally { Stop-Target $process }
    }

    It 'that is frozen can be entered, but not its control group' {
        $mount = (Get-Content /proc/self/mountinfo | Where-Object { $_ -like '* - cgroup2 *' } | Select-Object -First 1) -split ' ' | Select-Object -Index 4
        $group = "$mount/$(New-UniqueName)"
        mkdir $group 2> $null
        if (-not $mount -or -not (Test-Path $group/cgroup.freeze)) {
            Set-ItResult -Skipped -Because 'there is no cgroup2 file system that may be written'
            return
        }

        $process = Start-Target '-muinC'
        try {
            $process.Id > $group/cgroup.procs
            1 > $group/cgroup.freeze
            Wait-Condition { Select-String -Quiet 'frozen 1' $group/cgroup.events }
            Invoke-NamespaceCommand -ProcessId $process.Id -FilePath readlink -ArgumentList /proc/self/ns/uts | Should -Be (readlink "/proc/$($process.Id)/ns/uts")
            Invoke-NamespaceCommand -ProcessId $process.Id -IdleTimeoutSec 0 { readlink /proc/self/ns/net } | Should -Be (readlink "/proc/$($process.Id)/ns/net")
            { Invoke-NamespaceCommand -ProcessId $process.Id -JoinCgroup -FilePath true -ErrorAction Stop } | Should -Throw -ErrorId 'ControlGroupRefused,*' -ExpectedMessage '*is frozen*'
            Get-Content $group/cgroup.procs | Should -Be $process.Id
        }
        finally {
            0 > $group/cgroup.freeze
            Stop-Target $process
            Wait-Condition { Select-String -Quiet 'populated 0' $group/cgroup.events }
            rmdir $group
        }
    }

    It 'without /dev, with another /proc and another PowerShell runs nothing of ours' {
        $process = Start-Ready unshare '-m', 'sh', '-c', "mount -t tmpfs none '$PSHOME' && ln -s /bin/false '$PSHOME/pwsh' && mount -t tmpfs none /dev && mount -t tmpfs none /proc && ln -s /etc /proc/self && echo ready && exec sleep 60"
        try {
            Invoke-NamespaceCommand -ProcessId $process.Id -FilePath echo -ArgumentList hello | Should -Be 'hello'
            Invoke-NamespaceCommand -ProcessId $process.Id -NoHostPowerShell { 'safe' } -IdleTimeoutSec 0 -WarningVariable said -WarningAction SilentlyContinue | Should -Be 'safe'
            "$said" | Should -BeLike '*was not joined*'
        }
        finally { Stop-Target $process }
    }
}

Describe 'A hostile target with files of its own' -Tag 'needs root and busybox' -Skip:(-not ($isRoot -and $hasBusybox)) {
    It '<Case> runs what is asked for, and nothing of ours' -ForEach @(
        @{ Case = 'with a full disk'; Spoil = 'cat /dev/zero > tmp/fill 2> /dev/null || true' }
        @{ Case = 'without /dev/null'; Spoil = 'rm dev/null' }
        @{ Case = 'with a file as /dev/null'; Spoil = 'rm dev/null && echo evil > dev/null' }
        @{ Case = 'with a symbolic link as /proc'; Refuses = $true; Spoil = 'umount proc && rmdir proc && mkdir -p etc/self/ns etc/thread-self etc/1/ns && ln -s etc proc' }
        @{ Case = 'with files as links of namespaces'; Refuses = $true; Spoil = 'umount proc && mkdir -p proc/self/ns proc/thread-self/ns && echo 1 > proc/self/ns/net' }
    ) {
        $process = Start-Jail $Spoil -Options '-n'
        try {
            $said = @()
            Invoke-NamespaceCommand -ProcessId $process.Id -FilePath /bin/sh -ArgumentList '-c', 'echo hello; cat; echo /old/* /bin/*' | Should -Be 'hello', '/old/* /bin/busybox /bin/cat /bin/sh'
            $net = Invoke-NamespaceCommand -ProcessId $process.Id { [IO.File]::ResolveLinkTarget('/proc/self/ns/net', $false).Name; Test-Path /old } -IdleTimeoutSec 0 -WarningVariable said -WarningAction SilentlyContinue
            $net | Should -Be (readlink "/proc/$($process.Id)/ns/net"), (-not $Refuses)
            "$said" -like '*was not joined*' | Should -Be ([bool]$Refuses)
            'exit 6' | & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Enter-Namespace $($process.Id); `$LASTEXITCODE" | Select-Object -Last 1 | Should -Match '6$'
        }
        finally { Stop-Target $process }
    }

    It 'where /bin/sh is a symbolic link <Case> has no shell, and none of the session''s takes its place' -ForEach @(
        @{ Case = 'to nothing'; Link = 'nothing'; Id = 'ProgramNotFound' }
        @{ Case = 'to the outside'; Link = '../../../../../../../bin/dash'; Id = 'ProgramNotFound' }
        @{ Case = 'to itself'; Link = 'sh'; Id = 'ProgramNotExecutable' }
        @{ Case = 'to the session''s program'; Link = '/proc/self/exe'; Id = 'ProgramNotFound' }
        @{ Case = 'to a descriptor'; Link = '/proc/self/fd/3'; Id = 'ProgramNot*' }
    ) {
        $process = Start-Jail 'true' -Options '-n'
        try {
            $root = "/proc/$($process.Id)/root"
            ln -sfn $Link $root/bin/sh
            { Enter-Namespace $process.Id -NoHostPowerShell } | Should -Throw -ErrorId "$Id,*"
            { Invoke-NamespaceCommand -ProcessId $process.Id -FilePath /bin/sh -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
        }
        finally { Stop-Target $process }
    }

    It 'whose /etc/passwd is <Case> is not waited for, and gives the usual shell' -ForEach @(
        @{ Case = 'a FIFO'; Spoil = 'mkfifo etc/passwd' }
        @{ Case = 'a link to the outside'; Spoil = 'ln -s ../../../../../etc/passwd etc/passwd' }
        @{ Case = 'a device'; Spoil = 'mknod etc/passwd c 1 5' }
        @{ Case = 'a directory'; Spoil = 'mkdir etc/passwd' }
    ) {
        $process = Start-Jail $Spoil
        try {
            'exit 6' | & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Enter-Namespace $($process.Id) -NoHostPowerShell; `$LASTEXITCODE" | Should -Be 6
        }
        finally { Stop-Target $process }
    }

    It 'that has PowerShell but no room, and may write nowhere, runs script blocks' {
        $process = Start-Ready unshare '-m', 'sh', '-c', @'
mount --make-rprivate / && mount --rbind / /mnt && mount -o remount,bind,ro /mnt && cd /mnt && mkdir -p "/tmp/$$" &&
for folder in tmp "${HOME#/}"; do
    mount -t tmpfs -o size=16k full "$folder"
    # A checkout may be in there, and the PowerShell of a tool in that.
    case $0 in "/$folder"/*) mkdir -p ".$0" && mount --bind "$0" ".$0" && mount -o remount,bind,ro ".$0" ;; esac
    cat /dev/zero > "$folder/fill"
done 2> /dev/null
rmdir "/tmp/$$"; pivot_root . mnt && umount -l /mnt && echo ready && exec sleep 300
'@, $PSHOME
        try {
            Invoke-NamespaceCommand -ProcessId $process.Id -IdleTimeoutSec 0 {
                readlink /proc/self/ns/mnt
                try { [IO.File]::WriteAllBytes('/tmp/more', [byte[]]::new(40000)) } catch { $_.Exception.InnerException.GetType().Name }
            } | Should -Be (readlink "/proc/$($process.Id)/ns/mnt"), 'IOException'
        }
        finally { Stop-Target $process }
    }
}

Describe 'What a target gets of the session' -Tag 'needs root and busybox' -Skip:(-not ($isRoot -and $hasBusybox)) {
    BeforeAll {
        $target = Start-Jail 'true' -Options '-n', '-u'
        $links = '/bin/busybox readlink /proc/$$/cwd; /bin/busybox readlink /proc/$$/root; cd /proc/$$/fd; for each in *; do /bin/busybox readlink $each; done'
    }

    AfterAll { Stop-Target $target }

    It 'is no descriptor or directory, of a program' {
        # The pipes of its output and errors; busybox has nothing else open.
        $seen = Invoke-NamespaceCommand -ProcessId $target.Id -FilePath /bin/sh -ArgumentList '-c', $links
        $seen -replace '\d+' | Should -Be '/', '/', '/dev/null', 'pipe:[]', 'pipe:[]'
    }

    It 'is no descriptor or directory but pipes, of the PowerShell inside' {
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $secret = [IO.File]::Create("$folder/secret")
        Push-Location $folder
        try {
            $opened = Invoke-NamespaceCommand -ProcessId $target.Id -Type Net -IdleTimeoutSec 0 { [IO.Directory]::GetFileSystemEntries('/proc/self/fd').ForEach{ [IO.File]::ResolveLinkTarget($_, $false).FullName } }
            $opened | Where-Object { $_ -like '*secret*' -or $_ -like '*/ns/*' -or $_ -like 'socket:*' } | Should -BeNullOrEmpty
        }
        finally {
            Pop-Location
            $secret.Dispose()
            Remove-Item $folder -Recurse
        }
    }

    It 'is the environment, unless it is told otherwise' {
        $env:LNT_SECRET = 'secret'
        try {
            Invoke-NamespaceCommand -ProcessId $target.Id -FilePath /bin/busybox -ArgumentList 'env' | Should -Contain 'LNT_SECRET=secret'
            Invoke-NamespaceCommand -ProcessId $target.Id -FilePath /bin/busybox -ArgumentList 'env' -Environment @{ LNT_SECRET = $null } | Should -Not -Contain 'LNT_SECRET=secret'
            Invoke-NamespaceCommand -ProcessId $target.Id -FilePath /bin/busybox -ArgumentList 'env' -TargetEnvironment | Should -Not -Contain 'LNT_SECRET=secret' -Because 'the target was started without it'
        }
        finally { Remove-Item Env:LNT_SECRET }
    }

    It 'is no telemetry, and variables of the session stay what they were' {
        $env:POWERSHELL_UPDATECHECK = 'LTS'
        try {
            $seen = Invoke-NamespaceCommand -ProcessId $target.Id -Type Net -IdleTimeoutSec 0 {
                [Microsoft.PowerShell.Telemetry.ApplicationInsightsTelemetry]::CanSendTelemetry
                "$env:POWERSHELL_UPDATECHECK|$env:POWERSHELL_TELEMETRY_OPTOUT|$env:LINUXNAMESPACES_SERVER|$env:DOTNET_STARTUP_HOOKS"
            }
            $seen[0] | Should -BeFalse
            $seen[1] | Should -Be "LTS|$env:POWERSHELL_TELEMETRY_OPTOUT||"
        }
        finally { Remove-Item Env:POWERSHELL_UPDATECHECK }
    }
}

Describe 'A program that is not yet one' -Skip:(-not $isRoot) {
    # A session that is stopped again and again leaves its child waiting where it can be seen.
    It 'is traced by nobody inside: <Case>' -ForEach @(
        @{ Case = 'root of a user namespace'; Options = '-Urpf', '--mount-proc'; Ids = '' }
        @{ Case = 'the same user'; Options = '-pf', '--mount-proc', '--setgid', '65534', '--setuid', '65534'; Ids = '-UserId 65534 -GroupId 65534' }
    ) {
        $tracer = Get-Helper tracer
        chmod a+rx (Split-Path $tracer) $tracer
        $target = Start-Ready unshare ($Options + '--kill-child', $tracer)
        try {
            $inner = pgrep -P $target.Id
            $script = "Import-Module '$ModulePath'; 1..30 | ForEach-Object { Invoke-NamespaceCommand -ProcessId $inner $Ids -FilePath sleep -ArgumentList 0.03 }"
            $session = [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo]@{ FileName = [Environment]::ProcessPath; Arguments = "-NoProfile -NonInteractive -Command `"$script`"" })
            while (-not $session.WaitForExit(10)) {
                sh -c "kill -STOP $($session.Id) 2> /dev/null; sleep 0.004; kill -CONT $($session.Id) 2> /dev/null"
            }

            $session.ExitCode | Should -Be 0
            $target.StandardInput.Close()
            $counts = $target.StandardOutput.ReadToEnd()
            $counts | Should -Match '^refused [1-9]\d* traced [1-9]\d* early 0 memory 0$' -Because 'it was tried before, and could be done only afterwards'
        }
        finally { Stop-Target $target }
    }
}

Describe 'A container that sees the processes of the host' -Skip:(-not $isRoot) {
    BeforeAll {
        # The host is a shell with PID 1, for the real one may be out of reach even of root.
        function Invoke-Below {
            param([string] $Container, [string] $Script)
            $command = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("Import-Module '$ModulePath'; $Script"))
            unshare -muinCpf --mount-proc --kill-child sh -c "$Container; exit `$?" $Container ([Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $command
        }
    }

    It 'can go into the namespaces of the first process' {
        $links = $NamespaceLinks.ForEach{ "/proc/self/ns/$_" } -join "', '"
        $script = "`$links = '$links'; readlink `$links; Invoke-NamespaceCommand -ProcessId 1 -FilePath readlink -ArgumentList `$links; Invoke-NamespaceCommand -ProcessId 1 -IdleTimeoutSec 0 { readlink `$using:links }"
        $lines = Invoke-Below "readlink $($NamespaceLinks.ForEach{ "/proc/self/ns/$_" }); unshare -muinC `"`$@`"" $script
        $lines.Count | Should -Be 32
        @(Compare-Object $lines[0..7] $lines[8..15]).Count | Should -Be 10 -Because 'it was in five others'
        $lines[16..23] | Should -Be $lines[0..7]
        $lines[24..31] | Should -Be $lines[0..7]
    }

    It 'has the files of the host then, and its own root before' {
        # Where the module is not, wherever it is.
        $folder = Join-Path /media (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $script = "Test-Path /marker; Invoke-NamespaceCommand -ProcessId 1 -FilePath ls -ArgumentList '-d', '$folder', '/marker' 2> `$null; Invoke-NamespaceCommand -ProcessId 1 -IdleTimeoutSec 0 { Test-Path '$folder' }"
        try {
            Invoke-Below -Script $script -Container @'
unshare -m sh -c '
mount --make-rprivate / && mount -t tmpfs own /mnt && touch /mnt/marker && mkdir /mnt/media /mnt/old &&
for each in /*; do
    case $each in /mnt | /media) continue ;; esac
    if [ -L $each ]; then cp -P $each /mnt; elif [ -d $each ]; then mkdir /mnt$each && mount --rbind $each /mnt$each; fi
done
cd /mnt && pivot_root . old && umount -l old && exec "$@"' sh "$@"
'@ | Should -Be 'True', $folder, 'True'
        }
        finally { Remove-Item $folder }
    }
}
