using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>The ids one net namespace has for others.</summary>
internal sealed class NetNsIds : IDisposable
{
    private readonly NetlinkSocket? _socket;

    /// <summary>As the calling thread's net namespace sees it; without rtnetlink there are none.</summary>
    internal NetNsIds()
    {
        try
        {
            _socket = NetlinkSocket.Open();
        }
        catch (LinuxException)
        {
            _socket = null;
        }
    }

    /// <summary>As the namespace of the socket sees it, which passes to this object.</summary>
    internal NetNsIds(NetlinkSocket socket) => _socket = socket;

    /// <summary>The id of an open namespace; null where it has none or the kernel knows of none (Linux 4.0).</summary>
    internal int? Find(NamespaceHandle target)
    {
        try
        {
            return _socket?.Get(NetNsIdMessage.Get(target), "nsid", NetNsIdMessage.Parse)?.Id;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>All ids there are, in order, whether or not their namespaces can be found.</summary>
    internal List<int> ReadAll()
    {
        try
        {
            List<int> ids = _socket?.Dump(NetNsIdMessage.GetAll(), "nsid", NetNsIdMessage.Parse).ConvertAll(message => message.Id) ?? [];
            ids.Sort();
            return ids;
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.EOPNOTSUPP or LibC.EINVAL)
        {
            return [];
        }
    }

    /// <summary>Gives a namespace an id; null lets the kernel choose one.</summary>
    /// <exception cref="LinuxException">The kernel refused: EEXIST where the namespace has an id, or the id is another's.</exception>
    internal void Set(NamespaceHandle target, string name, int? id) =>
        (_socket ?? throw new LinuxException(LibC.EOPNOTSUPP, "socket", "NETLINK_ROUTE")).Execute(NetNsIdMessage.Set(target, id), name);

    public void Dispose() => _socket?.Dispose();
}
