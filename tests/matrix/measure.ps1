<#
.SYNOPSIS
    Compares the newer ways of a start with the older ones, as ratios: Invoke-Matrix.ps1 7.3 -Script tests/matrix/measure.ps1.
.DESCRIPTION
    Both ways take turns in one session. The older one is taken on a kernel that has both by the switch that the unit tests use.
#>
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path (Split-Path (Split-Path $PSScriptRoot)) LinuxNamespaces.psd1)
$older = [LinuxNamespaces.NamespaceInfo].Assembly.GetType('LinuxNamespaces.Kernel.Errors.OlderKernel').GetProperty('Missing', [Reflection.BindingFlags]'NonPublic, Static')
$features = $older.PropertyType
$root = Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-measure-$PID"
$null = New-Item -ItemType Directory "$root/bin", "$root/proc"
Copy-Item (Get-Command busybox).Source $root/bin/busybox

function Measure-Start {
    param([hashtable] $With, [string] $Without)
    $words = $With['Root'] ? @('/bin/busybox', 'true') : @('busybox', 'true')
    $older.SetValue($null, [Enum]::Parse($features, $Without))
    try {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        foreach ($i in 1..10) { $null = New-NamespaceProcess @With -Wait -FilePath $words[0] -ArgumentList $words[1] }
        $watch.Elapsed.TotalMilliseconds / 10
    }
    finally { $older.SetValue($null, [Enum]::Parse($features, 'None')) }
}

function Get-Median {
    param([double[]] $Values)
    ($Values | Sort-Object)[[int][Math]::Floor($Values.Count / 2)]
}

try {
    foreach ($case in @(
            @{ Name = '-Root by OPEN_TREE_NAMESPACE / by pivot_root'; Feature = 'TreeNamespaces'; With = @{ Type = 'Mnt'; Root = $root } }
            @{ Name = '-Root -MountProc by OPEN_TREE_NAMESPACE / by pivot_root'; Feature = 'TreeNamespaces'; With = @{ Type = 'Mnt', 'Pid'; Root = $root; MountProc = $true } }
            @{ Name = '-Root -MapRootUser by OPEN_TREE_NAMESPACE / by pivot_root'; Feature = 'TreeNamespaces'; With = @{ Type = 'Mnt'; Root = $root; MapRootUser = $true } }
            @{ Name = '-KillWithParent by PIDFD_AUTOKILL / by PR_SET_PDEATHSIG'; Feature = 'HeldChild'; With = @{ Type = 'Uts'; KillWithParent = $true } }
        )) {
        $new, $old = [Collections.Generic.List[double]]::new(), [Collections.Generic.List[double]]::new()
        foreach ($turn in 0..12) {
            $first = Measure-Start $case.With None
            $second = Measure-Start $case.With $case.Feature
            if ($turn) { $new.Add($first); $old.Add($second) }
        }

        '{0}: {1:n2} ({2:n1} ms / {3:n1} ms)' -f $case.Name, ((Get-Median $new) / (Get-Median $old)), (Get-Median $new), (Get-Median $old)
    }
}
finally { Remove-Item $root -Recurse -Force }
