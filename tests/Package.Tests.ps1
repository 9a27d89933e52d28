BeforeAll {
    . $PSScriptRoot/common.ps1

    # The image for this runtime and processor, as the module chooses it.
    $image = "net$([Environment]::Version.Major).0-$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
    if (-not (Test-Path "$(Split-Path $ModulePath)/bin/$image")) { $image = '.' }
    $version = (Import-PowerShellDataFile (Join-Path $ProjectRoot 'LinuxNamespaces.psd1')).ModuleVersion
    $pwsh = [Environment]::ProcessPath
    $files = @(
        "LinuxNamespaces/$version/CHANGELOG.md"
        "LinuxNamespaces/$version/LICENSE"
        "LinuxNamespaces/$version/LinuxNamespaces.format.ps1xml"
        "LinuxNamespaces/$version/LinuxNamespaces.types.ps1xml"
        "LinuxNamespaces/$version/LinuxNamespaces.psd1"
        "LinuxNamespaces/$version/README.md"
        "LinuxNamespaces/$version/assets/map-svg.cjs"
        "LinuxNamespaces/$version/assets/map.html"
        foreach ($name in 'net10.0-arm64', 'net10.0-x64', 'net8.0-x64') { "LinuxNamespaces/$version/bin/$name/LinuxNamespaces.dll" }
        "LinuxNamespaces/$version/bin/LinuxNamespaces.dll"
        "LinuxNamespaces/$version/bin/LinuxNamespaces.Loader.dll"
        "LinuxNamespaces/$version/bin/LinuxNamespaces.Sessions.dll"
        "LinuxNamespaces/$version/bin/LinuxNamespaces.xml"
        "LinuxNamespaces/$version/en-US/LinuxNamespaces.dll-Help.xml"
        "LinuxNamespaces/$version/en-US/about_LinuxNamespaces.help.txt"
        "LinuxNamespaces/$version/icon.png"
    )

    # Packed from what this run tests, into a folder of its own.
    $output = Join-Path $TestDrive 'output'
    $log = & $pwsh -NoProfile -NonInteractive -File $ProjectRoot/build.ps1 Package -OutputPath $output -NoBuild 2>&1
    $zip = Join-Path $output "LinuxNamespaces.$version.zip"
    $nupkg = Join-Path $output "LinuxNamespaces.$version.nupkg"

    # Installed as a user would, from a folder as repository, with a configuration of this test's own.
    $modules = Join-Path $TestDrive 'modules'
    $null = New-Item -ItemType Directory $modules, $TestDrive/feed, $TestDrive/data
    Copy-Item $nupkg $TestDrive/feed -ErrorAction Ignore
    $installed = Join-Path $modules "LinuxNamespaces/$version/LinuxNamespaces.psd1"
    $install = env XDG_DATA_HOME=$TestDrive/data $pwsh -NoProfile -NonInteractive -Command "
        `$ErrorActionPreference = 'Stop'
        Register-PSResourceRepository -Name local -Uri '$TestDrive/feed' -Trusted
        Find-PSResource LinuxNamespaces -Repository local | ForEach-Object { `"`$(`$_.Name) `$(`$_.Version)`" }
        Save-PSResource LinuxNamespaces -Repository local -Path '$modules'" 2>&1
}

