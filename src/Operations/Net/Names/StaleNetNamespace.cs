using System.Threading;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Uses;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>
/// A name file without a net namespace. In another mount namespace a live one may be mounted on the very same file, and the kernel takes that mount
/// away when the file is deleted here. So the other mount namespaces are looked at first.
/// </summary>
internal static class StaleNetNamespace
{
    /// <summary>Makes sure that the file of a name may be deleted, as far as that can be seen.</summary>
    /// <exception cref="NamespaceException">NetNamespaceBusy: it is in use in another mount namespace.</exception>
    internal static void RequireUnused(string name, FileUses uses)
    {
        if (uses.Find(NetNamespaceDirectory.PathOf(name)) is FileUse use)
        {
            throw new NamespaceException(ErrorIds.NetNamespaceBusy, use.ToString(), FileUse.Remedy);
        }
    }

    /// <summary>The error for such a file; its advice names no switch that can do harm.</summary>
    internal static NamespaceException Describe(string name)
    {
        FileUses uses = FileUses.Read(CancellationToken.None);
        FileUse? use = uses.Find(NetNamespaceDirectory.PathOf(name));
        return new NamespaceException(
            ErrorIds.StaleNetNamespaceFile,
            use?.ToString() ?? $"'{NetNamespaceDirectory.PathOf(SafeText.Escape(name))}' is a plain file without a namespace: something that made a net namespace did not finish, or is about to.",
            use is not null ? FileUse.Remedy
            : uses.UnseenText is string hidden ? $"{hidden} One of them may use it. Look as root, in the first mount namespace, before it is cleaned up."
            : "Nothing is mounted on it in any mount namespace: -Force cleans it up.");
    }
}
