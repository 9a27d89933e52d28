<#
.SYNOPSIS
    Builds, tests and packages the module.
.DESCRIPTION
    Build    compiles src into bin.
    Test     runs the unit tests, makes the package, and runs Pester in a child PowerShell against what is in it,
             unpacked into a fresh PSModulePath; pages of the documentation are typed in the checkout. With -Filter
             Pester alone, against the checkout. With the word fast for the filter, the unit tests and the Pester tests tagged Fast,
             against the checkout. $env:LINUXNAMESPACES_MODULE names another manifest to test, $env:LINUXNAMESPACES_JOBS how many
             files run side by side. The last line
             is 'N passed, N failed, N skipped' over all; any failure gives a non-zero exit. All that the tests write lies in a
             folder of their own in the temp folder, which is removed.
    Demo     shows the module's main job on this machine.
    Bench    runs benchmarks/*.ps1 and prints their ratios.
    Docs     makes the help in en-US of docs/*.md, with the hash of each page (needs Microsoft.PowerShell.PlatyPS), and draws the
             diagram of docs/design.md. The results are committed; a test fails when a page is newer than its help.
    Messages prints every error, remedy and warning in the source, with its place. -Filter names files.
    Package  makes output/LinuxNamespaces.<version>.nupkg and .zip.
    Install  makes the package and unpacks it below a folder of $env:PSModulePath: /usr/local/share/powershell/Modules for
             root, ~/.local/share/powershell/Modules for other users. An installed copy of the same version is replaced.
    Assets   builds assets from web: the page of Export-NamespaceMap (needs Node.js and npm). The result is committed.
    Matrix   boots other kernels and processors under qemu, runs tests/matrix in each and writes docs/portability.md. It needs root.
             -Filter names cells. See tests/matrix/Invoke-Matrix.ps1.
    Clean    removes everything built.
.PARAMETER Task
    What to do.
.PARAMETER Filter
    Test and Bench: only the files whose names match this wildcard. Test fast: the tests that take seconds.
    Matrix: only these cells.
.PARAMETER OutputPath
    Package: where to put the nupkg and the zip.
.PARAMETER NoBuild
    Package: takes bin as it is.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Bench', 'Docs', 'Messages', 'Package', 'Install', 'Assets', 'Matrix', 'Clean')]
    [string] $Task = 'Build',

    [Parameter(Position = 1)]
    [string] $Filter = '*',

    # Matrix: more cells.
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $More,

    [string] $OutputPath = (Join-Path $PSScriptRoot 'output'),

    [switch] $NoBuild
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$env:DOTNET_CLI_UI_LANGUAGE = 'en'
$root = $PSScriptRoot
$childPowerShell = $null
$manifest = Join-Path $root 'LinuxNamespaces.psd1'
$output = Join-Path $root 'output'

# No param block: every word is the program's, -c included.
function Invoke-Native {
    $command, $rest = $args
    & $command @rest
    if ($LASTEXITCODE -ne 0) {
        throw "'$args' ended with $LASTEXITCODE."
    }
}

# The tests and the demo run in a PowerShell of their own: a loaded assembly cannot be replaced.
function Invoke-ChildPowerShell {
    param([Parameter(Mandatory)] [string[]] $Arguments)
    $command, $words = Get-ChildCommand $Arguments
    & $command @words
}

function Get-ChildCommand {
    param([Parameter(Mandatory)] [string[]] $Arguments)
    $host_ = $script:childPowerShell ? $script:childPowerShell : [Environment]::ProcessPath
    $host_
    if ((Split-Path $host_ -Leaf) -eq 'dotnet') { [Environment]::GetCommandLineArgs()[0] }
    '-NoProfile'
    '-NonInteractive'
    $Arguments
}

# A module of this PowerShell, or else from the gallery, or from NuGet where a package of it is named, into output/modules; $null
# where none has it. Versions as NuGet writes ranges.
function Resolve-Module {
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [version] $From, [version] $Below, [string] $Package)
    $modules = Join-Path $output 'modules'
    if ($env:PSModulePath -split ':' -notcontains $modules) {
        $env:PSModulePath = "$modules`:$env:PSModulePath"
    }

    $find = { Get-Module -ListAvailable $Name | Where-Object { $_.Version -ge $From -and (-not $Below -or $_.Version -lt $Below) } | Select-Object -First 1 }
    if (-not (& $find)) {
        try {
            $null = New-Item -ItemType Directory -Force $modules
            Save-PSResource $Name -Version "[$From,$Below)" -Path $modules -TrustRepository -ErrorAction Stop *> $null
        }
        catch {
            if ($Package) {
                Save-NuGetModule $Name $Package $modules
            }
        }

        if (-not (& $find)) {
            Write-Warning "$Name $From or newer is not here and could not be fetched: Install-PSResource $Name"
        }
    }

    & $find
}

function Save-NuGetModule {
    param([string] $Name, [string] $Version, [string] $Path)
    $project = Join-Path $output "$Name.csproj"
    $packages = Join-Path $output 'packages'
    @"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="$Name" Version="[$Version]" />
  </ItemGroup>
</Project>
"@ | Set-Content $project
    $null = dotnet restore $project --packages $packages
    if ($LASTEXITCODE -eq 0) {
        Remove-Item (Join-Path $Path $Name) -Recurse -Force -ErrorAction Ignore
        $null = New-Item -ItemType Directory (Join-Path $Path $Name)
        Copy-Item (Join-Path $packages "$($Name.ToLowerInvariant())/$Version/tools") (Join-Path $Path "$Name/$Version") -Recurse
    }
}

# The second assembly is for .NET 10, which an older SDK cannot make: then PSSessions are missing, and New-NamespaceSession says so.
function Invoke-Build {
    $hasSessions = [version]((dotnet --version) -replace '-.*') -ge '10.0'
    Invoke-Native dotnet build (Join-Path $root ($hasSessions ? 'src/Commands/Sessions' : 'src')) -c Release -v quiet
    if (-not $hasSessions) {
        Write-Warning 'This SDK is older than .NET 10: bin/LinuxNamespaces.Sessions.dll was not made, and New-NamespaceSession will not work.'
    }

    # What runs is compiled ahead of time, too. Without it the module is as good, and its first call slower.
    if ($env:LINUXNAMESPACES_IL) {
        return
    }

    $said = dotnet msbuild (Join-Path $root 'src/Images') -restore -t:Images -v:quiet -nologo 2>&1
    if ($LASTEXITCODE -ne 0) {
        Remove-Item (Join-Path $root 'bin/net*') -Recurse -ErrorAction Ignore
        Write-Warning "The module is IL only: its images could not be compiled. $(@($said -match 'error' | Select-Object -First 1))"
    }
}

function Invoke-UnitTest {
    $lines = dotnet test (Join-Path $root 'tests/unit') -c Release 2>&1 | ForEach-Object { Write-Host $_; "$_" }
    $exitCode = $LASTEXITCODE
    $counts = $lines | Select-String 'Failed: +(\d+), Passed: +(\d+), Skipped: +(\d+)' | Select-Object -Last 1
    if (-not $counts) {
        return @{ Passed = 0; Failed = 1; Skipped = 0 }
    }

    $failed, $passed, $skipped = $counts.Matches[0].Groups[1..3].Value | ForEach-Object { [int]$_ }
    @{ Passed = $passed; Failed = [Math]::Max($failed, [int]($exitCode -ne 0)); Skipped = $skipped }
}

function Invoke-PesterTest {
    param([Parameter(Mandatory)] [string] $Folder)
    if (-not (Resolve-Module Pester 5.5 -Below 7.0 -Package 5.9.1)) {
        Write-Host "$(@(Get-ChildItem $root/tests/*.Tests.ps1).Count) Pester files were not run: there is no Pester."
        return @{ Passed = 0; Failed = 0; Skipped = 0 }
    }

    $results = Join-Path $output 'pester'
    Remove-Item $results -Recurse -Force -ErrorAction Ignore
    $null = New-Item -ItemType Directory $results

    # In the temp folder, for tests import it as other users, who may not be let into this checkout.
    if ($Filter -eq '*' -and -not $env:LINUXNAMESPACES_MODULE) {
        $modules = Join-Path $Folder 'tested'
        Expand-Archive (New-PackageZip) $modules
        $env:LINUXNAMESPACES_MODULE = (Get-Item $modules/LinuxNamespaces/*/LinuxNamespaces.psd1).FullName
        $env:PSModulePath = "$modules`:$env:PSModulePath"
    }

    # Files without a fast test would take as long to be read as those with one take to run.
    $isFast = $Filter -eq 'fast'
    $files = @(Get-ChildItem (Join-Path $root 'tests/*.Tests.ps1') | Where-Object {
            $isFast ? (Select-String -Path $_ -Pattern '^Describe .* -Tag Fast\b' -Quiet) : ($_.Name -like $Filter)
        })

    if ($files.Name -contains 'Analysis.Tests.ps1') {
        $null = Resolve-Module PSScriptAnalyzer 1.22
    }

    # The largest first, so that no worker is left alone with a long one at the end.
    ($files | Sort-Object Length -Descending).FullName | Set-Content (Join-Path $results 'files.txt')

    # Some tests compare all links of the machine before and after, so files run one after the other unless more are asked for.
    $jobs = [Math]::Max(1, [Math]::Min($files.Count, [int]$env:LINUXNAMESPACES_JOBS))

    # Not by a pipeline: each writes to this PowerShell's own output and errors, of which a line of error must not end the run.
    $command, $words = Get-ChildCommand (@('-File', (Join-Path $root 'tests/Invoke-Tests.ps1'), '-ResultPath', $results) + @(if ($isFast) { '-Tag', 'Fast' }))
    $workers = @(1..$jobs | ForEach-Object { [Diagnostics.Process]::Start($command, [string[]]$words) })
    try {
        $workers | ForEach-Object { $_.WaitForExit() }
    }
    finally {
        $workers | Where-Object { -not $_.HasExited } | ForEach-Object { $_.Kill() }
    }

    Merge-PesterResult $results $files
}

