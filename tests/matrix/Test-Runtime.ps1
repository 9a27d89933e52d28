<#
.SYNOPSIS
    Runs the unit tests on another version of .NET, and gives one row for each class of tests.
.DESCRIPTION
    The runtime is the newest of that version that the SDK knows, a package like any other. The tests are built for it in a copy of the
    sources, for they write beside them what belongs to one framework.
.PARAMETER Framework
    The framework, such as net8.0.
.PARAMETER Folder
    The folder for all that this makes.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Framework,
    [Parameter(Mandatory)] [string] $Folder
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$root = Split-Path (Split-Path $PSScriptRoot)
$id = "linux-$("$([Runtime.InteropServices.RuntimeInformation]::OSArchitecture)".ToLowerInvariant())"

# A folder with the runtime alone, and the program that starts it.
$project = Join-Path $Folder 'runtime/Runtime.csproj'
$null = New-Item -ItemType Directory -Force (Split-Path $project)
@"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>$Framework</TargetFramework>
    <RuntimeIdentifier>$id</RuntimeIdentifier>
    <SelfContained>true</SelfContained>
    <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
  </PropertyGroup>
</Project>
"@ | Set-Content $project
$said = dotnet msbuild $project -restore -t:ResolveFrameworkReferences -getItem:ResolvedRuntimePack 2>&1
if ($LASTEXITCODE -ne 0) { throw "no runtime of ${Framework}: $(@($said -match 'error' | Select-Object -First 1))" }
$pack = @(($said | Out-String | ConvertFrom-Json).Items.ResolvedRuntimePack | Where-Object FrameworkName -eq Microsoft.NETCore.App)[0]
$version = $pack.NuGetPackageVersion
$files = Join-Path $pack.PackageDirectory "runtimes/$id"
$dotnet = Join-Path $Folder dotnet
$shared = Join-Path $dotnet "shared/Microsoft.NETCore.App/$version"
$null = New-Item -ItemType Directory -Force $shared, (Join-Path $dotnet "host/fxr/$version")
Copy-Item "$files/lib/net*/*", "$files/native/*" $shared
Copy-Item "$files/native/libhostfxr.so" (Join-Path $dotnet "host/fxr/$version")
Copy-Item (readlink -f (Get-Command dotnet).Source) (Join-Path $dotnet dotnet)

$copy = Join-Path $Folder source
$null = New-Item -ItemType Directory $copy
sh -c 'tar -C "$1" --exclude=./output --exclude=./.git --exclude=./bin --exclude=bin --exclude=obj --exclude=node_modules -cf - . | tar -C "$2" -xf -' sh $root $copy
$tests = Join-Path $copy tests/unit/LinuxNamespaces.UnitTests.csproj
Set-Content $tests ((Get-Content $tests -Raw) -replace '(?<=<TargetFramework>).*(?=</TargetFramework>)', $Framework)
$out = Join-Path $Folder out

# Without roll-forward no other runtime than this one can run them.
$said = env DOTNET_ROLL_FORWARD=LatestPatch dotnet test $tests -c Release -v quiet --nologo --logger 'trx;LogFileName=unit.trx' --results-directory $out -- "RunConfiguration.DotNetHostPath=$dotnet/dotnet" 2>&1
if (-not (Test-Path $out/unit.trx)) { throw "the unit tests did not run: $(@(@(@($said) -match 'error ') + @($said))[0])" }
$run = ([xml](Get-Content $out/unit.trx -Raw)).TestRun
$classes = @{}
foreach ($test in $run.TestDefinitions.UnitTest) { $classes[$test.id] = $test.TestMethod.className -replace '.*\.' }

$groups = @($run.Results.UnitTestResult | Group-Object { $classes[$_.testId] } | Sort-Object Name)
@{
    run = (id -u) -eq '0' ? 'root' : 'user'; machine = (uname -m); kernel = (uname -r); powershell = ''; runtime = $version; tools = ''; user = (id -un); engine = ''; versions = @()
    libc = "$(ldd --version 2>&1 | Select-Object -First 1)" -replace '.*?(\d+\.\d+(\.\d+)?).*', '$1'; steps = $groups.Count
}
foreach ($group in $groups) {
    $failed = @($group.Group | Where-Object outcome -NotIn Passed, NotExecuted)
    $passed = @($group.Group | Where-Object outcome -eq Passed)
    @{
        run = (id -u) -eq '0' ? 'root' : 'user'; group = 'Unit'; name = $group.Name; result = $failed ? 'failed' : 'ok'; detail = @($failed | ForEach-Object testName) -join ', '
        passed = $passed.Count; tests = $passed.Count + $failed.Count
    }
}
@{ ended = $true }
