using System.Globalization;
using System.IO;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>Switches below /proc/sys that explain a refusal.</summary>
internal static class KernelSwitch
{
    /// <summary>AppArmor's, of Ubuntu.</summary>
    internal const string AppArmorRestriction = "kernel/apparmor_restrict_unprivileged_userns";

    /// <summary>The number of a switch; null where this kernel does not have it.</summary>
    internal static long? Read(string root, string name) =>
        long.TryParse(KernelFile.TryRead(Path.Combine(root, name)), NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : null;
}