# What all files gave together, with the skipped, the slowest and the failed tests at the end, where a log that is cut still has them.
function Merge-PesterResult {
    param([Parameter(Mandatory)] [string] $Folder, [Parameter(Mandatory)] [IO.FileInfo[]] $Files)
    $all = foreach ($file in $Files) {
        $result = Join-Path $Folder "$($file.Name).json"
        if (Test-Path $result) {
            Get-Content $result -Raw | ConvertFrom-Json
        }
        else {
            [pscustomobject]@{ Passed = 0; Failed = 1; Skipped = 0; Skips = @(); Slowest = @(); Failures = @("$($file.Name): its PowerShell ended before it did.") }
        }
    }

    foreach ($reason in $all | ForEach-Object { $_.Skips } | Group-Object Reason) {
        Write-Host "Skipped: $($reason.Count) $($reason.Name)"
        $reason.Group | Select-Object -First 5 | ForEach-Object { Write-Host "  $($_.Name)" }
    }

    Write-Host 'Slowest:'
    $all | ForEach-Object { $_.Slowest } | Sort-Object Seconds -Descending | Select-Object -First 15 | ForEach-Object { Write-Host ('{0,6:n1} s  {1}' -f $_.Seconds, $_.Name) }
    $all | ForEach-Object { $_.Failures } | ForEach-Object { Write-Host "Failed: $_" }

    $sum = @{}
    foreach ($key in 'Passed', 'Failed', 'Skipped') {
        $sum[$key] = ($all | ForEach-Object { $_.$key } | Measure-Object -Sum).Sum
    }

    $sum
}

