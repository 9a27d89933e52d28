<#
.SYNOPSIS
    Makes the disk with PowerShell for a processor, and gives its path.
.DESCRIPTION
    PowerShell's own assemblies are for every processor. Its runtime is the one here, or for another processor NuGet's of the same version
    with the program 'pwsh' that the SDK would make. What starts with PowerShell is compiled ahead of time: as a tool of .NET it comes
    without machine code, and an emulated machine needs 15 seconds to compile what a start takes. With a suite of Debian, PowerShell is for
    the musl of that suite, which is on the disk too.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Cache,
    [Parameter(Mandatory)] [ValidateSet('amd64', 'arm64')] [string] $Architecture,
    [string] $MuslSuite
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$runtime = "$([Environment]::Version)"
$here = "$([Runtime.InteropServices.RuntimeInformation]::OSArchitecture)".ToLowerInvariant()
$arch = $Architecture -eq 'amd64' ? 'x64' : $Architecture
$id = $MuslSuite ? "linux-musl-$arch" : "linux-$arch"
$folder = Join-Path $Cache "tools-$($PSVersionTable.PSVersion)-$runtime-$Architecture$($MuslSuite ? "-musl-$MuslSuite" : '')"
$disk = Join-Path $folder tools.ext4
if (Test-Path $disk) { return $disk }

$tree = Join-Path $folder tree
$home_ = Join-Path $tree pwsh
$packages = Join-Path $folder packages
Remove-Item $tree -Recurse -Force -ErrorAction Ignore
$null = New-Item -ItemType Directory -Force $folder, (Join-Path $tree dotnet/shared/Microsoft.NETCore.App)

# Restored as any project's packages are.
function Get-Package {
    param([string[]] $Name)
    $project = Join-Path $folder Tools.csproj
    @"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net$([Environment]::Version.Major).0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup>
    $($Name.ForEach{ "<PackageDownload Include=""$_"" Version=""[$runtime]"" />" })
  </ItemGroup>
</Project>
"@ | Set-Content $project
    $said = dotnet restore $project --packages $packages 2>&1
    if ($LASTEXITCODE -ne 0) { throw "no $($Name -join ', ') $($runtime): $(@($said -match 'error' | Select-Object -First 1))" }
}

# A program of the SDK has room for the name of its assembly, filled with this.
function Write-Program {
    param([string] $AppHost)
    $placeholder = 'c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2'
    $bytes = [IO.File]::ReadAllBytes($AppHost)
    $at = [Text.Encoding]::Latin1.GetString($bytes).IndexOf($placeholder, [StringComparison]::Ordinal)
    if ($at -lt 0) { throw 'the apphost has no place for a name' }
    $name = [Text.Encoding]::ASCII.GetBytes('pwsh.dll')
    [Array]::Clear($bytes, $at, $placeholder.Length)
    [Array]::Copy($name, 0, $bytes, $at, $name.Length)
    [IO.File]::WriteAllBytes((Join-Path $home_ pwsh), $bytes)
}

Copy-Item $PSHOME $home_ -Recurse
$crossgen = "Microsoft.NETCore.App.Crossgen2.linux-$here"
if ($id -ne "linux-$here") {
    Get-Package "Microsoft.NETCore.App.Runtime.$id", "Microsoft.NETCore.App.Host.$id", $crossgen
    $pack = Join-Path $packages "microsoft.netcore.app.runtime.$id/$runtime/runtimes/$id"
    $shared = Join-Path $tree "dotnet/shared/Microsoft.NETCore.App/$runtime"
    $null = New-Item -ItemType Directory -Force $shared, (Join-Path $tree "dotnet/host/fxr/$runtime")
    Copy-Item "$pack/lib/net*/*", "$pack/native/*" $shared
    Copy-Item "$pack/native/libhostfxr.so" (Join-Path $tree "dotnet/host/fxr/$runtime")
    Write-Program (Join-Path $packages "microsoft.netcore.app.host.$id/$runtime/runtimes/$id/native/apphost")
}
elseif (Test-Path (Join-Path $PSHOME libhostpolicy.so)) {
    # An archive of PowerShell has the runtime in it, and machine code in its assemblies.
    $shared = $null
}
else {
    Get-Package $crossgen
    $shared = [Runtime.InteropServices.RuntimeEnvironment]::GetRuntimeDirectory().TrimEnd('/')
    Copy-Item (Join-Path (Split-Path (Split-Path (Split-Path $shared))) host) (Join-Path $tree dotnet) -Recurse
    Copy-Item $shared (Join-Path $tree dotnet/shared/Microsoft.NETCore.App) -Recurse
}

if ($shared) {
    $compiler = Join-Path $packages "$($crossgen.ToLowerInvariant())/$runtime/tools/crossgen2"
    chmod +x $compiler
    $names = 'pwsh', 'System.Management.Automation', 'Microsoft.PowerShell.ConsoleHost', 'Microsoft.PowerShell.Commands.Management', 'Microsoft.PowerShell.Commands.Utility', 'Microsoft.PowerShell.Security', 'Newtonsoft.Json', 'Microsoft.ApplicationInsights', 'Microsoft.PowerShell.MarkdownRender'
    foreach ($name in $names) {
        $said = & $compiler "$PSHOME/$name.dll" -o "$home_/$name.dll" -r "$shared/*.dll" -r "$PSHOME/*.dll" -r "$PSHOME/runtimes/unix/lib/netstandard1.6/*.dll" --targetos linux --targetarch $arch -O 2>&1
        if ($LASTEXITCODE -ne 0) { throw "crossgen2 could not compile ${name}: $(@($said)[-1])" }
    }
}

if ($MuslSuite) {
    if (-not (Test-Path (Join-Path $home_ "runtimes/$id/native/libpsl-native.so"))) { throw "this PowerShell has no libpsl-native.so for $id" }
    $null = & (Join-Path $PSScriptRoot image.sh) musl $MuslSuite (Join-Path $tree musl)
    if ($LASTEXITCODE -ne 0) { throw "image.sh could not make musl of $MuslSuite" }
}

chmod -R 'a+rX' $tree
chmod a+x (Join-Path $home_ pwsh)
$null = & (Join-Path $PSScriptRoot image.sh) disk $tree $disk
if ($LASTEXITCODE -ne 0) { throw 'image.sh could not make the disk with PowerShell' }
Remove-Item $tree, $packages, (Join-Path $folder obj) -Recurse -Force -ErrorAction Ignore
$disk
