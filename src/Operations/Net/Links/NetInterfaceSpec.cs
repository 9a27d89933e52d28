using System.Collections.Generic;
using System.Net;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>An interface that is to be made.</summary>
internal sealed record NetInterfaceSpec(NetInterfaceKind Kind)
{
    /// <summary>Null for the first free name: the kind and a number.</summary>
    internal string? Name { get; init; }

    internal uint? Mtu { get; init; }

    /// <summary>Six bytes; null for the kernel's choice.</summary>
    internal byte[]? HardwareAddress { get; init; }

    internal string? Alias { get; init; }

    /// <summary>The bridge, bond or VRF to put it under; null for none.</summary>
    internal string? Master { get; init; }

    internal IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    internal bool IsUp { get; init; }

    /// <summary>The interface to rest on, by its name; null for none.</summary>
    internal string? LowerName { get; init; }

    /// <summary>The name of the other end of a pair; null for the first free one.</summary>
    internal string? PeerName { get; init; }

    internal ushort? VlanId { get; init; }

    internal uint? VxlanId { get; init; }

    internal IPAddress? LocalAddress { get; init; }

    internal IPAddress? RemoteAddress { get; init; }

    internal ushort? Port { get; init; }

    /// <summary>How a macvlan, ipvlan or netkit works, by its name; null for the usual way.</summary>
    internal string? Mode { get; init; }

    /// <summary>Whether it is one of two ends.</summary>
    internal bool IsPair => Kind is NetInterfaceKind.Veth or NetInterfaceKind.Netkit;
}