# A folder for what one run of the tests makes, which other users may read and write. They run this PowerShell, too, and the one of the tool
# manifest lies in the checkout, which may be closed to them.
function New-TestFolder {
    $folder = Join-Path ([IO.Path]::GetTempPath()) "lnt$([guid]::NewGuid().ToString('n'))"
    $null = New-Item -ItemType Directory $folder
    Invoke-Native chmod 1777 $folder
    if ([Environment]::UserName -eq 'root' -and (Get-Command setpriv -ErrorAction Ignore)) {
        setpriv --reuid 65534 --regid 65534 --clear-groups test -r $PSHOME/System.Management.Automation.dll
        if ($LASTEXITCODE -ne 0) {
            Invoke-Native cp -R $PSHOME $folder/powershell
            Invoke-Native chmod -R a+rX $folder/powershell
            $script:childPowerShell = Join-Path $folder "powershell/$(Split-Path ([Environment]::ProcessPath) -Leaf)"
        }
    }

    $folder
}

function Invoke-Test {
    $null = New-Item -ItemType Directory -Force $output
    $folder = New-TestFolder
    $kept = @{}
    foreach ($name in 'TMPDIR', 'TMUX_TMPDIR', 'UseSharedCompilation', 'MSBUILDDISABLENODEREUSE', 'DOTNET_CLI_USE_MSBUILD_SERVER') {
        $kept[$name] = [Environment]::GetEnvironmentVariable($name)
    }

    try {
        # The SDK leaves folders behind in the temp folder. Compilers that outlive a build would outlive this one.
        $env:TMPDIR = $folder
        $env:UseSharedCompilation = 'false'
        $env:MSBUILDDISABLENODEREUSE = '1'
        $env:DOTNET_CLI_USE_MSBUILD_SERVER = '0'
        Invoke-Build
        $results = @(if ($Filter -in '*', 'fast') { Invoke-UnitTest })

        # Containers have a temp folder of the usual name, not this one.
        [Environment]::SetEnvironmentVariable('TMPDIR', $kept.TMPDIR)
        $env:TMUX_TMPDIR = $folder
        $results += Invoke-PesterTest $folder
    }
    finally {
        Remove-Item $folder -Recurse -Force -ErrorAction Ignore
        $kept.Keys.ForEach{ [Environment]::SetEnvironmentVariable($_, $kept[$_]) }
    }

    $sum = @{}
    foreach ($key in 'Passed', 'Failed', 'Skipped') {
        $sum[$key] = ($results | ForEach-Object { $_[$key] } | Measure-Object -Sum).Sum
    }

    Write-Host "$($sum.Passed) passed, $($sum.Failed) failed, $($sum.Skipped) skipped"
    if ($sum.Failed) {
        exit 1
    }
}

