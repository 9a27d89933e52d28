using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>The names of interfaces by their numbers.</summary>
internal static class NetLinkNames
{
    /// <summary>Reads them in the net namespace of the socket.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static Dictionary<int, string> Read(NetlinkSocket socket, CancellationToken cancellation)
    {
        Dictionary<int, string> names = [];
        foreach (LinkMessage link in socket.Dump(LinkMessage.GetAll(statistics: false), "links", LinkMessage.Parse, cancellation))
        {
            names[link.Index] = link.Name;
        }

        return names;
    }
}
