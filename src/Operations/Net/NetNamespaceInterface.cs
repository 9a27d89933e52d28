namespace LinuxNamespaces;

/// <summary>A network interface in a net namespace, as it was at one moment.</summary>
public sealed class NetNamespaceInterface
{
    internal NetNamespaceInterface()
    {
    }

    /// <summary>The name of the namespace it is in; for one without a name the kernel's text, <c>net:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>Its number in the namespace.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>Its name in the namespace.</summary>
    public string InterfaceName { get; internal init; } = string.Empty;

    /// <summary>What it is: veth, bridge, ...; <c>loopback</c>; null for hardware.</summary>
    public string? Kind { get; internal init; }

    /// <summary>Whether it works; see RFC 2863.</summary>
    public NetInterfaceState State { get; internal init; }

    /// <summary>Whether it is switched on.</summary>
    public bool IsUp { get; internal init; }

    /// <summary>The largest packet, in bytes.</summary>
    public long Mtu { get; internal init; }

    /// <summary>The hardware address; null where it has none.</summary>
    public string? MacAddress { get; internal init; }

    /// <summary>Its addresses with the lengths of their prefixes.</summary>
    public string[] Address { get; internal init; } = [];

    /// <summary>The bridge, bond or VRF it belongs to.</summary>
    public string? Master { get; internal init; }

    /// <summary>The interface at its other end (veth) or below it (vlan, macvlan, ...).</summary>
    public string? PeerInterfaceName { get; internal init; }

    /// <summary>The number of that one.</summary>
    public int? PeerInterfaceIndex { get; internal init; }

    /// <summary>The namespace that one is in, as <see cref="Namespace"/>; null where it could not be found.</summary>
    public string? PeerNamespace { get; internal init; }

    /// <summary>The inode of that namespace.</summary>
    public ulong? PeerNamespaceInode { get; internal init; }

    /// <summary>The id our interface's namespace has for that one; null where they are the same.</summary>
    public int? PeerNetNsId { get; internal init; }

    /// <summary>Bytes received.</summary>
    public ulong ReceivedBytes { get; internal init; }

    /// <summary>Bytes sent.</summary>
    public ulong SentBytes { get; internal init; }

    /// <summary>Packets received.</summary>
    public ulong ReceivedPackets { get; internal init; }

    /// <summary>Packets sent.</summary>
    public ulong SentPackets { get; internal init; }

    /// <summary>Errors in receiving.</summary>
    public ulong ReceiveErrors { get; internal init; }

    /// <summary>Errors in sending.</summary>
    public ulong SendErrors { get; internal init; }

    /// <summary>Received packets dropped.</summary>
    public ulong ReceiveDropped { get; internal init; }

    /// <summary>Packets to be sent dropped.</summary>
    public ulong SendDropped { get; internal init; }

    /// <summary>As people write it, for example <c>veth0@blue</c>.</summary>
    public override string ToString() => $"{InterfaceName}@{Namespace}";
}