function Invoke-Demo {
    Invoke-Build
    Invoke-ChildPowerShell '-File', (Join-Path $root 'samples/Demo.ps1')
}

function Invoke-Bench {
    Invoke-Build
    foreach ($file in Get-ChildItem (Join-Path $root 'benchmarks/*.Bench.ps1') | Where-Object Name -Like $Filter) {
        Invoke-ChildPowerShell '-File', $file.FullName
        if ($LASTEXITCODE -ne 0) {
            throw "$($file.Name) failed."
        }
    }

    # What they have compiled, and homes of other users, in folders named for processes that have ended.
    Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'linuxnamespaces-*' -Directory |
        Where-Object { $_.Name -match '-(helpers|home)-\d+$' -and -not (Test-Path "/proc/$($_.Name.Split('-')[-1])") } |
        Remove-Item -Recurse -Force -ErrorAction Ignore
}

function Invoke-Help {
    $pages = @(Get-ChildItem (Join-Path $root 'docs/*-*.md') | Sort-Object Name)
    if (-not (Resolve-Module Microsoft.PowerShell.PlatyPS 1.0)) {
        throw 'The help in en-US is made by Microsoft.PowerShell.PlatyPS 1.0 or newer, which is not here and could not be fetched.'
    }

    $null = New-Item -ItemType Directory -Force $output
    $made = Import-MarkdownCommandHelp -Path $pages.FullName | Export-MamlCommandHelp -OutputFolder (Join-Path $output 'help') -Force

    # Each run would give the elements other numbers of spaces and line ends; a diff is to show what a page changed.
    $text = (Get-Content $made.FullName -Raw) -replace "`r`n", "`n" -replace '(?m)[ \t]+$'
    . $root/tests/prose.ps1
    Set-Content (Join-Path $root 'en-US/LinuxNamespaces.dll-Help.xml') (Join-HelpLine $text.TrimEnd())
    Set-Content (Join-Path $root 'en-US/pages.sha256') $pages.ForEach{ "$((Get-FileHash $_.FullName).Hash.ToLowerInvariant())  docs/$($_.Name)" }
    Remove-Item (Join-Path $output 'help') -Recurse -Force
    Write-Host "Made the help of $($pages.Count) pages."
}

# Tests that compare a drawing with its source write the drawing here: the diagram of the rooms, the ids of errors in about topic and pages.
function Invoke-Doc {
    $env:LINUXNAMESPACES_DRAW = 1
    try {
        Invoke-Native dotnet test (Join-Path $root 'tests/unit') -c Release -v quiet --filter 'The_diagram_is_drawn_from_the_table|The_about_topic_has_the_catalogue|Every_page_lists_the_ids'
    }
    finally {
        $env:LINUXNAMESPACES_DRAW = $null
    }

    Invoke-Help
}

# The sentences that users may see, in the order of the files.
function Invoke-Message {
    $ProjectRoot = $root
    . $root/tests/prose.ps1
    foreach ($file in Get-Sentence | Where-Object { $_.Kind -eq 'message' -and ($Filter -eq '*' -or $_.File -like "*$Filter") } | Group-Object File) {
        Write-Host "`n$($file.Name)"
        foreach ($message in $file.Group) { Write-Host ('{0,5}  {1}' -f $message.Line, $message.Text) }
    }
}

