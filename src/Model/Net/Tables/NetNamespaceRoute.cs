using System;

namespace LinuxNamespaces;

/// <summary>A route in a net namespace.</summary>
public sealed class NetNamespaceRoute : MachineRecord
{
    internal NetNamespaceRoute()
    {
    }

    /// <summary>The name of the net namespace it is in; for one without a name the kernel's text, <c>net:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>The kernel's own id of that namespace, which is never used twice; null before Linux 6.18.</summary>
    public ulong? NamespaceId { get; internal init; }

    /// <summary>IPv4 or IPv6.</summary>
    public NetAddressFamily AddressFamily { get; internal init; }

    /// <summary>The network it leads to, for example <c>10.2.0.0/16</c>; <c>default</c> for everything else.</summary>
    public string Destination { get; internal init; } = string.Empty;

    /// <summary>The gateway; null for a network on the link itself.</summary>
    public string? Gateway { get; internal init; }

    /// <summary>The interface; null for a route without one, or with several hops.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>The number of the interface.</summary>
    public int? InterfaceIndex { get; internal init; }

    /// <summary>The hops of a route with several.</summary>
    public ValueList<NetRouteNextHop> NextHop { get; internal init; } = new([]);

    /// <summary>The address that packets get as theirs.</summary>
    public string? PreferredSource { get; internal init; }

    /// <summary>The lower, the earlier it is chosen; null where none is set.</summary>
    public long? Metric { get; internal init; }

    /// <summary>The name of its table: <c>main</c>, <c>local</c>, one of /etc/iproute2/rt_tables, or its number.</summary>
    public string Table { get; internal init; } = string.Empty;

    /// <summary>The number of its table.</summary>
    public long TableId { get; internal init; }

    /// <summary>The type of the route, which decides what happens to a packet.</summary>
    public NetRouteType Type { get; internal init; }

    /// <summary>How far away its destinations are.</summary>
    public NetScope Scope { get; internal init; }

    /// <summary>The origin of the route.</summary>
    public NetRouteProtocol Protocol { get; internal init; }

    /// <summary>Only for packets from this network; null for all.</summary>
    public string? Source { get; internal init; }

    /// <summary>Only for this type of service; null for all.</summary>
    public int? Tos { get; internal init; }

    /// <summary>The largest packet, in bytes; null where none is set.</summary>
    public long? Mtu { get; internal init; }

    /// <summary>How much a router is preferred: low, medium or high (IPv6); null for IPv4.</summary>
    public string? Preference { get; internal init; }

    /// <summary>The time until it is removed; null for no end.</summary>
    public TimeSpan? Expires { get; internal init; }

    /// <summary>The number of the next hop object it uses (<c>ip nexthop</c>); null for none.</summary>
    public long? NextHopId { get; internal init; }

    /// <summary>The flags of the route.</summary>
    public NetRouteState Flags { get; internal init; }

    /// <summary>As people write it, for example <c>default via 10.0.0.1 dev eth0</c>.</summary>
    public override string ToString() => $"{Destination}{(Gateway is null ? string.Empty : $" via {Gateway}")}{(InterfaceName is null ? string.Empty : $" dev {InterfaceName}")}";
}
