using System;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>What of a named net namespace is looked up late.</summary>
internal sealed record NetNamespaceDetails(ulong? OwnerInode, uint? OwnerUserId, string? OwnerName, int? InterfaceCount)
{
    private static readonly NetNamespaceDetails s_unknown = new(null, null, null, null);

    /// <summary>Never throws: a property that cannot be had is null.</summary>
    internal static NetNamespaceDetails Read(NamespaceInfo info)
    {
        try
        {
            using NamespaceHandle handle = NamespaceFile.Open(NetNamespaceDirectory.PathOf(info.Name!));
            if (handle.Inode != info.Inode || handle.NamespaceId != info.NamespaceId)
            {
                return s_unknown;
            }

            using NamespaceHandle? owner = handle.OpenOwner();
            uint? userId = owner?.OwnerUserId;
            return new NetNamespaceDetails(
                owner?.Inode, userId, userId is uint id ? new UserDatabase().NameOf(id) : null, CountInterfaces(handle));
        }
        catch (Exception exception) when (exception is LinuxException or NamespaceException)
        {
            return s_unknown;
        }
    }

    private static int? CountInterfaces(NamespaceHandle handle)
    {
        try
        {
            using NamespaceThread thread = new();
            using NetlinkSocket socket = thread.OpenSocket(handle);
            return socket.Dump(LinkMessage.GetAll(statistics: false), "links", LinkMessage.Parse).Count;
        }
        catch (LinuxException)
        {
            return null;
        }
    }
}
