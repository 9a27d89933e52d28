BeforeDiscovery {
    $canRun = (id -u) -eq '0' -and -not ('runc', 'busybox' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
}

Describe 'PSSessions into eight containers from eight runspaces' -Tag 'needs root, runc and busybox' -Skip:(-not $canRun) {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/runc.ps1
        $containers = 1..8 | ForEach-Object { Start-Container { param($root) [guid]::NewGuid() > "$root/mine" } }

        # What this process has: descriptors by kind, threads, children, files in its temporary folder.
        function Get-Use {
            $links = [IO.Directory]::GetFileSystemEntries('/proc/self/fd').ForEach{ [IO.FileInfo]::new($_).LinkTarget }
            [ordered]@{
                Descriptors = @($links).Count
                Sockets = @($links -like 'socket:*').Count
                Threads = [IO.Directory]::GetDirectories('/proc/self/task').Count
                Children = @(Get-Content "/proc/$PID/task/*/children" -ErrorAction Ignore | ForEach-Object { $_.Trim() -split ' ' }).Count
                Files = @(Get-ChildItem $env:TMPDIR -Recurse -Force).Count
            }
        }

        # So many commands in each container, from a runspace for each: gives what did not come from the right place, and how many did.
        function Invoke-All([int] $Count) {
            $module = $ModulePath
            $containers | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:module
                $session = New-NamespaceSession "runc:$($_.Id)"
                $expected = "$(Get-Content "$($_.Root)/mine") $($_.Place) runc:$($_.Id)"
                $ask = { param($number) "$number $(Get-Content /mine) $([IO.File]::ResolveLinkTarget('/proc/self/ns/pid', $false).Name)" }
                $right = 0
                foreach ($number in 1..$using:Count) {
                    $answer = Invoke-Command -Session $session $ask -ArgumentList $number
                    if ("$answer $($answer.PSComputerName)" -ceq "$number $expected") { $right++ } else { "$answer from $($_.Id)" }
                }

                Remove-PSSession $session
                $right
            }
        }
    }

    AfterAll {
        foreach ($container in $containers) { Stop-Container $container }
    }

    It 'answer 1,000 commands from the right place, and leave nothing' -Tag T232 {
        $kept = $env:TMPDIR
        $env:TMPDIR = (New-Item -ItemType Directory "$TestDrive/tmp").FullName
        try {
            $null = Invoke-All 2
            $sights = $containers.ForEach{ Get-ContainerSight $_ }
            $before = Get-Use
            Invoke-All 125 | Should -Be (@(125) * 8)
            foreach ($container in $containers) { (Get-Inhabitant $container).Id | Should -Be $container.Init }
            Compare-Object $sights $containers.ForEach{ Get-ContainerSight $_ } | Should -BeNullOrEmpty

            # Runspaces and idle threads of the pool go later.
            Wait-Condition { [GC]::Collect(); $now = Get-Use; -not ($before.Keys | Where-Object { $now[$_] -gt $before[$_] }) }
        }
        finally {
            $env:TMPDIR = $kept
        }
    }

    It 'answer as one job' -Tag T240 {
        $sessions = $containers[0, 1].Init | New-NamespaceSession
        try {
            $job = Invoke-Command -Session $sessions -AsJob { Get-Content /mine }
            $job.ChildJobs | Should -HaveCount 2
            $answers = Receive-Job $job -Wait -AutoRemoveJob
            $answers | Sort-Object | Should -Be ($containers[0, 1].ForEach{ Get-Content "$($_.Root)/mine" } | Sort-Object)
        }
        finally {
            Remove-PSSession $sessions
        }
    }
}

Describe 'A PSSession over ssh' -Tag 'needs root, sshd, runc and busybox' -Skip:(-not ($canRun -and (Test-Path /usr/sbin/sshd))) {
    BeforeAll {
        . $PSScriptRoot/common.ps1
        . $PSScriptRoot/runc.ps1
        . $PSScriptRoot/ssh.ps1
        $container = Start-Container { param($root) Set-Content "$root/mine" 'only here' }
        $server = Start-SshServer
    }

    AfterAll {
        Stop-SshServer $server
        Stop-Container $container
    }

    It 'leads on into a container of that machine' -Tag T239 {
        $ssh = $server.Parameters
        $shown = Invoke-Command @ssh -ArgumentList $ModulePath, $container.Id {
            param($module, $id)
            Import-Module $module
            $session = New-NamespaceSession "runc:$id"
            Invoke-Command -Session $session { Get-Content /mine; (Get-Process -Id 1).Name }
            $job = Invoke-Command -Session $session -AsJob { 'as a job' }
            $null = Wait-Job $job
            Receive-Job $job
            Remove-Job $job
            Remove-PSSession $session
            (Get-PSSession).Count
        }
        $shown | Should -Be 'only here', 'busybox', 'as a job', 0
        Wait-Condition { (Get-Inhabitant $container).Id -eq $container.Init }
    }
}
