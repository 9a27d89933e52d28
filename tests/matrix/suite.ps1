<#
.SYNOPSIS
    Runs the main line of every cmdlet on this machine and writes one result for each step.
.DESCRIPTION
    Every step compares with a tool of the system: lsns, ip, unshare, nsenter, readlink. A line of JSON behind the mark '@@' gives one
    step: its group, its name, and whether it is ok, refused by the module with an error id, or failed. Steps need neither Pester nor a
    compiler, so they run on the smallest system that starts PowerShell. A step without a result in time is stopped and has failed; what
    its processes were doing is written before.
.PARAMETER Run
    Names this run in the results.
.PARAMETER Only
    A wildcard for the names of steps, alone or behind that of their group: 'docker, bridge: *'.
.PARAMETER Groups
    The files with the steps: suite.GROUP.ps1. With commas between them where it comes from a shell.
.PARAMETER Log
    Appends the lines to this file instead of the console.
.PARAMETER Limit
    The seconds that a step may take.
#>
[CmdletBinding()]
param(
    [string] $Run = 'root',
    [string] $Only = '*',
    [string] $Log,
    [string[]] $Groups = ('Read', 'Start', 'Limits', 'Net'),
    [string] $ModulePath = (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'LinuxNamespaces.psd1'),
    [int] $Limit = 300
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

function Write-Result {
    param([Collections.IDictionary] $Result)
    $line = '@@' + ($Result | ConvertTo-Json -Compress -EscapeHandling EscapeNonAscii)
    if ($Log) { Add-Content $Log $line } else { [Console]::Out.WriteLine($line) }
}

# In looks of a second each: a machine that stands still for a while has not used up the time.
function Wait-Handle {
    param($Result, [int] $Seconds)
    for ($i = 0; $i -lt $Seconds; $i++) { if ($Result.AsyncWaitHandle.WaitOne(1000)) { return $true } }
    $false
}

# The processes that this one has started, and those that they have.
function Get-Descendant {
    $parents = @{}
    foreach ($name in [IO.Directory]::GetDirectories('/proc') -match '/\d+$') {
        $stat = try { [IO.File]::ReadAllText("$name/stat") } catch { continue }
        $parents[[int]($name -replace '.*/')] = [int](-split ($stat -replace '^.*\) '))[1]
    }

    $found = @($PID)
    while ($more = @($parents.Keys | Where-Object { $_ -notin $found -and $parents[$_] -in $found })) { $found += $more }
    $found | Where-Object { $_ -ne $PID }
}

function Write-Descendant {
    foreach ($id in @($PID) + @(Get-Descendant)) {
        [Console]::Out.WriteLine("$id $([IO.File]::ReadAllText("/proc/$id/cmdline") -replace '\0', ' ')")
        foreach ($task in [IO.Directory]::GetDirectories("/proc/$id/task")) {
            $texts = foreach ($name in 'comm', 'wchan', 'syscall', 'stack') { try { [IO.File]::ReadAllText("$task/$name").Trim() -replace '\n\[<0>\]', ' <' } catch { '-' } }
            $state = @([IO.File]::ReadAllLines("$task/status") -match '^State')[0]
            [Console]::Out.WriteLine("$($task -replace '.*/') $state $($texts -join ' | ')")
        }
    }
}

# Runs a script in the runspace of the steps, and gives what it writes.
function Invoke-Limited {
    param([string] $Script, [object[]] $Arguments = @())
    $shell = [powershell]::Create($runspace)
    $null = $shell.AddScript($Script)
    foreach ($argument in $Arguments) { $null = $shell.AddArgument($argument) }
    $run = $shell.BeginInvoke()
    if (-not (Wait-Handle $run $Limit)) {
        try { Write-Descendant } catch { [Console]::Out.WriteLine("$_") }
        $stop = $shell.BeginStop($null, $null)
        if (-not (Wait-Handle $stop 30)) {
            foreach ($id in Get-Descendant) { try { [Diagnostics.Process]::GetProcessById($id).Kill() } catch { [Console]::Out.WriteLine("$_") } }
            $script:isLost = -not (Wait-Handle $stop 60)
        }

        throw [TimeoutException]"it gave no result in $Limit seconds"
    }

    $shell.EndInvoke($run)
    $shell.Dispose()
}

$isLost = $false
$runspace = [runspacefactory]::CreateRunspace($Host)
$runspace.ThreadOptions = 'ReuseThread'
$runspace.Open()
try {
    $null = Invoke-Limited 'param($Path, $Run, $Groups, $ModulePath) . $Path -Run $Run -Groups $Groups; Import-Module $ModulePath' (Join-Path $PSScriptRoot steps.ps1), $Run, $Groups, $ModulePath
    $steps = @(Invoke-Limited '$i = 0; foreach ($step in $steps) { @{ Index = $i++; Group = $step.Group; Name = $step.Name } }' | Where-Object { $_.Name -like $Only -or "$($_.Group): $($_.Name)" -like $Only })
    $machine = @(Invoke-Limited 'Get-Machine')[0]
    $machine.steps = $steps.Count
    Write-Result $machine
    foreach ($step in $steps) {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $result = [ordered]@{ run = $Run; group = $step.Group; name = $step.Name; result = 'failed'; detail = 'a step before it could not be stopped' }
        if (-not $isLost) {
            try { $result = @(Invoke-Limited 'param($Index) Invoke-Step $steps[$Index]; Stop-Target' $step.Index)[0] }
            catch { $result.detail = $_.Exception.GetBaseException().Message }
            if ($result.detail -match '^it gave no result in' -and -not $isLost) { try { $null = Invoke-Limited 'Stop-Target' } catch { [Console]::Out.WriteLine("$_") } }
        }

        $result.ms = $watch.ElapsedMilliseconds
        Write-Result $result
    }
}
catch {
    Write-Result ([ordered]@{ run = $Run; group = 'Read'; name = 'the module loads'; result = 'failed'; detail = ("$_" -split "`n")[0] })
}
finally {
    if (-not $isLost) { $null = Invoke-Limited 'Stop-Target; Remove-Item $folder -Recurse -Force -ErrorAction Ignore' }
}

# What cannot be stopped would wait for its end here.
if ($isLost) {
    Remove-Item (Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-matrix-$PID") -Recurse -Force -ErrorAction Ignore
    [Environment]::Exit(1)
}
