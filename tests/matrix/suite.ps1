<#
.SYNOPSIS
    Runs the main line of every cmdlet on this machine and writes one result for each step.
.DESCRIPTION
    Every step compares with a tool of the system: lsns, ip, unshare, nsenter, readlink. A line of JSON behind the mark '@@' gives one
    step: its group, its name, and whether it is ok, refused by the module with an error id, or failed. Steps need neither Pester nor a
    compiler, so they run on the smallest system that starts PowerShell.
.PARAMETER Run
    Names this run in the results.
.PARAMETER Only
    A wildcard for the names of steps.
.PARAMETER Groups
    The files with the steps: suite.GROUP.ps1. With commas between them where it comes from a shell.
.PARAMETER Log
    Appends the lines to this file instead of the console.
#>
[CmdletBinding()]
param(
    [string] $Run = 'root',
    [string] $Only = '*',
    [string] $Log,
    [string[]] $Groups = ('Read', 'Start', 'Net'),
    [string] $ModulePath = (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'LinuxNamespaces.psd1')
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$WarningPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'
if ($env:PATH -notmatch '(^|:)/usr/sbin(:|$)') { $env:PATH += ':/usr/sbin:/sbin' }

$isRoot = (id -u) -eq '0'
$isMusl = [Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier -match 'musl'
$prefix = 'm{0:x}' -f ($PID % 0xffff)
$folder = Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-matrix-$PID"
$null = New-Item -ItemType Directory $folder
$children = [Collections.Generic.List[object]]::new()

function Write-Result {
    param([Collections.IDictionary] $Result)
    $line = '@@' + ($Result | ConvertTo-Json -Compress -EscapeHandling EscapeNonAscii)
    if ($Log) { Add-Content $Log $line } else { [Console]::Out.WriteLine($line) }
}

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
    param([scriptblock] $Condition, [int] $Seconds = 600)
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

foreach ($group in $Groups -split ',') {
    . (Join-Path $PSScriptRoot "suite.$group.ps1")
}

try {
    Import-Module $ModulePath
    $tools = "$(lsns --version 2>$null)" -replace '.*util-linux ', 'util-linux '
    $libc = "$(ldd --version 2>&1 | Select-Object -First 1)" -replace '.*?(\d+\.\d+(\.\d+)?).*', '$1'

    if ($isMusl) {
        $libc = "musl $(@(/lib/ld-musl-*.so.1 2>&1) -match '^Version' -replace '^Version ')"
    }

    # By itself the module reads a machine with few processes from /proc.
    $env:LINUXNAMESPACES_ENGINE = 'bpf'
    $engine = "$(Get-Namespace Uts -Verbose 4>&1)" -match 'BPF\)' ? 'bpf' : 'proc'
    Remove-Item Env:LINUXNAMESPACES_ENGINE
    Write-Result ([ordered]@{
            run = $Run; machine = (uname -m); kernel = (uname -r); powershell = "$($PSVersionTable.PSVersion)"; runtime = "$([Environment]::Version)"
            tools = $tools; libc = $libc; user = (id -un); engine = $engine; versions = $versions; steps = @($steps | Where-Object Name -Like $Only).Count
        })
    foreach ($step in $steps | Where-Object Name -Like $Only) {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $result = Invoke-Step $step
        Stop-Target
        $result.ms = $watch.ElapsedMilliseconds
        Write-Result $result
    }
}
catch {
    Write-Result ([ordered]@{ run = $Run; group = 'Read'; name = 'the module loads'; result = 'failed'; detail = ("$_" -split "`n")[0] })
}
finally {
    Stop-Target
    Remove-Item $folder -Recurse -Force -ErrorAction Ignore
}