Describe 'The package' {
    It 'is made as zip and as nupkg' {
        $zip | Should -Exist -Because "$log"
        $nupkg | Should -Exist -Because "$log"
    }

    It 'holds what it should and nothing else: no dependencies' {
        $archive = [IO.Compression.ZipFile]::OpenRead($zip)
        $entries = $archive.Entries.FullName | Where-Object { $_ -notmatch '/$' }
        $archive.Dispose()
        $entries -replace '\\', '/' | Sort-Object | Should -Be ($files | Sort-Object)
        @($entries -match '\.(dll|so|exe)$').Count | Should -Be 6
        (Get-Item $zip).Length | Should -BeLessThan 6MB
        (Get-Item $nupkg).Length | Should -BeLessThan 6MB
    }

    It 'needs nothing but the framework and PowerShell' {
        foreach ($file in 'LinuxNamespaces.dll', 'LinuxNamespaces.Loader.dll', 'LinuxNamespaces.Sessions.dll') {
            $references = [System.Reflection.Assembly]::LoadFrom((Join-Path (Split-Path $ModulePath) "bin/$file")).GetReferencedAssemblies().Name
            $references | Where-Object { $_ -notmatch '^(System(\..+)?|Microsoft\.Win32\.Primitives|netstandard|LinuxNamespaces)$' } | Should -BeNullOrEmpty
        }

        $data = Import-PowerShellDataFile (Join-Path $ProjectRoot 'LinuxNamespaces.psd1')
        $data.ContainsKey('RequiredModules') | Should -BeFalse
        $data.ContainsKey('RequiredAssemblies') | Should -BeFalse
        $projects = 'src/LinuxNamespaces.csproj', 'src/Commands/Loader/LinuxNamespaces.Loader.csproj', 'src/Commands/Sessions/LinuxNamespaces.Sessions.csproj' | ForEach-Object { [xml](Get-Content "$ProjectRoot/$_" -Raw) }
        $projects.ForEach{ $_.SelectNodes('//PackageReference') } | Where-Object { $_.PrivateAssets -ne 'all' -and $_.GetAttribute('PrivateAssets') -ne 'all' } | Should -BeNullOrEmpty
    }

    It 'is for x64 and arm64: <_>' -Tag T167 -ForEach 'LinuxNamespaces.dll', 'LinuxNamespaces.Loader.dll', 'LinuxNamespaces.Sessions.dll' {
        $stream = [IO.File]::OpenRead((Join-Path (Split-Path $ModulePath) "bin/$_"))
        $reader = [System.Reflection.PortableExecutable.PEReader]::new($stream)
        try {
            $reader.PEHeaders.CorHeader.Flags -band [System.Reflection.PortableExecutable.CorFlags]::ILOnly | Should -Not -Be 0
            $reader.PEHeaders.CorHeader.Flags -band [System.Reflection.PortableExecutable.CorFlags]::Requires32Bit | Should -Be 0
        }
        finally {
            $reader.Dispose()
        }
    }

    It 'tells a repository what it is' {
        $archive = [IO.Compression.ZipFile]::OpenRead($nupkg)
        $reader = [IO.StreamReader]::new(($archive.Entries | Where-Object FullName -Like '*.nuspec').Open())
        $metadata = ([xml]$reader.ReadToEnd()).package.metadata
        $reader.Dispose()
        $archive.Dispose()
        $metadata.id | Should -Be 'LinuxNamespaces'
        $metadata.version | Should -Be $version
        foreach ($field in 'authors', 'description', 'copyright', 'releaseNotes') {
            $metadata.$field | Should -Not -BeNullOrEmpty -Because $field
        }

        'Linux', 'PSModule', 'namespace', 'lsns' | Where-Object { $_ -notin ($metadata.tags -split ' ') } | Should -BeNullOrEmpty
    }

    It 'has a manifest that is in order, and a changelog for its version' {
        (Test-ModuleManifest (Join-Path $output "LinuxNamespaces/$version/LinuxNamespaces.psd1")).Version | Should -Be $version
        (Get-Content $ProjectRoot/CHANGELOG.md) -match "^## \[$([regex]::Escape($version))\] - \d{4}-\d\d-\d\d$" | Should -HaveCount 1
        (Get-Content $ProjectRoot/LICENSE -Raw) | Should -Match 'MIT'
        [Convert]::ToHexString([IO.File]::ReadAllBytes("$ProjectRoot/icon.png")[0..3]) | Should -Be '89504E47'
    }
}

Describe 'The package, installed from a repository' {
    It 'is found and installed' {
        "$install" | Should -Match "LinuxNamespaces $([regex]::Escape($version))"
        $installed | Should -Exist
    }

    It 'is found by its name, with help, in a fresh session' {
        $shown = env PSModulePath=$modules $pwsh -NoProfile -NonInteractive -Command "
            (Get-Command Get-Namespace).Module.ModuleBase
            @(Get-Namespace -ProcessId `$PID).Count
            (Get-Help New-NetNamespace).Synopsis -replace '\s+', ' '
            (Get-Help about_LinuxNamespaces).Length -gt 1000"
        $shown[0] | Should -Be (Split-Path $installed)
        $shown[1] | Should -Be '8'
        $shown[2] | Should -Match 'net namespaces'
        $shown[3] | Should -Be 'True'
    }
}

Describe 'The checkout' {
    It 'is the module itself, once it is built' {
        $shown = & $pwsh -NoProfile -NonInteractive -Command "
            Import-Module '$ProjectRoot/LinuxNamespaces.psd1'
            (Get-Command Get-Namespace).Module.ModuleBase
            [LinuxNamespaces.NamespaceInfo].Assembly.Location
            @(Get-Namespace -ProcessId `$PID).Count"
        $shown | Should -Be $ProjectRoot, "$ProjectRoot/bin/$image/LinuxNamespaces.dll", '8'
    }

    It 'has the very assembly that is tested, be it in a package' {
        $tested = [LinuxNamespaces.NamespaceInfo].Assembly.Location
        $tested | Should -Be (Join-Path (Split-Path $ModulePath) "bin/$image/LinuxNamespaces.dll")
        (Get-Module LinuxNamespaces).ModuleBase | Should -Be (Split-Path $ModulePath)
        (Get-FileHash $tested).Hash | Should -Be (Get-FileHash $ProjectRoot/bin/$image/LinuxNamespaces.dll).Hash
    }
}
