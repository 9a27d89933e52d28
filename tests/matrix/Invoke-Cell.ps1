<#
.SYNOPSIS
    Boots a machine of a cell, runs the suite in it as one user, and gives what the suite saw.
.PARAMETER Name
    The cell.
.PARAMETER Run
    As whom the suite runs.
.PARAMETER Definition
    What cells.psd1 says of it.
.PARAMETER Image
    The folder of its kernel, and the disks with its root and with PowerShell; none where the host is the machine.
.PARAMETER Cache
    The folder for the console of the machine and for what the cell makes.
.PARAMETER Processors
    How many processors a machine has.
.PARAMETER Place
    The number of its progress.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Name,
    [Parameter(Mandatory)] [string] $Run,
    [Parameter(Mandatory)] [Collections.IDictionary] $Definition,
    [Parameter(Mandatory)] [Collections.IDictionary] $Image,
    [Parameter(Mandatory)] [string] $Cache,
    [int] $Processors = 1,
    [int] $Place = 1,
    [string] $Only,
    [string] $Script,
    [string] $OutputPath
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$root = Split-Path (Split-Path $PSScriptRoot)

function Write-Payload {
    param([string] $Folder)
    $null = sh -c 'cd "$1" && find . | cpio --quiet -o -H newc > "$2"' sh (Join-Path $Folder 'tree') (Join-Path $Folder 'payload')
    Join-Path $Folder 'payload'
}

# The module and the suite, as a second part of the initrd.
function New-Payload {
    param([string] $Folder, $Definition)
    $tree = Join-Path $Folder 'tree/matrix'
    $null = New-Item -ItemType Directory -Force (Join-Path $tree 'tests/matrix')
    foreach ($item in (Get-ChildItem $root -Filter 'LinuxNamespaces.*' -File | Where-Object Extension -In .psd1, .psm1, .ps1xml, .dll | ForEach-Object Name) + 'bin', 'assets') {
        Copy-Item (Join-Path $root $item) $tree -Recurse
    }

    Copy-Item (Join-Path $PSScriptRoot '*') (Join-Path $tree 'tests/matrix') -Exclude 'results.json*'

    if (-not $Definition.Contains('Architecture')) { gcc -static -O2 -o (Join-Path $tree 'tests/matrix/killgate') (Join-Path $root 'tests/helpers/killgate.c') }

    # Kernels are kept, and what they start with may have changed.
    Copy-Item (Join-Path $PSScriptRoot 'init') (Join-Path $Folder 'tree')
    if ($Definition.Contains('Systemd')) { Copy-Item (Join-Path $PSScriptRoot 'matrix.service') $tree }
    $with = $Definition.Contains('With') ? $Definition.With + ' ' : ''
    if ($Script) {
        Copy-Item $Script (Join-Path $tree 'script.ps1')
        $run = "mkdir -p /matrix/out; $($with)pwsh -NoProfile -NonInteractive -File /matrix/script.ps1 </dev/null 2>&1"
        Set-Content (Join-Path $tree 'cell') (@($Definition.Contains('Prepare') ? $Definition.Prepare : '') + $run)
        chmod -R 'a+rX' (Join-Path $Folder 'tree')
        return Write-Payload $Folder
    }

    $suite = 'suite.ps1' + ($Definition.Contains('Groups') ? " -Groups $($Definition.Groups)" : '')
    $as = $Run -eq 'user' ? 'setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/tester ' : ''
    $lines = @($Definition.Contains('Prepare') ? $Definition.Prepare : '')
    $lines += "$with$($as)pwsh -NoProfile -NonInteractive -File /matrix/tests/matrix/$suite -Run $Run$($Only ? " -Only '$Only'" : '') </dev/null 2>&1"
    Set-Content (Join-Path $tree 'cell') $lines
    chmod -R 'a+rX' (Join-Path $Folder 'tree')
    Write-Payload $Folder
}

# Boots a machine.
function Invoke-Machine {
    param($Definition, [string] $Kernel, [string] $Disk, [string] $Tools, [string] $Folder, [string] $Console)
    $initrd = Join-Path $Folder 'initrd'

    # The kernel looks for the next archive at a multiple of four bytes.
    sh -c '{ cat "$1"; head -c $(((4 - $(stat -c %s "$1") % 4) % 4)) /dev/zero; cat "$2"; } > "$3"' sh (Join-Path $Kernel 'initrd') (New-Payload $Folder $Definition) $initrd
    $append = $Definition.Contains('Append') ? " $($Definition.Append)" : ''
    $memory = $Definition.Contains('Memory') ? $Definition.Memory : '2560M'
    if ($Definition['Architecture'] -eq 'arm64') {
        $program, $machine, $terminal = 'qemu-system-aarch64', @('-M', 'virt', '-cpu', 'neoverse-n1', '-accel', 'tcg,thread=multi'), 'ttyAMA0'
    }
    else {
        # qemu 7.2 reads the stack of a program that executes iret, as .NET does at times, with the rights of the kernel, which SMAP then refuses.
        $program, $machine, $terminal = 'qemu-system-x86_64', @('-cpu', 'max,smap=off', '-accel', 'tcg,thread=multi'), 'ttyS0'
    }

    # The kernel's guards against other guests cost an emulated processor a quarter of its time.
    $arguments = $machine + @(
        '-m', $memory, '-smp', $Processors, '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot', '-nic', 'none'
        '-kernel', (Join-Path $Kernel 'vmlinuz'), '-initrd', $initrd, '-append', "console=$terminal quiet panic=-1 mitigations=off rdinit=/init$append"
    )
    foreach ($image in $Disk, (Join-Path $Kernel 'modules.ext4'), $Tools) { $arguments += '-drive', "file=$image,format=raw,if=virtio,snapshot=on" }
    if ($OutputPath) {
        $out = Join-Path $Folder 'out'
        truncate -s 64M $out
        $arguments += '-drive', "file=$out,format=raw,if=virtio"
    }

    Read-Row $Definition (@($program) + $arguments) $Folder $Console
}

