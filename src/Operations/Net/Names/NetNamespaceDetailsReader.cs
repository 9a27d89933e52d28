using System;
using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>Looks up owner and number of interfaces of named net namespaces.</summary>
internal static class NetNamespaceDetailsReader
{
    /// <summary>Looks at all of a listing, with one thread. Never throws: what cannot be had is null.</summary>
    internal static void ReadAll(IReadOnlyList<NetNamespaceInfo> listing)
    {
        NamespaceThread? thread = TryStart();
        using (thread)
        {
            UserDatabase users = new();
            foreach (NetNamespaceInfo info in listing)
            {
                info.Set(Read(info, thread, users));
            }
        }
    }

    private static NetNamespaceDetails Read(NetNamespaceInfo info, NamespaceThread? thread, UserDatabase users)
    {
        try
        {
            using NamespaceHandle handle = NetNamespaceList.Open(info.Name!);
            if (!NamespaceIdentity.IsSame(info, handle))
            {
                return NetNamespaceDetails.Unknown;
            }

            using NamespaceHandle? owner = handle.OpenOwner();
            uint? userId = owner?.OwnerUserId;
            return new NetNamespaceDetails(
                owner?.Inode, userId, userId is uint id ? users.NameOf(id) : null, CountInterfaces(handle, thread));
        }
        catch (Exception exception) when (exception is LinuxException or NamespaceException)
        {
            return NetNamespaceDetails.Unknown;
        }
    }

    private static int? CountInterfaces(NamespaceHandle handle, NamespaceThread? thread)
    {
        try
        {
            using NetlinkSocket? socket = thread is null ? null : NetlinkSocket.OpenIn(thread, handle);
            return socket?.Dump(LinkMessage.GetAll(statistics: false), "links", LinkMessage.Parse).Count;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private static NamespaceThread? TryStart()
    {
        try
        {
            return new NamespaceThread();
        }
        catch (LinuxException)
        {
            return null;
        }
    }
}
