<#
.SYNOPSIS
    Makes the disk with PowerShell for arm64: this PowerShell's own assemblies, which are for every processor, on the runtime that NuGet has
    for arm64, and the program 'pwsh' that the SDK would make.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $Cache)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$runtime = "$([Environment]::Version)"
$folder = Join-Path $Cache "tools-$($PSVersionTable.PSVersion)-$runtime-arm64"
$disk = Join-Path $folder tools.ext4
if (Test-Path $disk) { return $disk }

# Restored as any project's packages are.
$packages = Join-Path $folder packages
$tree = Join-Path $folder tree
$null = New-Item -ItemType Directory -Force $folder, (Join-Path $tree dotnet/shared/Microsoft.NETCore.App)
$project = Join-Path $folder Tools.csproj
@"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net$([Environment]::Version.Major).0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Microsoft.NETCore.App.Runtime.linux-arm64" Version="[$runtime]" />
    <PackageDownload Include="Microsoft.NETCore.App.Host.linux-arm64" Version="[$runtime]" />
  </ItemGroup>
</Project>
"@ | Set-Content $project
$said = dotnet restore $project --packages $packages 2>&1
if ($LASTEXITCODE -ne 0) { throw "no .NET $runtime for arm64: $(@($said -match 'error' | Select-Object -First 1))" }

$pack = Join-Path $packages "microsoft.netcore.app.runtime.linux-arm64/$runtime/runtimes/linux-arm64"
$shared = Join-Path $tree "dotnet/shared/Microsoft.NETCore.App/$runtime"
$null = New-Item -ItemType Directory -Force $shared, (Join-Path $tree "dotnet/host/fxr/$runtime")
Copy-Item "$pack/lib/net*/*", "$pack/native/*" $shared
Copy-Item "$pack/native/libhostfxr.so" (Join-Path $tree "dotnet/host/fxr/$runtime")
Copy-Item $PSHOME (Join-Path $tree pwsh) -Recurse

# A program of the SDK has room for the name of its assembly, filled with this.
$placeholder = 'c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2'
$bytes = [IO.File]::ReadAllBytes((Join-Path $packages "microsoft.netcore.app.host.linux-arm64/$runtime/runtimes/linux-arm64/native/apphost"))
$at = [Text.Encoding]::Latin1.GetString($bytes).IndexOf($placeholder, [StringComparison]::Ordinal)
if ($at -lt 0) { throw 'the apphost has no place for a name' }
$name = [Text.Encoding]::ASCII.GetBytes('pwsh.dll')
[Array]::Clear($bytes, $at, $placeholder.Length)
[Array]::Copy($name, 0, $bytes, $at, $name.Length)
[IO.File]::WriteAllBytes((Join-Path $tree pwsh/pwsh), $bytes)
chmod -R 'a+rX' $tree
chmod a+x (Join-Path $tree pwsh/pwsh)
$null = & (Join-Path $PSScriptRoot image.sh) disk $tree $disk
Remove-Item $tree, $packages, (Join-Path $folder obj) -Recurse -Force -ErrorAction Ignore
$disk
