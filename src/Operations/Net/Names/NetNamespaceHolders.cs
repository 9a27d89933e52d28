using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>Finds the holders of net namespaces that have lost their names.</summary>
internal static class NetNamespaceHolders
{
    /// <summary>Those of the given inodes that can still be found.</summary>
    internal static IReadOnlyList<NamespaceInfo> Find(IReadOnlySet<ulong> inodes, CancellationToken cancellation) =>
        NamespaceInventory.Read(
            new InventoryOptions
            {
                Types = NamespaceTypeSet.Of(NamespaceType.Net),
                Sources = NamespaceSource.All & ~NamespaceSource.Relation,
                Inodes = inodes,
            },
            cancellation).Namespaces;

    /// <summary>By whom, in words.</summary>
    internal static string Describe(NamespaceInfo held)
    {
        List<string> holders = [];
        if (held.ProcessCount > 0)
        {
            holders.Add(string.Create(
                CultureInfo.InvariantCulture, $"{held.ProcessCount} process(es), the first {held.ProcessId} ({held.Command})"));
        }

        if ((held.Sources & NamespaceSource.Thread) != 0)
        {
            holders.Add($"a thread ({held.Path})");
        }

        if ((held.Sources & NamespaceSource.Descriptor) != 0)
        {
            holders.Add($"an open file ({held.Path})");
        }

        if ((held.Sources & NamespaceSource.Socket) != 0)
        {
            holders.Add("a socket");
        }

        if (held.MountPoint is string path)
        {
            holders.Add($"the mount {path.Replace('\n', ' ')}");
        }

        return string.Join(", ", holders);
    }
}
