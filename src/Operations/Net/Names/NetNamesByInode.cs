using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>The names of net namespaces in /run/netns by what is behind them, read when first asked for.</summary>
internal sealed class NetNamesByInode
{
    private Dictionary<ulong, string>? _names;

    /// <summary>The first name of an open net namespace; null for one without.</summary>
    internal string? Find(NamespaceHandle handle) => Find(handle.Inode);

    /// <summary>The first name behind which a net namespace with this inode was found; null for none.</summary>
    internal string? Find(ulong inode)
    {
        _names ??= Read();
        return _names.GetValueOrDefault(inode);
    }

    private static Dictionary<ulong, string> Read()
    {
        Dictionary<ulong, string> names = [];
        try
        {
            foreach (string name in NetNamespaceDirectory.ReadNames())
            {
                if (NetNamespaceList.TryIdentify(name, out NamespaceIdentity identity))
                {
                    names.TryAdd(identity.Inode, name);
                }
            }
        }
        catch (LinuxException)
        {
            // Names are for people; a namespace is shown without one where they may not be read.
            return names;
        }

        return names;
    }
}
