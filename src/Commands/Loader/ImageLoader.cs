using System;
using System.IO;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace LinuxNamespaces.Commands.Loader;

/// <summary>
/// Loads the module's assembly as it was compiled ahead of time for this runtime and processor. PowerShell then asks for the IL beside, and the runtime gives it
/// what is loaded: both are one assembly, by name and by module version id. Where no image fits, PowerShell loads the IL.
/// </summary>
public sealed class ImageLoader : IModuleAssemblyInitializer
{
    private const string FileName = "LinuxNamespaces.dll";

    /// <summary>Runs while the module is imported, before its own assembly is loaded.</summary>
    public void OnImport()
    {
        string processor = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => "none",
        };
        string image = Path.Combine(Path.GetDirectoryName(typeof(ImageLoader).Assembly.Location)!, $"net{Environment.Version.Major}.0-{processor}", FileName);
        if (File.Exists(image))
        {
            AssemblyLoadContext.Default.LoadFromAssemblyPath(image);
        }
    }
}
