using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>
/// A name file without a net namespace. In another mount namespace a live one may be mounted on the very same file, and the kernel takes that mount
/// away when the file is deleted here. So the other mount namespaces are looked at first.
/// </summary>
internal static class StaleNetNamespace
{
    private const string InUse = "Use it, or remove it, in that mount namespace.";

    /// <summary>Makes sure that the file may be deleted, as far as that can be seen.</summary>
    /// <exception cref="NamespaceException">NetNamespaceBusy: it is in use in another mount namespace.</exception>
    internal static void RequireUnused(string name, CancellationToken cancellation)
    {
        if (FindUse(name, out _, cancellation) is string use)
        {
            throw new NamespaceException("NetNamespaceBusy", use, InUse);
        }
    }

    /// <summary>The error for such a file; its advice names no switch that can do harm.</summary>
    internal static NamespaceException Describe(string name)
    {
        string? use = FindUse(name, out int hidden, CancellationToken.None);
        return new NamespaceException(
            "StaleNetNamespaceFile",
            use ?? $"'{NetNamespaceDirectory.PathOf(SafeText.Escape(name))}' is a plain file without a namespace: something that made a net namespace did not finish, or is about to.",
            use is not null ? InUse
            : hidden == 0 ? "Nothing is mounted on it in any mount namespace: -Force cleans it up."
            : string.Create(CultureInfo.InvariantCulture, $"The mounts of {hidden} other process(es) or mount namespace(s) cannot be seen from here, and one of them may use it. Look as root, in the first mount namespace, before it is cleaned up."));
    }

    private static string? FindUse(string name, out int hidden, CancellationToken cancellation)
    {
        string path = NetNamespaceDirectory.PathOf(name);
        using ProcFileSystem proc = ProcFileSystem.Open();
        using ProcessScan scan = ProcessScan.Run(proc, new InventoryOptions { Types = NamespaceTypeSet.Of(NamespaceType.Mnt), Sources = NamespaceSource.Process }, cancellation);
        List<OtherMountNamespace> others = OtherMountNamespace.ReadAll(proc, scan, new CurrentNamespaces(proc).InodeOf(NamespaceType.Mnt));
        try
        {
            hidden = scan.Problems.Count(problem => problem.Kind is InventoryProblemKind.MountHidden or InventoryProblemKind.ProcessHidden);
            foreach (OtherMountNamespace other in others)
            {
                if (other.Mounts.FirstOrDefault(mount => mount.IsAt(path)) is NamespaceMount mount)
                {
                    string process = other.ProcessId == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" (process {other.ProcessId})");
                    return $"'{SafeText.Escape(path)}' is a plain file here, but {mount.Type.KernelName()}:[{mount.Inode}] is mounted on it in mnt:[{other.Inode}]{process}, and would lose name and mount with the file.";
                }
            }

            return null;
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }
    }
}
