<#
.SYNOPSIS
    What the steps of the suite are made of, and the steps themselves. Dot-sourced by suite.ps1 in a runspace of its own.
#>
[CmdletBinding()]
param([string] $Run, [string[]] $Groups)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$WarningPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'
if ($env:PATH -notmatch '(^|:)/usr/sbin(:|$)') { $env:PATH += ':/usr/sbin:/sbin' }

$isRoot = (id -u) -eq '0'
$isMusl = [Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier -match 'musl'
# Machines that are the host itself share its net namespace, and their process ids are small.
$prefix = 'm{0:x}' -f [Random]::Shared.Next(0x10000)
$folder = Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-matrix-$PID"
$null = New-Item -ItemType Directory $folder
$children = [Collections.Generic.List[object]]::new()

# Compares as text, each element by itself.
function Assert-Equal {
    param($Actual, $Expected)
    $a = @($Actual | ForEach-Object { "$_" }) -join '|'
    $b = @($Expected | ForEach-Object { "$_" }) -join '|'
    if ($a -cne $b) { throw "expected <$b>, got <$a>" }
}

function Assert-True {
    param($Value, [string] $What)
    if (-not $Value) { throw $What }
}

function Wait-True {
    param([scriptblock] $Condition, [int] $Seconds = 240)
    $deadline = [DateTime]::Now.AddSeconds($Seconds)
    while (-not (& $Condition)) {
        if ([DateTime]::Now -gt $deadline) { throw "it never came true: $Condition" }
        Start-Sleep -Milliseconds 50
    }
}

function Get-Link {
    param([int] $Id, [string] $Type)
    if ("$(readlink "/proc/$Id/ns/$Type")" -match '\[(\d+)\]') { $Matches[1] }
}

# A program that the system's own tools start in namespaces; ready when it has become 'sleep'.
function Start-Target {
    param([string[]] $With = @())
    $mark = [Random]::Shared.Next(100000, 999999)
    $start = [Diagnostics.ProcessStartInfo]::new($With.Count ? $With[0] : 'sleep')
    foreach ($word in @($With | Select-Object -Skip 1) + @($With.Count ? @('sleep') : @()) + "$mark") { $start.ArgumentList.Add($word) }
    $process = [Diagnostics.Process]::Start($start)
    $children.Add($process)
    # The process itself, or the child that unshare has forked. A pgrep for each look would cost an emulated machine half a second.
    $script:found = 0
    Wait-True {
        $ids = @($process.Id) + @(-split "$(Get-Content "/proc/$($process.Id)/task/$($process.Id)/children" -ErrorAction Ignore)")
        foreach ($id in $ids) {
            if ("$(Get-Content "/proc/$id/cmdline" -Raw -ErrorAction Ignore)" -eq "sleep`0$mark`0") { $script:found = [int]$id }
        }

        $script:found -or $process.HasExited
    }
    if (-not $script:found) { throw [NotSupportedException]"$($With -join ' ') does not work here" }
    $script:found
}

# In namespaces of every kind that this user can make.
function Start-Contained {
    param([string[]] $Options)
    Start-Target (@('unshare') + @($isRoot ? @() : '--user', '--map-root-user') + $Options)
}

function Get-ErrorId {
    param($ErrorRecord)
    $exception = $ErrorRecord.Exception
    while ($exception -and $exception.GetType().Name -notin 'NamespaceException', 'LinuxException') { $exception = $exception.InnerException }
    if ($exception) { ($ErrorRecord.FullyQualifiedErrorId -split ',')[0] }
}

$steps = [Collections.Generic.List[object]]::new()
$versions = @()

# -Root: only root may do this; others are to be refused with an error of the module. -Needs: a command or a condition of the system
# without which the step shows nothing. -Lacks: the reason that is written where the condition does not hold. -With: what the body and the
# conditions are given.
function Step {
    param([string] $Group, [string] $Name, [scriptblock] $Body, [switch] $Root, [object[]] $Needs = @(), [string] $Lacks = 'the system lacks what this step needs', $With)
    $steps.Add(@{ Group = $Group; Name = $Name; Body = $Body; Root = [bool]$Root; Needs = $Needs; Lacks = $Lacks; With = $With })
}

function Invoke-Step {
    param($Step)
    $result = [ordered]@{ run = $Run; group = $Step.Group; name = $Step.Name; result = 'ok'; detail = '' }
    foreach ($need in $Step.Needs) {
        if ($need -is [scriptblock] ? -not (& $need $Step.With) : -not (Get-Command $need -CommandType Application -ErrorAction Ignore)) {
            $result.result = 'skipped'
            $result.detail = $need -is [scriptblock] ? $Step.Lacks : "$need is not installed"
            return $result
        }
    }

    try {
        $null = & $Step.Body $Step.With
        if ($Step.Root -and -not $isRoot) {
            $result.result = 'failed'
            $result.detail = 'an ordinary user was not refused'
        }
    }
    catch [NotSupportedException] {
        # The tool to compare with is refused itself.
        $result.result = 'skipped'
        $result.detail = $_.Exception.Message
    }
    catch {
        $id = Get-ErrorId $_
        $text = if ($id) { $id } else { ("$_" -split "`n")[0] + ' at ' + (($_.ScriptStackTrace -split "`n")[0] -replace '.*, ') }
        $result.detail = $text + ($id ? ": $("$_" -replace '\s+', ' ')" : '')
        $result.result = if (-not $id) { 'failed' } elseif ($Step.Root -and -not $isRoot) { 'ok' } else { 'refused' }
        if ($result.result -eq 'ok') { $result.detail = '' }
    }

    $result
}

# Ends the processes that a step has left, before the next step.
function Stop-Target {
    foreach ($child in $children) {
        if (-not $child.HasExited) { $child.Kill($true) }
        $child.Dispose()
    }

    $children.Clear()
    foreach ($name in Get-ChildItem /run/netns -Filter "$prefix*" -ErrorAction Ignore | ForEach-Object Name) { ip netns delete $name }
}

function Get-Machine {
    $tools = "$(lsns --version 2>$null)" -replace '.*util-linux ', 'util-linux '
    $libc = "$(ldd --version 2>&1 | Select-Object -First 1)" -replace '.*?(\d+\.\d+(\.\d+)?).*', '$1'

    if ($isMusl) {
        $libc = "musl $(@(/lib/ld-musl-*.so.1 2>&1) -match '^Version' -replace '^Version ')"
    }

    # By itself the module reads a machine with few processes from /proc.
    $env:LINUXNAMESPACES_ENGINE = 'bpf'
    $script:engine = "$(Get-Namespace Uts -Verbose 4>&1)" -match 'BPF\)' ? 'bpf' : 'proc'
    Remove-Item Env:LINUXNAMESPACES_ENGINE
    [ordered]@{
        run = $Run; machine = (uname -m); kernel = (uname -r); powershell = "$($PSVersionTable.PSVersion)"; runtime = "$([Environment]::Version)"
        tools = $tools; libc = $libc; user = (id -un); engine = $script:engine; versions = $versions
    }
}

foreach ($group in $Groups -split ',') {
    . (Join-Path $PSScriptRoot "suite.$group.ps1")
}
