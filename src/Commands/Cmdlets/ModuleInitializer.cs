using System;
using System.Management.Automation;
using System.Runtime.InteropServices;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Commands;

/// <summary>Refuses the import where there are no Linux namespaces to speak of.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>Runs while the module is imported.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not a 64-bit Linux.</exception>
    public void OnImport() => RequirePlatform(OperatingSystem.IsLinux(), Environment.Is64BitProcess, RuntimeInformation.OSDescription);

    /// <summary>Runs while the module is removed.</summary>
    /// <param name="psModuleInfo">This module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        InnerPowerShellPool.Clear();
        NamespaceInventory.Close();
    }

    internal static void RequirePlatform(bool isLinux, bool is64Bit, string system)
    {
        if (!isLinux || !is64Bit)
        {
            throw new PlatformNotSupportedException($"LinuxNamespaces needs a 64-bit Linux; this is {system}.");
        }
    }
}
