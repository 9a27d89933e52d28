# Control groups: one that is joined, and the one that a start with limits makes. Dot-sourced by steps.ps1.
Step Start 'a control group joined' -Root -Needs { (Test-Path /sys/fs/cgroup/cgroup.controllers) -and (-not $isRoot -or $(test -w /sys/fs/cgroup; $LASTEXITCODE -eq 0)) } -Lacks 'no control group of version 2 can be made in /sys/fs/cgroup' {
    $group = "/sys/fs/cgroup/$prefix"
    if (-not $isRoot) { New-NetNamespace "$($prefix)x" }
    $null = New-Item -ItemType Directory $group
    try {
        $target = Start-Target
        Set-Content $group/cgroup.procs $target
        Assert-Equal (Invoke-NamespaceCommand -ProcessId $target -JoinCgroup -Type Uts -FilePath cat -ArgumentList /proc/self/cgroup) "0::/$prefix"
    }
    finally {
        Stop-Target
        Wait-True { -not (Get-Content $group/cgroup.procs) }
        rmdir $group
    }
}

# Where no systemd is, a session that is killed cannot remove its group, and the next start with a limit does. killgate kills it at one gate after the
# other; where there is none any more, it starts as ever.
if ($isRoot) {
    Step Start 'a session killed while it limits one' -Needs { (Test-Path $PSScriptRoot/killgate) -and -not (Test-Path /run/systemd/system) -and $(test -w /sys/fs/cgroup/cgroup.procs; $LASTEXITCODE -eq 0) } -Lacks 'no tracer for this processor, or no control group of version 2' {
        $mark = Join-Path $folder ran
        $start = "Import-Module '$((Get-Module LinuxNamespaces).Path)'; `$null = New-NamespaceProcess -Type Uts -MemoryLimit 100MB -Wait -- touch $mark"
        $points = for ($number = 1; ; $number++) {
            $point, $left = & $PSScriptRoot/killgate gates $number ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $start
            Assert-Equal $left @()
            $groups = @(Get-ChildItem /sys/fs/cgroup -Directory -Filter 'linuxnamespaces-*' -Recurse)
            Assert-True ($groups.Count -le 1) "killed at '$point', $($groups.Count) groups are left"
            Assert-Equal ($groups | ForEach-Object { Get-Content "$_/cgroup.procs" }) @()
            Assert-Equal (Test-Path $mark) ($point -eq 'none')
            $point
            if ($point -eq 'none') { break }
        }

        $gates = @($points -like 'open *').Count
        Assert-True ($gates -gt 0) 'it has no gate'
        Assert-Equal $points (@(for ($gate = 0; $gate -lt $gates; $gate++) { "reach $gate"; "open $gate" }) + 'none')
        Assert-Equal $groups @()
    }
}
