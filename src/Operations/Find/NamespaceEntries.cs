using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Find;

/// <summary>The namespaces of one inventory by inode: one number space for all types.</summary>
internal sealed class NamespaceEntries
{
    private readonly Dictionary<ulong, NamespaceEntry> _byInode = [];

    internal IReadOnlyCollection<NamespaceEntry> All => _byInode.Values;

    internal NamespaceEntry? Find(ulong inode) => _byInode.GetValueOrDefault(inode);

    internal NamespaceEntry GetOrAdd(NamespaceType type, ulong inode)
    {
        if (!_byInode.TryGetValue(inode, out NamespaceEntry? entry))
        {
            entry = new NamespaceEntry(type, inode);
            _byInode.Add(inode, entry);
        }

        return entry;
    }
}
