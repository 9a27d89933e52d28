<#
.SYNOPSIS
    Boots emulated machines, runs the suite in each, and writes the results into docs/portability.md.
.DESCRIPTION
    A cell is a machine: a kernel, a root file system and what is done before (cells.psd1). Kernels and roots are made once of Debian's
    packages and kept in output/matrix. Each machine runs under qemu without KVM; what it writes to its disks is thrown away. The
    results are kept in results.json, so that a run of some cells leaves the others as they were seen last. Needs root,
    qemu-system-x86, qemu-system-arm for arm64, mmdebstrap, cpio, kmod, e2fsprogs and gcc.
.PARAMETER Cell
    The cells to run, with wildcards and commas between them; all where none is named. 'engines' names all cells with engines.
.PARAMETER Only
    Runs only the steps whose names match this wildcard, and keeps no results.
.PARAMETER Script
    Runs this PowerShell script as root in each machine instead of the suite, and writes what it says. It keeps no results. What the
    script puts into /matrix/out is unpacked into -OutputPath.
.PARAMETER OutputPath
    The folder for the files that -Script brings back.
.PARAMETER List
    Names the cells and what is in each, and boots nothing.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)] [string] $Cell = '*',
    [string] $Only,
    [string] $Script,
    [string] $OutputPath,
    [switch] $List
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$root = Split-Path (Split-Path $PSScriptRoot)
$cache = Join-Path $root 'output/matrix'
$resultPath = Join-Path $PSScriptRoot 'results.json'
$cells = Import-PowerShellDataFile (Join-Path $PSScriptRoot 'cells.psd1')
$images = Import-PowerShellDataFile (Join-Path $PSScriptRoot 'images.psd1')
$order = [regex]::Matches((Get-Content (Join-Path $PSScriptRoot 'cells.psd1') -Raw), "(?m)^    '([^']+)'").ForEach{ $_.Groups[1].Value }
$names = @($order | Where-Object { $name = $_; $Cell -split ',' | Where-Object { $name -like $_ -or $name -like "$_-*" } })
if (-not $names) {
    throw "No cell is named $($Cell -join ', '). There are: $($order -join ', ')."
}

if ($List) {
    foreach ($name in $names) { [pscustomobject]@{ Cell = $name; Kernel = $cells[$name].Contains('Kernel') ? $cells[$name].Kernel[0] : (uname -r); Suite = $cells[$name]['Suite']; Runs = $cells[$name].Runs } }
    return
}

function Get-Architecture {
    param($Definition)
    $Definition.Contains('Architecture') ? $Definition.Architecture : 'amd64'
}