# The root of another system on this kernel, in a mount and a pid namespace of its own.
function Invoke-Userland {
    param($Definition, [string] $Disk, [string] $Tools, [string] $Folder, [string] $Console)
    $null = New-Payload $Folder $Definition
    $mount = Join-Path $Folder 'mount'
    $null = New-Item -ItemType Directory $mount
    $words = 'unshare', '--mount', '--pid', '--fork', '--kill-child', (Join-Path $PSScriptRoot 'userland'), $Disk, $Tools, (Join-Path $Folder 'tree/matrix'), $mount
    Read-Row $Definition $words $Folder $Console
}

# Starts a program, and gives the lines behind the marks that it writes.
function Read-Row {
    param($Definition, [string[]] $Words, [string] $Folder, [string] $Console)

    # It ends with this session, however that ends.
    $start = [Diagnostics.ProcessStartInfo]::new('setpriv')
    foreach ($argument in '--pdeathsig', 'KILL') { $start.ArgumentList.Add($argument) }
    foreach ($argument in $Words) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $start.Environment['TMPDIR'] = $Folder
    $process = [Diagnostics.Process]::Start($start)
    $limit = [DateTime]::Now.AddMinutes($Definition.Contains('Minutes') ? $Definition.Minutes : 60)
    try {
        $process.StandardInput.Close()
        $line = $process.StandardOutput.ReadLineAsync()
        while ($true) {
            # In short waits, so that Ctrl+C is heard.
            if (-not $line.Wait(200)) {
                if ([DateTime]::Now -gt $limit) { throw 'the machine did not end in time' }
                continue
            }

            $text = $line.Result
            if ($null -eq $text) { break }
            Add-Content $Console $text
            $at = $text.IndexOf('@@{')
            if ($at -ge 0) {
                $row = try { $text.Substring($at + 2) | ConvertFrom-Json -AsHashtable } catch { $null }
                if ($row) { $row }
            }
            elseif ($Script) { Write-Host $text }

            $line = $process.StandardOutput.ReadLineAsync()
        }
    }
    finally {
        if (-not $process.HasExited) { $process.Kill() }
        $process.WaitForExit()
        $process.Dispose()
    }
}

$result = [ordered]@{ cell = $Name; reason = $null; run = $null }
$title = "$Name as $Run"
$folder = Join-Path $Cache "run-$PID-$Name-$Run"
$console = Join-Path $Cache "$Name-$Run.log"
$watch = [Diagnostics.Stopwatch]::StartNew()
try {
    $null = New-Item -ItemType Directory -Force $folder
    Remove-Item $console -ErrorAction Ignore
    Write-Host "$title`: Linux $($Image.Kernel ? (Get-Content (Join-Path $Image.Kernel 'version')) : "$(uname -r), which is here,") starts."
    $ended = $false
    # One by one, as they come: a conditional operator would wait for the last.
    & {
        if ($Image.Kernel) { Invoke-Machine $Definition $Image.Kernel $Image.Disk $Image.Tools $folder $console }
        elseif ($Image.Disk) { Invoke-Userland $Definition $Image.Disk $Image.Tools $folder $console }
        else { & (Join-Path $PSScriptRoot 'Test-Runtime.ps1') $Definition.Framework $folder }
    } | ForEach-Object {
        if ($_.Contains('failed')) { throw $_.failed }
        if ($_.Contains('booted')) { Write-Host "$title`: booted after $([int]$watch.Elapsed.TotalSeconds) s." }
        elseif ($_.Contains('ended')) { $ended = $true }
        elseif ($_.Contains('steps')) {
            $result.run = $_
            $_.rows = [Collections.Generic.List[object]]::new()
        }
        elseif ($_.Contains('name')) {
            if (-not $result.run) { throw $_.detail }
            $rows = $result.run.rows
            $row = [ordered]@{ group = $_.group; name = $_.name; result = $_.result; detail = $_.detail }
            foreach ($key in 'passed', 'tests') { if ($_.Contains($key)) { $row[$key] = $_[$key] } }
            $rows.Add($row)
            Write-Progress "Cell $title" $_.name -Id $Place -PercentComplete ([Math]::Min(100, 100 * $rows.Count / [Math]::Max(1, $result.run.steps)))
            if ($_.result -in 'failed', 'refused') { Write-Host "$title`: $($_.name): $($_.result): $($_.detail)" }
        }
    }

    if ($Script) {
        if (-not $ended) { throw "the machine ended before the script did; its console is $console" }
        if ($OutputPath) {
            $null = New-Item -ItemType Directory -Force $OutputPath
            tar -xf (Join-Path $folder 'out') -C $OutputPath
        }
    }
    else {
        if ($result.run -and $result.run.rows.Count -lt $result.run.steps) { throw "the suite ended early as $Run, after '$($result.run.rows[-1].name)'" }
        if (-not $ended -or -not $result.run) { throw "the machine ended before the suite did; its console is $console" }
        $result.run.seconds = [int]$watch.Elapsed.TotalSeconds
        Write-Host "$title`: $(@($result.run.rows | Where-Object result -eq ok).Count) of $($result.run.steps) steps ok in $($result.run.seconds) s."
    }
}
catch {
    $result.reason = ("$_" -split "`n")[0]
    Write-Host "$title`: $($result.reason)"
}
finally {
    Write-Progress "Cell $title" -Id $Place -Completed
    Remove-Item $folder -Recurse -Force -ErrorAction Ignore
}

$result
