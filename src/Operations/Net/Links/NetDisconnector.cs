using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Takes veth pairs between net namespaces away.</summary>
internal sealed class NetDisconnector : IDisposable
{
    private readonly NamespaceThread _thread = new();
    private readonly Func<string, bool> _wanted;

    /// <param name="wanted">Which interfaces, by their names in the first namespace.</param>
    internal NetDisconnector(Func<string, bool> wanted) => _wanted = wanted;

    /// <summary>Finds the pairs between two namespaces; null is the one we are in.</summary>
    /// <returns>The names of their interfaces in the first.</returns>
    /// <exception cref="NamespaceException">There is no such namespace.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal IReadOnlyList<string> Find(string? name, string? peerName)
    {
        using NetConnectionSide side = NetConnectionSide.Open(name, _thread);
        using NetConnectionSide peerSide = NetConnectionSide.Open(peerName, _thread);
        return [.. Pairs(side, peerSide).Select(link => link.Name)];
    }

    /// <summary>
    /// Removes one pair by the name of its interface in the first namespace, and the bridge on the other side
    /// where it was made for the purpose and has nothing left under it.
    /// </summary>
    /// <exception cref="NamespaceException">There is no such namespace.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal void Disconnect(string? name, string? peerName, string interfaceName)
    {
        using NetConnectionSide side = NetConnectionSide.Open(name, _thread);
        using NetConnectionSide peerSide = NetConnectionSide.Open(peerName, _thread);
        LinkMessage? link = Pairs(side, peerSide).FirstOrDefault(pair => pair.Name == interfaceName);
        if (link is null)
        {
            return;
        }

        int bridge = peerSide.ReadLinks().Find(other => other.Index == link.LinkIndex)?.MasterIndex ?? 0;
        side.Socket.Execute(LinkMessage.Delete(link.Index), link.Name);
        if (bridge != 0)
        {
            RemoveEmptyBridge(peerSide, bridge);
        }
    }

    public void Dispose() => _thread.Dispose();

    private IEnumerable<LinkMessage> Pairs(NetConnectionSide side, NetConnectionSide peerSide)
    {
        // In one and the same namespace the kernel names no namespace for the other end.
        int? peerId = null;
        if (side.Handle.Inode != peerSide.Handle.Inode)
        {
            peerId = side.Socket.Get(NetNsIdMessage.Get(peerSide.Handle), peerSide.Name, NetNsIdMessage.Parse)?.Id;
            if (peerId is null)
            {
                return [];
            }
        }

        return side.ReadLinks().Where(link => link.Kind == "veth" && link.LinkNetNsId == peerId && _wanted(link.Name));
    }

    private static void RemoveEmptyBridge(NetConnectionSide side, int index)
    {
        List<LinkMessage> links = side.ReadLinks();
        if (links.Find(link => link.Index == index) is { Alias: NetConnector.BridgeAlias } bridge
            && !links.Exists(link => link.MasterIndex == index))
        {
            side.Socket.Execute(LinkMessage.Delete(index), bridge.Name);
        }
    }
}
