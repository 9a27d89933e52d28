BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and (Get-Command busybox -CommandType Application -ErrorAction Ignore)
    $hasMusl = [bool](Get-Command musl-gcc -CommandType Application -ErrorAction Ignore)
}

Describe 'A PSSession into <Place>' -Tag 'needs root and busybox' -Skip:(-not $canRun) -ForEach @(
    @{ Place = 'an empty root with one static program'; Compiler = 'gcc', '-static'; Folder = '/data'; Jail = @{
            Spoil = 'mkdir data && cp "$PROGRAM" only'
            Last = '/bin/busybox umount -l /proc && /bin/busybox rm -rf /bin /dev /etc /old /proc /tmp'
            Program = '/only'
        }
    }
    @{ Place = 'a musl userland'; Compiler = @('musl-gcc'); Folder = '/tmp'; Skip = -not $hasMusl; Jail = @{
            Spoil = 'mkdir lib && cp "$PROGRAM" bin/only && cp -L /lib/ld-musl-*.so.1 lib'
            Program = '/bin/only'
        }
    }
    @{ Place = 'a read-only root'; Folder = '/tmp'; Jail = @{ Spoil = 'mount -t tmpfs none tmp'; Last = '/bin/busybox mount -o remount,ro none /' } }
    @{ Place = 'a full disk'; Jail = @{ Spoil = '{ cat /dev/zero > tmp/fill 2> /dev/null || true; }' } }
) {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/inside.ps1

        # All that the target could see.
        function Get-Sight {
            Get-Content "/proc/$inside/mountinfo", "/proc/$inside/maps" -Raw
            find "/proc/$inside/root/" -xdev -not -path '*/lnt-*' -printf '%p %y %s\n' | Sort-Object
        }

        if ($Skip) { return }
        if ($Compiler) {
            $program = Join-Path $TestDrive 'only'
            'int pause(void); int main(void) { return pause(); }' | & $Compiler[0] @($Compiler | Select-Object -Skip 1) -o $program -x c -
            $env:PROGRAM = $program
        }

        $Jail.Spoil = "echo only-here > mine && $($Jail.Spoil ?? 'true')"
        $target = Start-Jail @Jail -Options '-p', '--fork'
        $inside = [int](Get-Content "/proc/$($target.Id)/task/$($target.Id)/children").Trim()
    }

    AfterAll {
        if ($Skip) { return }
        Stop-Target $target
        Remove-Item env:PROGRAM -ErrorAction Ignore
    }

    It 'has its files and processes, copies and stops at breakpoints, and leaves nothing' -Tag T214 {
        if ($Skip) { Set-ItResult -Skipped -Because 'there is no musl-gcc' ; return }
        $before = Get-Sight
        $entries = (Get-ChildItem "/proc/$inside/root").Name
        $session = New-NamespaceSession $inside -WarningVariable warned -WarningAction SilentlyContinue
        try {
            "$warned" | Should -BeNullOrEmpty
            $names, $content, $process, $hits, $mounts, $own = Invoke-Command -Session $session {
                , (Get-ChildItem /).Name
                Get-Content /mine
                (Get-Process -Id 1).ProcessName
                $b = Set-PSBreakpoint -Variable lnt -Mode Write -Action { }
                $lnt = 1
                $b.HitCount
                [IO.File]::ResolveLinkTarget('/proc/self/ns/mnt', $false).Name
                $PID
            }
            $names | Where-Object { $_ -in $entries -or $_ -notin 'proc', 'dev' } | Should -Be $entries
            $content | Should -Be 'only-here'
            $process | Should -Be (Get-Content "/proc/$inside/comm")
            $hits | Should -Be 1
            $own | Should -BeGreaterThan 1

            $file = Join-Path $TestDrive 'lnt-file'
            $bytes = [byte[]]::new(2MB)
            [Random]::new(1).NextBytes($bytes)
            [IO.File]::WriteAllBytes($file, $bytes)
            if ($Folder) {
                Copy-Item $file $Folder/lnt-file -ToSession $session
                (Get-FileHash "/proc/$inside/root$Folder/lnt-file").Hash | Should -Be (Get-FileHash $file).Hash
                Copy-Item $Folder/lnt-file "$file-back" -FromSession $session
                (Get-FileHash "$file-back").Hash | Should -Be (Get-FileHash $file).Hash
                Invoke-Command -Session $session { Remove-Item $using:Folder/lnt-file }
            }
            else {
                { Invoke-Command -Session $session { [IO.File]::WriteAllBytes('/tmp/lnt-file', [byte[]]::new(5000)) } -ErrorAction Stop } | Should -Throw '*No space left*'
                Invoke-Command -Session $session { Remove-Item /tmp/lnt-file }
                Copy-Item /tmp/fill "$file-back" -FromSession $session
                (Get-FileHash "$file-back").Hash | Should -Be (Get-FileHash "/proc/$inside/root/tmp/fill").Hash
            }

            Get-Sight | Should -Be $before
            $started = @(find /proc -mindepth 3 -maxdepth 3 -path '/proc/[0-9]*/ns/mnt' -lname ($mounts -replace '[\[\]]', '\$0') -printf '%P\n' 2>$null)
            $started | Should -HaveCount 1
            $number = $started[0].Split('/')[0]
            kill -9 $number
            Wait-Condition { $session.State -eq 'Broken' -and -not (Test-Path "/proc/$number") }
            Get-Sight | Should -Be $before
        }
        finally {
            Remove-PSSession $session
        }
    }
}