# The layout a PowerShell repository wants: a folder of the module's name, one of its version below.
function New-PackageZip {
    $version = (Import-PowerShellDataFile $manifest).ModuleVersion
    $folder = Join-Path $OutputPath "LinuxNamespaces/$version"
    Remove-Item (Join-Path $OutputPath 'LinuxNamespaces') -Recurse -Force -ErrorAction Ignore
    $null = New-Item -ItemType Directory -Force (Join-Path $folder 'bin'), (Join-Path $folder 'en-US'), (Join-Path $folder 'assets')
    Copy-Item $manifest, "$root/LinuxNamespaces.format.ps1xml", "$root/LinuxNamespaces.types.ps1xml", "$root/LICENSE", "$root/README.md", "$root/CHANGELOG.md", "$root/icon.png" $folder
    Copy-Item "$root/bin/LinuxNamespaces*.dll", "$root/bin/LinuxNamespaces.xml" (Join-Path $folder 'bin')
    Copy-Item "$root/bin/net*" (Join-Path $folder 'bin') -Recurse
    Copy-Item "$root/assets/*" (Join-Path $folder 'assets')
    Copy-Item "$root/en-US/*.help.txt", "$root/en-US/*-Help.xml" (Join-Path $folder 'en-US')
    Compress-Archive (Join-Path $OutputPath 'LinuxNamespaces') (Join-Path $OutputPath "LinuxNamespaces.$version.zip") -Force -PassThru
}

function Invoke-Package {
    if (-not $NoBuild) {
        Invoke-Build
    }

    $zip = New-PackageZip
    $folder = Get-Item (Join-Path $OutputPath 'LinuxNamespaces/*')
    if (-not (Get-Command Compress-PSResource -ErrorAction Ignore)) {
        throw 'The zip is made; the nupkg needs Microsoft.PowerShell.PSResourceGet 1.1 or newer, which PowerShell 7.5 and newer bring along.'
    }

    $nupkg = Join-Path $OutputPath "LinuxNamespaces.$($folder.Name).nupkg"
    Remove-Item $nupkg -ErrorAction Ignore
    Compress-PSResource -Path $folder.FullName -DestinationPath $OutputPath
    $zip, (Get-Item $nupkg)
}

function Invoke-Install {
    Invoke-Build
    $version = (Import-PowerShellDataFile $manifest).ModuleVersion
    $modules = if ([Environment]::UserName -eq 'root') { '/usr/local/share/powershell/Modules' }
    else { Join-Path ([Environment]::GetFolderPath('LocalApplicationData', 'DoNotVerify')) 'powershell/Modules' }
    $zip = New-PackageZip
    $null = New-Item -ItemType Directory -Force $modules

    # Unpacked beside and moved: a session that imports the module meanwhile finds the old copy or the new one.
    $new = Join-Path $modules ".LinuxNamespaces.$PID"
    $target = Join-Path $modules "LinuxNamespaces/$version"
    try {
        Expand-Archive $zip $new
        $null = New-Item -ItemType Directory -Force (Split-Path $target)
        if (Test-Path $target) { Move-Item $target (Join-Path $new 'old') }
        Move-Item (Join-Path $new "LinuxNamespaces/$version") $target
    }
    finally {
        Remove-Item $new -Recurse -Force -ErrorAction Ignore
    }

    Write-Host "Installed LinuxNamespaces $version in $target."
    if ($env:PSModulePath -split ':' -notcontains $modules) {
        Write-Warning "$modules is not in PSModulePath: import the module by its path."
    }
}

# A machine without npm builds the module all the same: what this makes is committed, and a test builds it again and compares.
function Invoke-Asset {
    Invoke-Native npm ci --prefix (Join-Path $root 'web') --ignore-scripts
    Invoke-Native node (Join-Path $root 'web/build.mjs')
}

function Invoke-Matrix {
    Invoke-Build
    Invoke-ChildPowerShell (@('-File', (Join-Path $root 'tests/matrix/Invoke-Matrix.ps1'), ((@($Filter) + $More | Where-Object { $_ }) -join ',')))
    if ($LASTEXITCODE -ne 0) {
        exit $LASTEXITCODE
    }
}

function Invoke-Clean {
    foreach ($path in 'bin', 'output', 'src/obj', 'src/Commands/Sessions/obj', 'tests/unit/bin', 'tests/unit/obj', 'samples/Tour/bin', 'samples/Tour/obj', 'web/node_modules', 'src/Images/obj', 'src/Commands/Loader/obj') {
        Remove-Item (Join-Path $root $path) -Recurse -Force -ErrorAction Ignore
    }
}

# Functions have singular nouns.
& "Invoke-$($Task -replace 's$')"
