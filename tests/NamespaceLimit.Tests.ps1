BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    . $PSScriptRoot/common.ps1
}

Describe 'Get-NamespaceLimit' {
    It 'has the limit of /proc for each type' {
        $limits = Get-NamespaceLimit
        $limits.Type | Should -Be 'Cgroup', 'Ipc', 'Mnt', 'Net', 'Pid', 'Time', 'User', 'Uts'
        foreach ($limit in $limits) {
            $limit.Limit | Should -Be ([long](Get-Content "/proc/sys/user/max_$("$($limit.Type)".ToLowerInvariant())_namespaces"))
            $limit.Sysctl | Should -Be "user.max_$("$($limit.Type)".ToLowerInvariant())_namespaces"
        }
    }

    It 'takes types, and the words people use' {
        (Get-NamespaceLimit Network, uts).Type | Should -Be 'Net', 'Uts'
    }

    # Of users that nobody else has processes of: others make and end namespaces meanwhile.
    It 'counts what is in use, by owner' -Skip:(-not $isRoot) {
        $processes = foreach ($userId in 64121, 64121, 64121, 64122) {
            Start-Process setpriv '--reuid', $userId, '--regid', $userId, '--clear-groups', 'unshare', '--user', '--uts', 'sleep', '300' -PassThru
        }

        try {
            foreach ($process in $processes) { Wait-Condition { (Get-Content "/proc/$($process.Id)/comm") -eq 'sleep' } }
            foreach ($limit in Get-NamespaceLimit Uts, User) {
                $limit.InUseBy | Should -Match '(^|, )64121 3(,|$)'
                $limit.InUseBy | Should -Match '(^|, )64122 1(,|$)'
                $limit.InUse | Should -BeGreaterOrEqual 4
                $limit.InUse | Should -Be ([regex]::Matches($limit.InUseBy, ' (\d+)(?=,|$)').ForEach{ [int]$_.Groups[1].Value } | Measure-Object -Sum).Sum
                $limit.Left | Should -BeLessOrEqual ($limit.Limit - 3)
            }
        }
        finally {
            $processes.ForEach{ $_.Kill() }
        }
    }
}

Describe 'Set-NamespaceLimit' -Skip:(-not $isRoot) {
    BeforeAll {
        $path = '/proc/sys/user/max_time_namespaces'
        $limit = [long](Get-Content $path)

        # A user namespace has limits of its own: the machine's stay as they are, and no capability is missing.
        function Invoke-InUserNamespace {
            param([string] $Script)
            $command = "`$ErrorActionPreference = 'Stop'; Import-Module '$ModulePath'; $Script"
            $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
            env NO_COLOR=1 unshare --user --map-root-user ([Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded 2>&1
        }
    }

    AfterAll {
        [long](Get-Content $path) | Should -Be $limit
    }

    It 'sets the limit, and says how long it lasts and how to keep it' {
        $lines = Invoke-InUserNamespace "(Set-NamespaceLimit Time 17 -PassThru -WarningVariable said -WarningAction SilentlyContinue).Limit; Get-Content $path; `"`$said`"; unshare --time true; Set-NamespaceLimit clock 0 -WarningAction SilentlyContinue; unshare --time true 2>`$null; `$LASTEXITCODE"
        $lines[0, 1] | Should -Be '17', '17'
        $lines[2] | Should -BeLike '*until the next boot*/etc/sysctl.d/*user.max_time_namespaces = 17*'
        $lines[-1] | Should -Be 1
    }

    It 'takes limits from the pipeline, and changes nothing with -WhatIf' {
        $lines = Invoke-InUserNamespace "Get-NamespaceLimit Time | Set-NamespaceLimit -Limit 5 -WhatIf; Get-Content $path; Get-NamespaceLimit Time | Set-NamespaceLimit -Limit 6 -WarningAction SilentlyContinue; Get-Content $path"
        $lines[0] | Should -BeLike 'What if:*user.max_time_namespaces*'
        [long]$lines[1] | Should -BeGreaterThan 6
        $lines[2] | Should -Be 6
    }

    It 'is refused to an ordinary user, with the reason' {
        $lines = Invoke-AsUser 'Set-NamespaceLimit Time 5 -ErrorVariable e -ErrorAction SilentlyContinue; $e.FullyQualifiedErrorId; $e.CategoryInfo.Category; $e.ErrorDetails.RecommendedAction'
        $lines | Should -Be 'LimitRefused,LinuxNamespaces.Commands.SetNamespaceLimitCommand', 'PermissionDenied', 'It takes CAP_SYS_RESOURCE in the user namespace: run as root.'
    }

    It 'refuses what is no limit' {
        { Set-NamespaceLimit Time -1 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Set-NamespaceLimit Time ([long]::MaxValue) } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }
}
