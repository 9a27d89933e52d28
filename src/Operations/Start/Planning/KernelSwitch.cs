using System;
using System.Globalization;
using System.IO;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>Switches below /proc/sys that explain a refusal.</summary>
internal static class KernelSwitch
{
    /// <summary>AppArmor's, of Ubuntu.</summary>
    internal const string AppArmorRestriction = "kernel/apparmor_restrict_unprivileged_userns";

    /// <summary>The number of a switch; null where this kernel does not have it.</summary>
    internal static long? Read(string root, string name)
    {
        try
        {
            return long.Parse(File.ReadAllText(Path.Combine(root, name)), CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return null;
        }
    }
}
