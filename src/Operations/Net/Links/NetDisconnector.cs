using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Takes veth pairs between net namespaces away.</summary>
internal static class NetDisconnector
{
    /// <summary>
    /// Removes one pair by its end on the first side, and the bridge on the other side where it was made for the purpose and has nothing
    /// left under it.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static void Disconnect(NetConnectionSide side, NetConnectionSide peerSide, LinkMessage link)
    {
        int bridge = BridgeOf(peerSide, link);
        side.Execute(LinkMessage.Delete(link.Index), link.Name);
        if (bridge != 0)
        {
            RemoveEmptyBridge(peerSide, bridge);
        }
    }

    /// <summary>Describes what Disconnect will do, step by step, for people.</summary>
    /// <exception cref="LinuxException">The kernel refused to tell.</exception>
    internal static IEnumerable<string> Describe(NetConnectionSide side, NetConnectionSide peerSide, LinkMessage link)
    {
        List<LinkMessage> links = peerSide.ReadLinks();
        yield return $"Remove {link.Name} in {side.Name}, and with it {links.Find(other => other.Index == link.LinkIndex)?.Name} in {peerSide.Name}.";
        int bridge = BridgeOf(peerSide, link);
        if (links.Find(other => other.Index == bridge) is { Alias: NetConnector.BridgeAlias } made && links.Count(other => other.MasterIndex == bridge) == 1)
        {
            yield return $"Remove the bridge {made.Name} in {peerSide.Name}: it was made for such connections, and this is the last.";
        }
    }

    private static int BridgeOf(NetConnectionSide peerSide, LinkMessage link) => peerSide.ReadLinks().Find(other => other.Index == link.LinkIndex)?.MasterIndex ?? 0;

    private static void RemoveEmptyBridge(NetConnectionSide side, int index)
    {
        List<LinkMessage> links = side.ReadLinks();
        if (links.Find(link => link.Index == index) is { Alias: NetConnector.BridgeAlias } bridge
            && !links.Exists(link => link.MasterIndex == index))
        {
            side.Execute(LinkMessage.Delete(index), bridge.Name);
        }
    }
}
