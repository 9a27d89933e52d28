<#
.SYNOPSIS
    Boots emulated machines, runs the suite in each, and writes the results into docs/portability.md.
.DESCRIPTION
    A cell is a machine: a kernel, a root file system and what is done before (cells.psd1). Kernels and roots are made once of Debian's
    packages and kept in output/matrix. Each machine runs under qemu without KVM; what it writes to its disks is thrown away. The
    results are kept in results.json, so that a run of some cells leaves the others as they were seen last. A cell has a machine for each
    user as whom the suite runs. As many run at once as there are processors and memory for, those first that took longest. Needs root, qemu-system-x86, qemu-system-arm for arm64, mmdebstrap,
    cpio, kmod, e2fsprogs and gcc.
.PARAMETER Cell
    The cells to run, with wildcards and commas between them; all where none is named. 'engines' names all cells with engines, 'kernels'
    those that are called by their kernel.
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
$names = @($order | Where-Object {
        $name = $_
        $Cell -split ',' | Where-Object { $name -like $_ -or $name -like "$_-*" -or ($_ -eq 'kernels' -and $name -match '^\d+\.\d+$') }
    })
if (-not $names) {
    throw "No cell is named $($Cell -join ', '). There are: $($order -join ', ')."
}

if ($List) {
    foreach ($name in $names) { [pscustomobject]@{ Cell = $name; Kernel = $cells[$name].Contains('Kernel') ? $cells[$name].Kernel[0] : (uname -r); Suite = $cells[$name]['Suite']; Runs = $cells[$name].Runs } }
    return
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

# What the machine of a cell is made of.
function Get-Image {
    param([string] $Name)
    $definition = $cells[$Name]
    $arch = $definition.Contains('Architecture') ? $definition.Architecture : 'amd64'
    $image = @{ Kernel = $null; Disk = $null; Tools = $null }
    if ($definition.Contains('Kernel')) {
        $version, $suite = $definition.Kernel
        $folder = Join-Path $cache "kernel-$version-$suite-$arch"
        $image.Kernel = New-Image kernel $folder version $suite, $arch, $version, $folder
    }

    if ($definition.Contains('Suite')) {
        $packages = @($definition.Contains('Image') ? $images[$definition.Image] : @())
        $folder = Join-Path $cache "root-$($definition.Suite)-$arch$($packages ? '-' + $definition.Image : '')"
        $image.Disk = Join-Path (New-Image root $folder root.ext4 (@($definition.Suite, $arch, $folder) + $packages)) root.ext4
        $image.Tools = & (Join-Path $PSScriptRoot 'Get-Tools.ps1') -Cache $cache -Architecture $arch -MuslSuite ($definition.Contains('Musl') ? $definition.Suite : '')
    }

    $image
}

# Read anew, for another run may have written meanwhile.
function Get-Result { (Test-Path $resultPath) ? (Get-Content $resultPath -Raw | ConvertFrom-Json -AsHashtable) : @{} }

function Save-Result {
    param([string] $Name, [object[]] $Seen)
    $result = [ordered]@{ cell = $Name; reason = $Seen.reason | Where-Object { $_ } | Select-Object -First 1; runs = [ordered]@{} }
    foreach ($run in $Seen.run | Where-Object { $_ } | Sort-Object { $cells[$Name].Runs.IndexOf($_.run) }) { $result.runs[$run.run] = $run }
    $results = Get-Result
    $results[$Name] = $result
    $kept = [ordered]@{}
    foreach ($key in $order | Where-Object { $results.Contains($_) }) { $kept[$key] = $results[$key] }
    Set-Content "$resultPath.new" ($kept | ConvertTo-Json -Depth 8)
    Move-Item "$resultPath.new" $resultPath -Force
}

if ((id -u) -ne '0') { throw 'The matrix needs root.' }
$null = New-Item -ItemType Directory -Force $cache

# Of runs that were killed.
Get-ChildItem $cache -Filter 'run-*' | Where-Object { -not (Test-Path "/proc/$(($_.Name -split '-')[1])") } | Remove-Item -Recurse -Force
$keeps = -not $Only -and -not $Script
$watch = [Diagnostics.Stopwatch]::StartNew()
$before = Get-Result
$work = foreach ($name in $names) {
    try { $image = Get-Image $name }
    catch {
        $reason = ("$_" -split "`n")[0]
        Write-Host "$name`: $reason"
        if (-not $keeps) { exit 1 }
        Save-Result $name @{ reason = $reason; run = $null }
        continue
    }

    foreach ($run in $Script ? 'root' : $cells[$name].Runs) {
        @{ Name = $name; Run = $run; Definition = $cells[$name]; Image = $image; Seconds = $before[$name]?['runs']?[$run]?['seconds'] ?? [int]::MaxValue }
    }
}

# A machine with its translated code and what it writes to its disks needs up to 4 GB.
$free = 1KB * [long](-split ((Get-Content /proc/meminfo) -match '^MemAvailable'))[1]
$places = [int][Math]::Max(1, [Math]::Min([Environment]::ProcessorCount, [Math]::Floor($free / 4GB)))

# Two processors for a machine where no other one wants them; one that waits for its turn would hold up the other one.
$isBusy = [double](-split (Get-Content /proc/loadavg))[0] -gt [Environment]::ProcessorCount
$work = @($work | Sort-Object { $_.Seconds } -Descending -Stable)
for ($i = 0; $i -lt $work.Count; $i++) {
    $work[$i].Place = $i + 1
    $work[$i].Processors = -not $isBusy -and [Environment]::ProcessorCount -ge 2 * [Math]::Min($places, $work.Count - $i) ? 2 : 1
    $work[$i] += @{ Cache = $cache; Only = $Only; Script = $Script; OutputPath = $OutputPath }
    $work[$i].Remove('Seconds')
}

$failed = $false
$seen = @{}
$runner = Join-Path $PSScriptRoot 'Invoke-Cell.ps1'
try {
    $work | ForEach-Object -ThrottleLimit $places -Parallel {
        $arguments = $_
        & $using:runner @arguments
    } | ForEach-Object {
        if ($_.reason) { $failed = $true }
        $seen[$_.cell] += , $_
        if ($keeps -and $seen[$_.cell].Count -eq $cells[$_.cell].Runs.Count) { Save-Result $_.cell $seen[$_.cell] }
    }
}
finally {
    # Ctrl+C does not wait for what each one removes.
    Remove-Item (Join-Path $cache "run-$PID-*") -Recurse -Force -ErrorAction Ignore
}

Write-Host "All took $([int]$watch.Elapsed.TotalSeconds) s."
if ($keeps) { & (Join-Path $PSScriptRoot 'Write-Table.ps1') }
elseif ($failed) { exit 1 }
