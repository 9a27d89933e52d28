# Errors and warnings that say what is the matter here, not what might be elsewhere.
BeforeDiscovery {
    $isRoot = (id -u) -eq 0
}

BeforeAll {
    . $PSScriptRoot/common.ps1

    function Get-Failure {
        param([scriptblock] $Script)
        try { $null = . $Script } catch { $_ }
    }
}

Describe 'Connections' -Tag Fast -Skip:(-not $isRoot) {
    BeforeEach {
        $name = New-UniqueName
        $null = New-NetNamespace $name
    }

    AfterEach {
        Remove-NetNamespace $name
    }

    It 'are refused where IPv6 is switched off, with the sysctl' {
        ip netns exec $name sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'
        $failure = Get-Failure { Connect-NetNamespace $name -InterfaceName eth0 -Address fd00:77::1/64 -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -Match '^AddressRefused,'
        $failure.ErrorDetails.RecommendedAction | Should -Match 'disable_ipv6=0'
        ip -n $name -o link show eth0 2>&1 | Should -Match 'does not exist' -Because 'nothing half done is left'
    }

    It 'of a namespace with itself are refused' {
        $other = New-NamespaceProcess -Join $name -Type Uts sleep 300
        try {
            foreach ($both in @($name, $name), @($name, $other), @($other, "/run/netns/$name")) {
                { Connect-NetNamespace $both[0] $both[1] -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidRequest,*' -ExpectedMessage '*the same net namespace*'
            }

            @(ip -n $name -o link) | Should -HaveCount 1
        }
        finally {
            $other | Stop-Process
        }
    }

    It 'say that an address without a prefix is a network of its own' {
        Connect-NetNamespace $name -InterfaceName eth0 -Address 10.231.9.1 -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -Match '10\.231\.9\.1/32'
        (ip -n $name -j address show eth0 | ConvertFrom-Json).addr_info.prefixlen | Should -Contain 32
        Connect-NetNamespace $name -InterfaceName eth1 -Address 10.231.10.1/24 -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
    }
}

Describe 'Targets' -Tag Fast -Skip:(-not $isRoot) {
    BeforeAll {
        $process = New-NamespaceProcess -Type Mnt, Uts sleep 300
    }

    AfterAll {
        $process | Stop-Process
    }

    It 'that live are not said to have ended where no type was asked for' {
        $failure = Get-Failure { Invoke-NamespaceCommand -ProcessId $process.Id -Type @() -FilePath true -ErrorAction Stop }
        "$failure $($failure.ErrorDetails)" | Should -Not -Match 'has ended'
    }

    It 'may have a PATH of their own, which the error about a missing program says' {
        $failure = Get-Failure { Invoke-NamespaceCommand -ProcessId $process.Id -FilePath nosuchprogram -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -Match '^ProgramNotFound,'
        $failure.ErrorDetails.RecommendedAction | Should -Match '-TargetEnvironment' -Because 'its image may have a PATH of its own'
        $failure.ErrorDetails.RecommendedAction | Should -Match '-Type Net, Pid, Uts'
        $failure = Get-Failure { New-NamespaceProcess nosuchprogram -ErrorAction Stop }
        $failure.ErrorDetails.RecommendedAction | Should -Not -Match 'TargetEnvironment' -Because 'there is no target'
    }
}

Describe 'Patterns and paths' -Tag Fast {
    It 'that cannot be used are refused by an id: <Script>' -ForEach @(
        @{ Script = "Get-NamespaceProcess '['"; Id = 'InvalidPattern' }
        @{ Script = "Dismount-Namespace '/x['"; Id = 'InvalidPattern' }
        @{ Script = "Dismount-Namespace 'nosuchdrive:/x'"; Id = 'NotAFileSystemPath' }
        @{ Script = "'' | Invoke-NamespaceCommand -FilePath true"; Id = 'TargetNotFound' }
        @{ Script = "@{ a = 1 } | Invoke-NamespaceCommand -FilePath true"; Id = 'TargetNotFound' }
    ) {
        $failure = Get-Failure ([scriptblock]::Create("$Script -ErrorAction Stop"))
        $failure.FullyQualifiedErrorId | Should -Match "^$Id,"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'A seccomp filter' -Tag Fast -Skip:(-not $isRoot) {
    It 'is named where it refuses what root may do' {
        # A filter for this one test: unshare(2) and setns(2) give EPERM, as the default profile of a container's runtime has it.
        $filter = Join-Path $TestDrive filter.c
        Set-Content $filter @'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_unshare, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_setns, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof(code) / sizeof(*code), code };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("prctl");
        return 1;
    }
    execv(argv[1], argv + 1);
    perror("execv");
    return 1;
}
'@
        gcc -Wall -Werror -o $TestDrive/filter $filter
        $LASTEXITCODE | Should -Be 0
        $name = New-UniqueName
        $shown = & $TestDrive/filter ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command @"
Import-Module '$ModulePath'
try { New-NetNamespace $name -ErrorAction Stop } catch { `$_.ErrorDetails.RecommendedAction }
"@
        Test-Path /run/netns/$name | Should -BeFalse
        "$shown" | Should -Match 'seccomp filter'
        "$shown" | Should -Not -Match 'Run as root'

        # Where there is none, none is suspected.
        $shown = setpriv --bounding-set=-all --inh-caps=-all ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command @"
Import-Module '$ModulePath'
try { New-NetNamespace $name -ErrorAction Stop } catch { `$_.ErrorDetails.RecommendedAction }
"@
        if ((Select-String -Quiet -Pattern '^Seccomp:\s+0' /proc/self/status)) { "$shown" | Should -Not -Match 'seccomp' }
    }
}
