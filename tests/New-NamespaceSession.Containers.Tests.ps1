BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and -not ('runc', 'busybox' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
    $hasMusl = [bool](Get-Command musl-gcc -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/runc.ps1
}

Describe 'A PSSession into a container of runc: <What>' -Tag 'needs root, runc and busybox' -Skip:(-not $canRun) -ForEach @(
    @{ What = 'busybox'; Make = @{} }
    @{ What = 'one static program'; Compiler = 'gcc', '-static'; Make = @{ Program = @('/only') } }
    @{ What = 'a musl userland'; Compiler = @('musl-gcc'); Skip = -not $hasMusl; Make = @{
            Program = @('/only')
            Fill = { param($root) $null = New-Item -ItemType Directory "$root/lib"; Copy-Item (Get-Item /lib/ld-musl-*.so.1).FullName "$root/lib" }
        }
    }
    @{ What = 'a read-only root'; Make = @{
            Configure = { param($config) $config.root.readonly = $true; $config.mounts += @{ destination = '/data'; type = 'tmpfs'; source = 'tmpfs' } }
        }
    }
    @{ What = 'a user namespace'; Make = @{
            Fill = { param($root) chown -R 100000:100000 $root }
            Configure = {
                param($config)
                $config.linux.namespaces += @{ type = 'user' }
                foreach ($map in 'uidMappings', 'gidMappings') { $config.linux | Add-Member $map @(@{ containerID = 0; hostID = 100000; size = 65536 }) }
            }
        }
    }
    @{ What = 'no /proc'; Make = @{}; Spoil = { nsenter -t $container.Init -m /bin/busybox umount -l /proc } }
    @{ What = 'a full disk'; IsFull = $true; Make = @{ Size = '40m' }; Spoil = { sh -c 'cat /dev/urandom > "$1/data/lnt-back" 2> /dev/null' fill $container.Root } }
) {
    BeforeAll {
        $session = $container = $null
        if ($Skip) { return }
        $parts = $Make
        $parts.Configure ??= { }
        $entries = $parts.Fill ?? { }
        $parts.Fill = {
            param($root)
            $null = New-Item -ItemType Directory "$root/data"
            Set-Content "$root/mine" 'only here'
            Set-Content "$root/script.ps1" '$lnt = 1', '$lnt = 2', '"ran with $lnt"'
            if ($Compiler) { 'int pause(void); int main(void) { return pause(); }' | & $Compiler[0] @($Compiler | Select-Object -Skip 1) -o "$root/only" -x c - }
            & $entries $root
        }
        $container = Start-Container @parts
        if ($Spoil) { & $Spoil }
        $sight = Get-ContainerSight $container
        $mounts = Get-ContainerMount $container
        $session = New-NamespaceSession "runc:$($container.Id)" -WarningVariable warned -WarningAction SilentlyContinue
    }

    AfterAll {
        if ($session) { Remove-PSSession $session }
        if ($container) { Stop-Container $container }
    }

    BeforeEach {
        if ($Skip) { Set-ItResult -Skipped -Because 'there is no musl-gcc' }
    }

    It 'has the files of the container' -Tag T226 {
        "$warned" | Should -BeNullOrEmpty
        $session.ComputerName | Should -Be "runc:$($container.Id)"
        $entries = (Get-ChildItem "/proc/$($container.Init)/root").Name
        Invoke-Command -Session $session { (Get-ChildItem /).Name } | Where-Object { $_ -in $entries -or $_ -notin 'proc', 'dev' } | Should -Be $entries
        Invoke-Command -Session $session { Get-Content /mine } | Should -Be 'only here'
        { Invoke-Command -Session $session { Get-Item /usr/bin/runc, /etc/passwd -ErrorAction Stop } -ErrorAction Stop } | Should -Throw '*Cannot find path*'
    }

    It 'copies 20 MB both ways, byte for byte' -Tag T227 {
        $file = Join-Path $TestDrive 'lnt-file'
        if ($IsFull) {
            Set-Content $file ([string]::new('x', 100000))
            { Copy-Item $file /data/lnt-there -ToSession $session -ErrorAction Stop } | Should -Throw '*No space left*'
            Invoke-Command -Session $session { Remove-Item /data/lnt-there -ErrorAction Ignore }
            (Get-Item "/proc/$($container.Init)/root/data/lnt-back").Length | Should -BeGreaterThan 20MB
        }
        else {
            $bytes = [byte[]]::new(20MB)
            [Random]::new(1).NextBytes($bytes)
            [IO.File]::WriteAllBytes($file, $bytes)
            Copy-Item $file /data/lnt-back -ToSession $session
            cmp $file "/proc/$($container.Init)/root/data/lnt-back"
            $LASTEXITCODE | Should -Be 0
        }

        Copy-Item /data/lnt-back "$file-back" -FromSession $session
        cmp "$file-back" "/proc/$($container.Init)/root/data/lnt-back"
        $LASTEXITCODE | Should -Be 0
        if (-not $IsFull) { Invoke-Command -Session $session { Remove-Item /data/lnt-back } }
    }

    It 'sees the processes of the container, and is one of them' -Tag T228 {
        $found = Invoke-Command -Session $session { (Get-Process).Id }
        $expected = Get-Inhabitant $container
        $found | Sort-Object | Should -Be ($expected.Inner | Sort-Object)
        Invoke-Command -Session $session { $PID } | Should -BeIn $expected.Inner
        Invoke-Command -Session $session { (Get-Process -Id 1).Name } | Should -Be (Get-Content "/proc/$($container.Init)/comm")
    }

    It 'stops at a breakpoint of a script that lies there' -Tag T229 {
        $shown = Invoke-Command -Session $session {
            $breakpoint = Set-PSBreakpoint -Script /script.ps1 -Line 3 -Action { Set-Variable lnt 7 -Scope 1 }
            /script.ps1
            $breakpoint.HitCount
            Remove-PSBreakpoint $breakpoint
        }
        $shown | Should -Be 'ran with 7', 1
    }

    It 'leaves nothing: <How>' -Tag T230 -ForEach @(
        @{ How = 'Remove-PSSession'; End = { Remove-PSSession $one }; State = 'Closed' }
        @{ How = 'exit'; End = { Invoke-Command -Session $one { exit 7 } }; State = 'Closed' }
        @{ How = 'kill -9 of the PowerShell inside'; End = { kill -9 $visitors }; State = 'Broken' }
    ) {
        $others = (Get-Inhabitant $container).Id
        $one = New-NamespaceSession "runc:$($container.Id)"
        Invoke-Command -Session $one { Get-Content /mine } | Should -Be 'only here'
        $visitors = @((Get-Inhabitant $container).Id | Where-Object { $_ -notin $others })
        $visitors | Should -HaveCount 1
        & $End
        Wait-Condition { $one.State -eq $State -and -not ((Get-Inhabitant $container).Id | Where-Object { $_ -notin $others }) }
        Remove-PSSession $one -ErrorAction Ignore
        Compare-Object $sight (Get-ContainerSight $container) | Should -BeNullOrEmpty
        Get-ContainerMount $container | Should -Be $mounts
    }

    It 'leaves nothing: kill -9 of the PowerShell outside' -Tag T231 {
        $others = (Get-Inhabitant $container).Id
        $script = "Import-Module '$ModulePath'; `$s = New-NamespaceSession 'runc:$($container.Id)'; Invoke-Command -Session `$s { Get-Content /mine }; kill -9 `$PID"
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script | Should -Be 'only here'
        Wait-Condition { -not ((Get-Inhabitant $container).Id | Where-Object { $_ -notin $others }) }
        Compare-Object $sight (Get-ContainerSight $container) | Should -BeNullOrEmpty
        Get-ContainerMount $container | Should -Be $mounts
    }
}
