using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;

namespace LinuxNamespaces.Operations.Keep;

/// <summary>The mounts of namespaces in the session's mount namespace, as they were at one moment, to choose from.</summary>
internal sealed class MountSelection
{
    private readonly List<NamespaceMount> _mounts = MountTable.ReadNamespaceMounts();

    /// <summary>The mounts whose paths match; none is fine.</summary>
    internal IEnumerable<NamespaceMount> Matching(Func<string, bool> isMatch) => _mounts.Where(mount => isMatch(mount.DisplayPath));

    /// <summary>The mounts at a path.</summary>
    /// <exception cref="NamespaceException">NamespaceNotMounted.</exception>
    internal IEnumerable<NamespaceMount> At(string path) => Any(
        _mounts.Where(mount => mount.IsAt(path)), $"No namespace is mounted on '{SafeText.Escape(path)}'.", "Get-Namespace -Source Mount lists those that are.");

    /// <summary>The mounts of a namespace.</summary>
    /// <exception cref="NamespaceException">NamespaceNotMounted.</exception>
    internal IEnumerable<NamespaceMount> Of(NamespaceInfo ns) => Any(
        _mounts.Where(mount => mount.Inode == ns.Inode && mount.Type == ns.Type),
        ns.MountNamespace is ulong other ? $"{ns} is mounted in another mount namespace, mnt:[{other}]." : $"{ns} is not mounted.",
        "Get-NamespaceProcess -Holder lists what keeps it.");

    private static NamespaceMount[] Any(IEnumerable<NamespaceMount> mounts, string message, string remedy)
    {
        NamespaceMount[] found = [.. mounts];
        return found.Length > 0 ? found : throw new NamespaceException(ErrorIds.NamespaceNotMounted, message, remedy);
    }
}
