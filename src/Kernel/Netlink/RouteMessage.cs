using System.Net;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>A route in the main table (RTM_NEWROUTE): prefix length 0 is the default route, no gateway is on-link.</summary>
internal sealed record RouteMessage(IPAddress Destination, byte PrefixLength, IPAddress? Gateway, int InterfaceIndex)
{
    /// <summary>Adds it.</summary>
    internal NetlinkWriter Add() => Write(LibC.RTM_NEWROUTE, LibC.NLM_F_ACK | LibC.NLM_F_CREATE | LibC.NLM_F_EXCL);

    /// <summary>Takes it away.</summary>
    internal NetlinkWriter Delete() => Write(LibC.RTM_DELROUTE, LibC.NLM_F_ACK);

    private NetlinkWriter Write(ushort type, ushort flags)
    {
        NetlinkWriter request = new NetlinkWriter(type, flags)
            .Append(new LibC.rtmsg
            {
                rtm_family = RtFamily.Of(Destination),
                rtm_dst_len = PrefixLength,
                rtm_table = LibC.RT_TABLE_MAIN,
                rtm_protocol = LibC.RTPROT_BOOT,
                rtm_scope = Gateway is null ? LibC.RT_SCOPE_LINK : LibC.RT_SCOPE_UNIVERSE,
                rtm_type = LibC.RTN_UNICAST,
            })
            .Attribute(LibC.RTA_OIF, InterfaceIndex);
        if (PrefixLength > 0)
        {
            request.Attribute(LibC.RTA_DST, Destination.GetAddressBytes());
        }

        return Gateway is null ? request : request.Attribute(LibC.RTA_GATEWAY, Gateway.GetAddressBytes());
    }
}
