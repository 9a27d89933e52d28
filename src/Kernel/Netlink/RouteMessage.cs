using System;
using System.Collections.Generic;
using System.Net;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>A route (RTM_NEWROUTE): prefix length 0 is the default route, no gateway is on-link.</summary>
internal sealed record RouteMessage(IPAddress Destination, byte PrefixLength, IPAddress? Gateway, int InterfaceIndex)
{
    private const int MaxNextHops = 256;

    /// <summary>The table; the main one where it is not said.</summary>
    internal uint Table { get; init; } = LibC.RT_TABLE_MAIN;

    /// <summary>RTN_*.</summary>
    internal byte Type { get; init; } = LibC.RTN_UNICAST;

    /// <summary>RT_SCOPE_*; null for what fits the gateway.</summary>
    internal byte? Scope { get; init; }

    /// <summary>RTPROT_*: who made it.</summary>
    internal byte Origin { get; init; } = LibC.RTPROT_BOOT;

    internal uint? Metric { get; init; }

    /// <summary>The address that packets sent by this route have as theirs.</summary>
    internal IPAddress? PreferredSource { get; init; }

    internal IPAddress? Source { get; private init; }

    internal byte SourceLength { get; private init; }

    internal byte Tos { get; init; }

    internal uint? Mtu { get; init; }

    /// <summary>RTNH_F_*.</summary>
    internal uint Flags { get; init; }

    /// <summary>ICMPV6_ROUTER_PREF_*; null where there is none.</summary>
    internal byte? Preference { get; private init; }

    /// <summary>Seconds until it is removed; null for no end.</summary>
    internal double? ExpiresSeconds { get; private init; }

    /// <summary>The number of the next hop object it uses (Linux 5.3).</summary>
    internal uint? NextHopId { get; private init; }

    /// <summary>The hops of a route with several.</summary>
    internal IReadOnlyList<(IPAddress? Gateway, int InterfaceIndex, int Weight, uint Flags)> NextHops { get; private init; } = [];

    /// <summary>Asks for all routes, of all tables and families.</summary>
    internal static NetlinkWriter GetAll() => new NetlinkWriter(LibC.RTM_GETROUTE, LibC.NLM_F_DUMP)
        .Append(default(LibC.rtmsg));

    /// <summary>Adds it.</summary>
    internal NetlinkWriter Add() => Write(LibC.RTM_NEWROUTE, LibC.NLM_F_ACK | LibC.NLM_F_CREATE | LibC.NLM_F_EXCL);

    /// <summary>Takes it away.</summary>
    /// <remarks>A route by a next hop object is named by that object: the kernel refuses the hops it has, which it lists beside.</remarks>
    internal NetlinkWriter Delete() => NextHopId is uint nextHop
        ? (this with { Gateway = null, InterfaceIndex = 0, NextHops = [] }).Write(LibC.RTM_DELROUTE, LibC.NLM_F_ACK).Attribute(LibC.RTA_NH_ID, nextHop)
        : Write(LibC.RTM_DELROUTE, LibC.NLM_F_ACK);

