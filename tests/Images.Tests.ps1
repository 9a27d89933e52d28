BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Split-Path $ModulePath
    $image = "net$([Environment]::Version.Major).0-$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()

    # A fresh session: what it loads, and how many methods the compiler makes for import and first calls. The engine is the same on every machine.
    function Measure-FirstCall {
        param([string] $Manifest)
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "
            `$env:LINUXNAMESPACES_ENGINE = 'proc'
            `$before = [Runtime.JitInfo]::GetCompiledMethodCount()
            Import-Module '$Manifest'
            `$null = Get-Namespace -ProcessId `$PID
            `$null = Get-Namespace -WarningAction Ignore
            [Runtime.JitInfo]::GetCompiledMethodCount() - `$before
            [LinuxNamespaces.NamespaceInfo].Assembly.Location" | ForEach-Object { $_ }
    }
}

Describe 'Images for runtimes and processors' {
    It 'are there for .NET 10 on x64 and arm64, and for .NET 8 on x64' {
        foreach ($name in 'net8.0-x64', 'net10.0-x64', 'net10.0-arm64') {
            $file = "$folder/bin/$name/LinuxNamespaces.dll"
            $file | Should -Exist -Because './build.sh build makes them; without NuGet it says that it cannot'
            $stream = [IO.File]::OpenRead($file)
            $reader = [System.Reflection.PortableExecutable.PEReader]::new($stream)
            try {
                # A native header is there, and the machine is that of Linux: the number of the processor, marked.
                $reader.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size | Should -BeGreaterThan 0
                $machine = $name -match 'arm64' ? 0xAA64 : 0x8664
                [int]$reader.PEHeaders.CoffHeader.Machine -band 0xffff | Should -Be ($machine -bxor 0x7B79)
            }
            finally {
                $reader.Dispose()
            }
        }
    }

    It 'are the same assembly, compiled from the IL beside them' {
        $own = Join-Path $folder 'bin/LinuxNamespaces.dll'
        foreach ($file in @($own) + (Get-ChildItem "$folder/bin/net*/LinuxNamespaces.dll").FullName) {
            [Reflection.AssemblyName]::GetAssemblyName($file).FullName | Should -Be ([Reflection.AssemblyName]::GetAssemblyName($own).FullName)
            $stream = [IO.File]::OpenRead($file)
            $reader = [System.Reflection.PortableExecutable.PEReader]::new($stream)
            try {
                $metadata = [System.Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($reader)
                $id = $metadata.GetGuid($metadata.GetModuleDefinition().Mvid)
                $first = $first ?? $id
                $id | Should -Be $first
            }
            finally {
                $reader.Dispose()
            }
        }
    }

    It 'are used: import and a first call compile fewer methods than IL needs' {
        $copy = Join-Path $TestDrive 'LinuxNamespaces'
        $null = New-Item -ItemType Directory $copy/bin
        Copy-Item "$folder/LinuxNamespaces.*" $copy
        Copy-Item "$folder/bin/LinuxNamespaces*.dll" $copy/bin
        $il = Measure-FirstCall "$copy/LinuxNamespaces.psd1"
        $il[1] | Should -Be "$copy/bin/LinuxNamespaces.dll" -Because 'a module without images is IL'
        $used = Measure-FirstCall $ModulePath
        $used[1] | Should -Be "$folder/bin/$image/LinuxNamespaces.dll"
        [int]$used[0] | Should -BeLessThan ([int]$il[0])
    }

    It 'leave the module what it was' {
        $module = Get-Module LinuxNamespaces
        $module.ModuleBase | Should -Be $folder
        (Get-Command -Module LinuxNamespaces).Count | Should -Be (Import-PowerShellDataFile $ModulePath).CmdletsToExport.Count
        (Get-Command Get-Namespace).Module.ModuleBase | Should -Be $folder
        $shown = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "
            . ([scriptblock]::Create('using module $ModulePath
            [LinuxNamespaces.NamespaceType]::Net; @(Get-Namespace -ProcessId `$PID).Count; (Get-Module LinuxNamespaces).NestedModules.Count'))"
        $shown | Should -Be 'Net', '8', '2'
    }
}
