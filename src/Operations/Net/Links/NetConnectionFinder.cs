using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Finds veth pairs between two net namespaces.</summary>
internal static class NetConnectionFinder
{
    /// <summary>The ends of all pairs that are on the first side.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static IEnumerable<LinkMessage> Pairs(NetConnectionSide side, NetConnectionSide peerSide)
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

        return side.ReadLinks().Where(link => link.Kind == "veth" && link.LinkNetNsId == peerId);
    }

    /// <summary>
    /// The pair that a plan has made before: by the names it gives, or else by its addresses. Null where there is none; a plan without
    /// names and addresses fits any pair.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static (LinkMessage Link, LinkMessage Peer)? Find(NetConnectionPlan plan, NetConnectionSide side, NetConnectionSide peerSide)
    {
        LinkMessage[] pairs = [.. Pairs(side, peerSide)];
        if (pairs.Length == 0)
        {
            return null;
        }

        List<LinkMessage> peers = peerSide.ReadLinks();
        List<AddressMessage> addresses = side.ReadAddresses();
        List<AddressMessage> peerAddresses = peerSide.ReadAddresses();
        foreach (LinkMessage link in pairs)
        {
            if (peers.Find(other => other.Index == link.LinkIndex) is LinkMessage peer
                && Fits(plan.End, link, link.Index, addresses)
                && Fits(plan.Peer, peer, peer.MasterIndex != 0 ? peer.MasterIndex : peer.Index, peerAddresses)
                && (plan.Bridge is null || plan.Peer.InterfaceName is not null || peers.Exists(other => other.Index == peer.MasterIndex && other.Name == plan.Bridge)))
            {
                return (link, peer);
            }
        }

        return null;
    }

    private static bool Fits(NetConnectionEnd end, LinkMessage link, int addressIndex, List<AddressMessage> addresses) => end.InterfaceName is not null
        ? end.InterfaceName == link.Name
        : end.Addresses.All(wanted => addresses.Exists(address => (address.Index == addressIndex || address.Index == link.Index)
            && address.Address.Equals(wanted.Address) && address.PrefixLength == wanted.PrefixLength));
}
