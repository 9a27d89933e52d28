BeforeDiscovery {
    # The same wishes in the words of this module and of systemd-nspawn, and a line of the shell that looks at the result; {0} is a folder.
    $mount = 'busybox grep " /data " /proc/self/mountinfo | busybox cut -d " " -f 4-6'
    $sets = @(
        @{ Name = 'a bind'; With = @{ Bind = '{0}/src:/data:dev,suid' }; Words = '--bind={0}/src:/data'; See = $mount }
        @{ Name = 'a read-only bind'; With = @{ ReadOnlyBind = '{0}/src:/data:dev,suid' }; Words = '--bind-ro={0}/src:/data'; See = $mount }
        @{ Name = 'a bind of a file'; With = @{ ReadOnlyBind = '{0}/src/file:/file' }; Words = '--bind-ro={0}/src/file:/file'; See = 'busybox cat /file; busybox touch /file 2>&1' }
        @{ Name = 'a tmpfs'; With = @{ Tmpfs = '/data:size=1m,mode=0700' }; Words = '--tmpfs=/data:size=1m,mode=0700'; See = 'busybox stat -c "%a %u" /data; busybox df -k /data | busybox grep -o "tmpfs  *1024"' }
        @{ Name = 'an overlay'; With = @{ Overlay = '{0}/low:/data' }; Words = '--overlay={0}/low::/data'; See = 'busybox cat /data/file; echo new >/data/file; busybox cat /data/file' }
        @{ Name = 'a read-only root'; With = @{ ReadOnlyRoot = $true }; Words = '--read-only'; See = 'busybox touch /x 2>&1; busybox touch /data/x 2>&1' }
        @{ Name = 'a host name'; With = @{ HostName = 'boxed' }; Words = '--hostname=boxed'; See = 'busybox hostname' }
        @{ Name = 'a network of its own'; With = @{ Type = 'Net'; LoopbackUp = $true }; Words = '--private-network'; See = 'busybox ip -o link | busybox cut -d " " -f 2-3' }
        @{ Name = 'all capabilities but one'; With = @{ DropCapability = 'SYS_BOOT' }; Words = '--capability=all --drop-capability=CAP_SYS_BOOT'; See = 'busybox grep ^CapBnd /proc/self/status' }
        @{ Name = 'no new privileges'; With = @{ NoNewPrivileges = $true }; Words = '--no-new-privileges=yes'; See = 'busybox grep ^NoNewPrivs /proc/self/status' }
        @{ Name = 'limits of resources'; With = @{ ResourceLimit = @{ NoFile = '64:128'; Core = 0 } }; Words = '--rlimit=NOFILE=64:128 --rlimit=CORE=0'; See = 'busybox grep -E "^Max (open|core)" /proc/self/limits' }
        @{ Name = 'a directory and a variable'; With = @{ WorkingDirectory = '/data'; Environment = @{ MARK = 'set' } }; Words = '--chdir=/data --setenv=MARK=set'; See = 'busybox pwd; echo $MARK' }
    )
    $canCompare = (id -u) -eq '0' -and (Get-Command systemd-nspawn -CommandType Application -ErrorAction Ignore) -and (Get-Command busybox -CommandType Application -ErrorAction Ignore)
}

Describe 'A program with a root of its own' -Skip:(-not $canCompare) {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        $machine = New-UniqueName
        $folder = Join-Path ([IO.Path]::GetTempPath()) $machine
        $null = 'src', 'low', 'root/bin', 'root/data', 'root/proc', 'root/sys', 'root/dev', 'root/etc', 'root/run', 'root/tmp', 'root/usr/lib' | ForEach-Object { New-Item -ItemType Directory -Force "$folder/$_" }
        Set-Content "$folder/src/file" one
        Set-Content "$folder/low/file" low
        Set-Content "$folder/root/usr/lib/os-release" 'ID=test'
        $null = New-Item "$folder/root/file"
        Copy-Item (Get-Command busybox -CommandType Application).Source "$folder/root/bin/busybox"
        $null = New-Item -ItemType SymbolicLink "$folder/root/bin/sh" -Target busybox
        $output = "$folder/output"
    }

    AfterAll {
        Remove-Item -Recurse -Force $folder
        Remove-Item -Recurse -Force "/run/systemd/nspawn/propagate/$machine" -ErrorAction Ignore
    }

    It 'is what systemd-nspawn makes of it, with <Name>' -Tag T153 -ForEach $sets {
        $own = @{ WorkingDirectory = '/' }
        foreach ($key in $With.Keys) { $own[$key] = if ($With[$key] -is [string]) { $With[$key] -f $folder } else { $With[$key] } }
        $own.Type = @('Pid', 'Ipc', 'Uts', 'Mnt') + @($With.Type | Where-Object { $_ })
        $null = New-NamespaceProcess -Root "$folder/root" -MountProc -Wait -RedirectStandardOutput $output @own -- /bin/sh -c $See
        $theirs = $null | systemd-nspawn --register=no --keep-unit --quiet --pipe "--machine=$machine" "--directory=$folder/root" @($Words -f $folder -split ' ') /bin/sh -c $See 2>"$folder/error"
        $theirs | Should -Not -BeNullOrEmpty -Because (Get-Content "$folder/error" -Raw)
        Get-Content $output | Should -Be $theirs
    }
}