# Only what is missing is made; a folder is complete when it has its last file.
function New-Image {
    param([string] $Task, [string] $Folder, [string] $Last, [string[]] $Arguments)
    if (-not (Test-Path (Join-Path $Folder $Last))) {
        $null = New-Item -ItemType Directory -Force $Folder
        & (Join-Path $PSScriptRoot 'image.sh') $Task @Arguments 2>&1 | ForEach-Object { "$_" } | Tee-Object -Variable said | Where-Object { $_ -match '^image.sh' } | Write-Host
        if ($LASTEXITCODE -ne 0) {
            $reason = @($said | Where-Object { $_ -match '^(image.sh: no |E: )' })[-1]
            Remove-Item $Folder -Recurse -Force -ErrorAction Ignore
            throw ($reason ? $reason -replace '^image.sh: ' : "image.sh $Task ended with $LASTEXITCODE")
        }
    }

    $Folder
}

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

    Copy-Item (Join-Path $PSScriptRoot '*') (Join-Path $tree 'tests/matrix') -Exclude results.json

    if ((Get-Architecture $Definition) -eq 'amd64') { gcc -static -O2 -o (Join-Path $tree 'tests/matrix/killgate') (Join-Path $root 'tests/helpers/killgate.c') }

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
    $lines = @($Definition.Contains('Prepare') ? $Definition.Prepare : '')
    foreach ($run in $Definition.Runs) {
        $as = $run -eq 'user' ? 'setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/tester ' : ''
        $lines += "$with$($as)pwsh -NoProfile -NonInteractive -File /matrix/tests/matrix/$suite -Run $run$($Only ? " -Only '$Only'" : '') </dev/null 2>&1"
    }

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
    if ((Get-Architecture $Definition) -eq 'arm64') {
        $program, $machine, $terminal = 'qemu-system-aarch64', @('-M', 'virt', '-cpu', 'neoverse-n1', '-accel', 'tcg,thread=multi'), 'ttyAMA0'
    }
    else {
        # qemu 7.2 reads the stack of a program that executes iret, as .NET does at times, with the rights of the kernel, which SMAP then refuses.
        $program, $machine, $terminal = 'qemu-system-x86_64', @('-cpu', 'max,smap=off', '-accel', 'tcg,thread=multi'), 'ttyS0'
    }

    # The kernel's guards against other guests cost an emulated processor a quarter of its time.
    # A processor that waits for its turn holds up the other one.
    $isBusy = [double](-split (Get-Content /proc/loadavg))[0] -gt [Environment]::ProcessorCount
    $arguments = $machine + @(
        '-m', $memory, '-smp', ($isBusy ? '1' : '2'), '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot', '-nic', 'none'
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

function Invoke-Cell {
    param([string] $Name)
    $definition = $cells[$Name]
    $result = [ordered]@{ cell = $Name; reason = $null; runs = [ordered]@{} }
    $folder = Join-Path $cache "run-$PID"
    $console = Join-Path $cache "$Name.log"
    try {
        $arch = Get-Architecture $definition
        $kernel = $disk = $tools = $null
        if ($definition.Contains('Kernel')) {
            $version, $suite = $definition.Kernel
            $kernel = New-Image kernel (Join-Path $cache "kernel-$version-$suite-$arch") version $suite, $arch, $version, (Join-Path $cache "kernel-$version-$suite-$arch")
        }

        if ($definition.Contains('Suite')) {
            $packages = @($definition.Contains('Image') ? $images[$definition.Image] : @())
            $disk = Join-Path $cache "root-$($definition.Suite)-$arch$($packages ? '-' + $definition.Image : '')"
            $disk = Join-Path (New-Image root $disk root.ext4 (@($definition.Suite, $arch, $disk) + $packages)) root.ext4
            $tools = & (Join-Path $PSScriptRoot 'Get-Tools.ps1') -Cache $cache -Architecture $arch -MuslSuite ($definition.Contains('Musl') ? $definition.Suite : '')
        }

        $null = New-Item -ItemType Directory -Force $folder
        Remove-Item $console -ErrorAction Ignore
        Write-Host "$Name`: Linux $($kernel ? (Get-Content (Join-Path $kernel 'version')) : "$(uname -r), which is here,") starts."
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $ended = $false
        # One by one, as they come: a conditional operator would wait for the last.
        & {
            if ($kernel) { Invoke-Machine $definition $kernel $disk $tools $folder $console }
            elseif ($disk) { Invoke-Userland $definition $disk $tools $folder $console }
            else { & (Join-Path $PSScriptRoot 'Test-Runtime.ps1') $definition.Framework $folder }
        } | ForEach-Object {
            if ($_.Contains('failed')) { throw $_.failed }
            if ($_.Contains('booted')) { Write-Host "$Name`: booted after $([int]$watch.Elapsed.TotalSeconds) s." }
            elseif ($_.Contains('ended')) { $ended = $true }
            elseif ($_.Contains('steps')) {
                $_.rows = [Collections.Generic.List[object]]::new()
                $result.runs[$_.run] = $_
            }
            elseif ($_.Contains('name')) {
                if (-not $result.runs.Contains($_.run)) { throw $_.detail }
                $run = $result.runs[$_.run]
                $row = [ordered]@{ group = $_.group; name = $_.name; result = $_.result; detail = $_.detail }
                foreach ($key in 'passed', 'tests') { if ($_.Contains($key)) { $row[$key] = $_[$key] } }
                $run.rows.Add($row)
                Write-Progress "Cell $Name" "as $($_.run): $($_.name)" -PercentComplete ([Math]::Min(100, 100 * $run.rows.Count / [Math]::Max(1, $run.steps)))
                if ($_.result -in 'failed', 'refused') { Write-Host "$Name as $($_.run): $($_.name): $($_.result): $($_.detail)" }
            }
        }

        Write-Progress "Cell $Name" -Completed
        if ($Script) {
            if (-not $ended) { throw "the machine ended before the script did; its console is $console" }
            if ($OutputPath) {
                $null = New-Item -ItemType Directory -Force $OutputPath
                tar -xf (Join-Path $folder 'out') -C $OutputPath
            }

            return $result
        }
        foreach ($run in $result.runs.Values) {
            Write-Host "$Name as $($run.run): $(@($run.rows | Where-Object result -eq ok).Count) of $($run.steps) steps ok."
            if ($run.rows.Count -lt $run.steps) { throw "the suite ended early as $($run.run), after '$($run.rows[-1].name)'" }
        }

        if (-not $ended -or $result.runs.Count -lt $definition.Runs.Count) { throw "the machine ended before the suite did; its console is $console" }
        Write-Host "$Name`: took $([int]$watch.Elapsed.TotalSeconds) s."
    }
    catch {
        $result.reason = ("$_" -split "`n")[0]
        Write-Host "$Name`: $($result.reason)"
    }
    finally {
        Remove-Item $folder -Recurse -Force -ErrorAction Ignore
    }

    $result
}

if ((id -u) -ne '0') { throw 'The matrix needs root.' }
$null = New-Item -ItemType Directory -Force $cache

# Of runs that were killed.
Get-ChildItem $cache -Filter 'run-*' | Where-Object { -not (Test-Path "/proc/$($_.Name -replace '^run-')") } | Remove-Item -Recurse -Force
foreach ($name in $names) {
    $seen = Invoke-Cell $name
    if ($Only -or $Script) {
        if ($seen.reason) { exit 1 }
        continue
    }

    # Read anew, for another run may have written meanwhile.
    $results = (Test-Path $resultPath) ? (Get-Content $resultPath -Raw | ConvertFrom-Json -AsHashtable) : @{}
    $results[$name] = $seen
    $kept = [ordered]@{}
    foreach ($key in $order | Where-Object { $results.Contains($_) }) { $kept[$key] = $results[$key] }
    Set-Content "$resultPath.new" ($kept | ConvertTo-Json -Depth 8)
    Move-Item "$resultPath.new" $resultPath -Force
}

if (-not $Only -and -not $Script) { & (Join-Path $PSScriptRoot 'Write-Table.ps1') }
