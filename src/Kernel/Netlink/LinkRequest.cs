using System.Net;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>An interface to be made (RTM_NEWLINK).</summary>
/// <param name="Kind">The kernel's name for the kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Where it shall be.</param>
internal sealed record LinkRequest(string Kind, string Name, NamespaceHandle Namespace)
{
    /// <summary>The interface it rests on, in the namespace of the socket; 0 for none.</summary>
    internal int LowerIndex { get; init; }

    internal uint? Mtu { get; init; }

    /// <summary>Six bytes; null for the kernel's choice.</summary>
    internal byte[]? HardwareAddress { get; init; }

    /// <summary>The other end of a pair; null for what is none.</summary>
    internal VethEnd? Peer { get; init; }

    internal ushort? VlanId { get; init; }

    internal uint? VxlanId { get; init; }

    internal IPAddress? LocalAddress { get; init; }

    internal IPAddress? RemoteAddress { get; init; }

    internal ushort? Port { get; init; }

    /// <summary>MACVLAN_MODE_*, IPVLAN_MODE_* or NETKIT_*; null for the kernel's choice.</summary>
    internal uint? Mode { get; init; }

    /// <summary>Makes it, switched off.</summary>
    internal NetlinkWriter Create()
    {
        NetlinkWriter request = LinkMessage.AppendEnd(
            new NetlinkWriter(LibC.RTM_NEWLINK, LibC.NLM_F_ACK | LibC.NLM_F_CREATE | LibC.NLM_F_EXCL), new VethEnd(Namespace, Name, Mtu, HardwareAddress));
        if (LowerIndex != 0)
        {
            request.Attribute(LibC.IFLA_LINK, LowerIndex);
        }

        return request.Nest(LibC.IFLA_LINKINFO, info =>
        {
            info.Attribute(LibC.IFLA_INFO_KIND, Kind);
            if (HasData)
            {
                info.Nest(LibC.IFLA_INFO_DATA, AppendData);
            }
        });
    }

    private bool HasData => Peer is not null || Mode is not null || VlanId is not null || VxlanId is not null;

    private void AppendData(NetlinkWriter data)
    {
        switch (Kind)
        {
            case "veth": data.Nest(LibC.VETH_INFO_PEER, peer => LinkMessage.AppendEnd(peer, Peer!)); break;
            case "netkit":
                if (Mode is uint netkit)
                {
                    data.Attribute(LibC.IFLA_NETKIT_MODE, netkit);
                }

                data.Nest(LibC.IFLA_NETKIT_PEER_INFO, peer => LinkMessage.AppendEnd(peer, Peer!));
                break;
            case "vlan": data.Attribute(LibC.IFLA_VLAN_ID, VlanId!.Value); break;
            case "macvlan": data.Attribute(LibC.IFLA_MACVLAN_MODE, Mode!.Value); break;
            case "ipvlan": data.Attribute(LibC.IFLA_IPVLAN_MODE, (ushort)Mode!.Value); break;
            case "vxlan": AppendVxlan(data); break;
            default: break;
        }
    }

    private void AppendVxlan(NetlinkWriter data)
    {
        data.Attribute(LibC.IFLA_VXLAN_ID, VxlanId!.Value);
        if (LowerIndex != 0)
        {
            data.Attribute(LibC.IFLA_VXLAN_LINK, LowerIndex);
        }

        AppendAddress(data, RemoteAddress, LibC.IFLA_VXLAN_GROUP, LibC.IFLA_VXLAN_GROUP6);
        AppendAddress(data, LocalAddress, LibC.IFLA_VXLAN_LOCAL, LibC.IFLA_VXLAN_LOCAL6);
        if (Port is ushort port)
        {
            data.Attribute(LibC.IFLA_VXLAN_PORT, System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(port));
        }
    }

    private static void AppendAddress(NetlinkWriter data, IPAddress? address, ushort four, ushort six)
    {
        if (address is not null)
        {
            data.Attribute(RtFamily.Of(address) == LibC.AF_INET ? four : six, address.GetAddressBytes());
        }
    }
}
