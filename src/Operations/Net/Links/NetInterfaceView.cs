using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>The interfaces of one net namespace while those of several are put together.</summary>
internal sealed class NetInterfaceView : IDisposable
{
    /// <param name="socket">Passes to this object.</param>
    /// <param name="cancellation">The caller gives up.</param>
    internal NetInterfaceView(NetlinkSocket socket, CancellationToken cancellation)
    {
        Socket = socket;
        Links = socket.Dump(LinkMessage.GetAll(statistics: true), "links", LinkMessage.Parse, cancellation)
            .GroupBy(link => link.Index)
            .ToDictionary(same => same.Key, same => same.Last());
        WasOvertaken = socket.WasOvertaken;
    }

    /// <summary>Whether interfaces came and went faster than they could be read.</summary>
    internal bool WasOvertaken { get; }

    internal NetlinkSocket Socket { get; }

    internal Dictionary<int, LinkMessage> Links { get; }

    /// <summary>The namespaces it has ids for, of those asked about.</summary>
    internal Dictionary<int, NetTarget> TargetsById { get; } = [];

    /// <summary>How many of all namespaces have been asked about.</summary>
    internal int Asked { get; set; }

    public void Dispose() => Socket.Dispose();
}
