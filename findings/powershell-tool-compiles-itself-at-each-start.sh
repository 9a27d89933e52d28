#!/bin/sh
# PowerShell as a .NET tool has no machine code in its assemblies, so each start compiles some 5,000 methods.
#
# Version:     PowerShell 7.6.9 (NuGet tool package PowerShell), crossgen2 10.0.12.
# Expectation: the assemblies are compiled ahead of time (ReadyToRun), as those of PowerShell's archives and packages are and those of
#              the .NET runtime, and a start compiles a few hundred methods.
# Behaviour:   the package has plain IL. A start that runs one command compiles more than 3,000 methods. With nine of its assemblies
#              compiled by crossgen2 it compiles less than 1,000, and takes a third of the processor time. An emulated machine needs 17 s
#              for a start, and 8 s after that.
# Needs:       an x86-64 Debian system and the .NET SDK 10 with runtime 10.0.12.

. "$(dirname "$0")/common.sh"
need dotnet
powershell 7.6.9
echo "PowerShell $(pwsh -NoProfile -Command '"$($PSVersionTable.PSVersion) on .NET $([Environment]::Version)"')"

mkdir "$work/crossgen"
cat >"$work/crossgen/crossgen.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Microsoft.NETCore.App.Crossgen2.linux-x64" Version="[10.0.12]" />
  </ItemGroup>
</Project>
XML
dotnet restore "$work/crossgen/crossgen.csproj" --packages "$work/packages" >"$work/restore.log" 2>&1 || fail 'crossgen2 was not downloaded'
crossgen=$work/packages/microsoft.netcore.app.crossgen2.linux-x64/10.0.12/tools/crossgen2
chmod +x "$crossgen"

# compiled FOLDER: whether a start of the PowerShell there compiles more than 3,000 methods, less than 1,000, or something between.
compiled() {
    dotnet "$1/pwsh.dll" -NoProfile -Command '$n = [Runtime.JitInfo]::GetCompiledMethodCount($false); $n -gt 3000 ? "more than 3,000" : $n -lt 1000 ? "less than 1,000" : "$n"'
}

home=$(pwsh -NoProfile -Command '$PSHOME')
runtime=$(pwsh -NoProfile -Command '[Runtime.InteropServices.RuntimeEnvironment]::GetRuntimeDirectory()')
expect 'methods compiled by a start' 'more than 3,000' "$(compiled "$home")"

cp -R "$home" "$work/image"
for name in pwsh System.Management.Automation Microsoft.PowerShell.ConsoleHost Microsoft.PowerShell.Commands.Management \
    Microsoft.PowerShell.Commands.Utility Microsoft.PowerShell.Security Newtonsoft.Json Microsoft.ApplicationInsights Microsoft.PowerShell.MarkdownRender; do
    "$crossgen" "$home/$name.dll" -o "$work/image/$name.dll" -r "$runtime/*.dll" -r "$home/*.dll" -r "$home/runtimes/unix/lib/netstandard1.6/*.dll" \
        --targetos linux --targetarch x64 -O >"$work/crossgen.log" 2>&1 || fail "$name was not compiled"
done
expect 'after compilation ahead of time' 'less than 1,000' "$(compiled "$work/image")"
