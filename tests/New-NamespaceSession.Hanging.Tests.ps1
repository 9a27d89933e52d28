# A PowerShell inside that hangs when it should say that it is ready: a library that it is started with never lets it write that.
BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and (Get-Command gcc -CommandType Application -ErrorAction Ignore)
}

Describe 'A PSSession whose PowerShell hangs' -Tag 'needs root, and gcc' -Skip:(-not $canRun) {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        $name = New-UniqueName
        $folder = Join-Path ([IO.Path]::GetTempPath()) $name
        $null = New-Item -ItemType Directory $folder
        $mark = "$folder/hangs"
        @"
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
ssize_t write(int descriptor, const void *bytes, size_t count)
{
    if (descriptor == 4 && count == 1) {
        close(open("$mark", O_CREAT | O_WRONLY, 0600));
        for (;;)
            pause();
    }
    return syscall(SYS_write, descriptor, bytes, count);
}
"@ | gcc -shared -fPIC -Wall -Werror -O2 -o "$folder/hang.so" -x c -
        $LASTEXITCODE | Should -Be 0
    }

    AfterAll {
        Remove-Item -Recurse -Force $folder
    }

    It 'is given up when the time is over, and its PowerShell is ended' {
        $before = @(Get-PSSession).Count
        $failure = { New-NamespaceSession -New Uts -Environment @{ LD_PRELOAD = "$folder/hang.so" } -TimeoutSec 20 -ErrorAction Stop } |
            Should -Throw -ErrorId 'ProcessTimedOut*' -PassThru
        "$failure" | Should -BeLike '*was not open after 20 seconds*'
        $mark | Should -Exist
        @(Get-PSSession).Count | Should -Be $before
        sh -c 'grep -lsF "$1" /proc/[0-9]*/environ' sh $folder | Should -BeNullOrEmpty
    }
}