    /// <summary>A route of IPv4 or IPv6; null for other messages and for entries of the cache.</summary>
    internal static RouteMessage? Parse(in NetlinkMessage message)
    {
        if (message.Type != LibC.RTM_NEWROUTE || !message.TryRead(out LibC.rtmsg info, out NetlinkAttributes attributes)
            || info.rtm_family is not (LibC.AF_INET or LibC.AF_INET6) || (info.rtm_flags & LibC.RTM_F_CLONED) != 0)
        {
            return null;
        }

        byte family = info.rtm_family;
        IPAddress? destination = null;
        RouteMessage route = new(family == LibC.AF_INET ? IPAddress.Any : IPAddress.IPv6Any, info.rtm_dst_len, null, 0)
        {
            Table = info.rtm_table,
            Type = info.rtm_type,
            Scope = info.rtm_scope,
            Origin = info.rtm_protocol,
            SourceLength = info.rtm_src_len,
            Tos = info.rtm_tos,
            Flags = info.rtm_flags,
        };
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case LibC.RTA_DST: destination = RtFamily.ToAddress(family, value); break;
                case LibC.RTA_SRC: route = route with { Source = RtFamily.ToAddress(family, value) }; break;
                case LibC.RTA_OIF: route = route with { InterfaceIndex = NetlinkAttributes.Number<int>(value) }; break;
                case LibC.RTA_GATEWAY: route = route with { Gateway = RtFamily.ToAddress(family, value) }; break;
                case LibC.RTA_VIA: route = route with { Gateway = ParseVia(value) }; break;
                case LibC.RTA_PRIORITY: route = route with { Metric = NetlinkAttributes.Number<uint>(value) }; break;
                case LibC.RTA_PREFSRC: route = route with { PreferredSource = RtFamily.ToAddress(family, value) }; break;
                case LibC.RTA_TABLE: route = route with { Table = NetlinkAttributes.Number<uint>(value) }; break;
                case LibC.RTA_METRICS: route = route with { Mtu = ParseMtu(value) }; break;
                case LibC.RTA_PREF: route = route with { Preference = NetlinkAttributes.Number<byte>(value) }; break;
                case LibC.RTA_NH_ID: route = route with { NextHopId = NetlinkAttributes.Number<uint>(value) }; break;
                case LibC.RTA_CACHEINFO: route = route with { ExpiresSeconds = ParseExpires(value) }; break;
                case LibC.RTA_MULTIPATH: route = route with { NextHops = ParseNextHops(family, value) }; break;
                default: break;
            }
        }

        return destination is null ? route : route with { Destination = destination };
    }

    private NetlinkWriter Write(ushort type, ushort flags)
    {
        NetlinkWriter request = new NetlinkWriter(type, flags)
            .Append(new LibC.rtmsg
            {
                rtm_family = RtFamily.Of(Destination),
                rtm_dst_len = PrefixLength,
                rtm_tos = Tos,
                rtm_table = Table <= byte.MaxValue ? (byte)Table : LibC.RT_TABLE_UNSPEC,
                rtm_protocol = Origin,
                rtm_scope = Scope ?? (Gateway is null && InterfaceIndex != 0 ? LibC.RT_SCOPE_LINK : LibC.RT_SCOPE_UNIVERSE),
                rtm_type = Type,
                rtm_flags = Flags & LibC.RTNH_F_ONLINK,
            });
        if (InterfaceIndex != 0)
        {
            request.Attribute(LibC.RTA_OIF, InterfaceIndex);
        }

        if (PrefixLength > 0)
        {
            request.Attribute(LibC.RTA_DST, Destination.GetAddressBytes());
        }

        AppendGateway(request, Gateway);
        if (Table > byte.MaxValue)
        {
            request.Attribute(LibC.RTA_TABLE, Table);
        }

        if (Metric is uint metric)
        {
            request.Attribute(LibC.RTA_PRIORITY, metric);
        }

        if (PreferredSource is not null)
        {
            request.Attribute(LibC.RTA_PREFSRC, PreferredSource.GetAddressBytes());
        }

        if (NextHops.Count > 0)
        {
            AppendNextHops(request);
        }

        return Mtu is uint mtu ? request.Nest(LibC.RTA_METRICS, metrics => metrics.Attribute(LibC.RTAX_MTU, mtu)) : request;
    }

    // A gateway of the other family (IPv4 by way of IPv6) has an attribute of its own, with the family in front.
    private void AppendGateway(NetlinkWriter request, IPAddress? gateway)
    {
        if (gateway is null)
        {
            return;
        }

        byte[] bytes = gateway.GetAddressBytes();
        if (gateway.AddressFamily == Destination.AddressFamily)
        {
            request.Attribute(LibC.RTA_GATEWAY, bytes);
        }
        else
        {
            request.Attribute(LibC.RTA_VIA, [.. BitConverter.GetBytes((ushort)RtFamily.Of(gateway)), .. bytes]);
        }
    }

    private void AppendNextHops(NetlinkWriter request) => request.Nest(LibC.RTA_MULTIPATH, hops =>
    {
        foreach ((IPAddress? gateway, int index, int weight, uint flags) in NextHops)
        {
            hops.Sized(
                length => new LibC.rtnexthop { rtnh_len = length, rtnh_flags = (byte)(flags & LibC.RTNH_F_ONLINK), rtnh_hops = (byte)(weight - 1), rtnh_ifindex = index },
                hop => AppendGateway(hop, gateway));
        }
    });

    private static IPAddress? ParseVia(ReadOnlySpan<byte> value) =>
        value.Length < sizeof(ushort) ? null : RtFamily.ToAddress((byte)NetlinkAttributes.Number<ushort>(value), value[sizeof(ushort)..]);

    private static uint? ParseMtu(ReadOnlySpan<byte> value)
    {
        NetlinkAttributes metrics = new(value);
        while (metrics.TryRead(out ushort type, out ReadOnlySpan<byte> number))
        {
            if (type == LibC.RTAX_MTU)
            {
                return NetlinkAttributes.Number<uint>(number);
            }
        }

        return null;
    }

    // In hundredths of a second, whatever the kernel's own clock.
    private static double? ParseExpires(ReadOnlySpan<byte> value) =>
        NetlinkAttributes.Number<LibC.rta_cacheinfo>(value).rta_expires is int expires and not 0 ? expires / 100.0 : null;

    private static unsafe List<(IPAddress? Gateway, int InterfaceIndex, int Weight, uint Flags)> ParseNextHops(byte family, ReadOnlySpan<byte> value)
    {
        List<(IPAddress? Gateway, int InterfaceIndex, int Weight, uint Flags)> hops = [];
        while (hops.Count < MaxNextHops && MemoryMarshal.TryRead(value, out LibC.rtnexthop hop)
            && hop.rtnh_len >= sizeof(LibC.rtnexthop) && hop.rtnh_len <= value.Length)
        {
            IPAddress? gateway = null;
            NetlinkAttributes attributes = new(value[sizeof(LibC.rtnexthop)..hop.rtnh_len]);
            while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> part))
            {
                gateway = type switch
                {
                    LibC.RTA_GATEWAY => RtFamily.ToAddress(family, part),
                    LibC.RTA_VIA => ParseVia(part),
                    _ => gateway,
                };
            }

            hops.Add((gateway, hop.rtnh_ifindex, hop.rtnh_hops + 1, hop.rtnh_flags));
            value = value[Math.Min((hop.rtnh_len + 3) & ~3, value.Length)..];
        }

        return hops;
    }
}
