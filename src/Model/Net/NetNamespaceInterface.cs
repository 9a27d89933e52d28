using System.Globalization;

namespace LinuxNamespaces;

/// <summary>A network interface in a net namespace, as it was at one moment.</summary>
public sealed class NetNamespaceInterface : MachineRecord
{
    internal NetNamespaceInterface()
    {
    }

    /// <summary>The name of the namespace it is in; for one without a name the kernel's text, <c>net:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>The kernel's own id of that namespace, which is never used twice; null before Linux 6.18.</summary>
    public ulong? NamespaceId { get; internal init; }

    /// <summary>Its number in the namespace.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>Its name in the namespace.</summary>
    public string InterfaceName { get; internal init; } = string.Empty;

    /// <summary>Its further names, which may be longer than 15 bytes (Linux 5.5).</summary>
    public TextList AltName { get; internal init; } = new([]);

    /// <summary>The kind of interface: veth, bridge, ...; <c>loopback</c>; null for hardware.</summary>
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
    public TextList Address { get; internal init; } = new([]);

    /// <summary>The same addresses with scope, state, lifetimes and the address of a point-to-point peer.</summary>
    public ValueList<NetInterfaceAddress> AddressInfo { get; internal init; } = new([]);

    /// <summary>A remark, as <c>ip link set alias</c> writes it.</summary>
    public string? Alias { get; internal init; }

    /// <summary>Whether the kernel refuses to move it to another net namespace; null where the kernel does not say (before Linux 6.15).</summary>
    public bool? IsImmutable { get; internal init; }

    /// <summary>The bridge, bond or VRF it belongs to.</summary>
    public string? Master { get; internal init; }

    /// <summary>The interface at its other end (veth, netkit, vxcan).</summary>
    public string? PeerInterfaceName { get; internal init; }

    /// <summary>The number of the interface at its other end.</summary>
    public int? PeerInterfaceIndex { get; internal init; }

    /// <summary>The namespace of the interface at its other end, as <see cref="Namespace"/>; null where it could not be found.</summary>
    public string? PeerNamespace { get; internal init; }

    /// <summary>The inode of the namespace of the interface at its other end.</summary>
    public ulong? PeerNamespaceInode { get; internal init; }

    /// <summary>The id that this interface's namespace has for the namespace of the other end; null where they are the same.</summary>
    public int? PeerNetNsId { get; internal init; }

    /// <summary>The interface it rests on (vlan, macvlan, ipvlan, vxlan, tunnels).</summary>
    public string? LowerInterfaceName { get; internal init; }

    /// <summary>The number of the interface it rests on.</summary>
    public int? LowerInterfaceIndex { get; internal init; }

    /// <summary>The namespace of the interface it rests on, as <see cref="Namespace"/>; null where it could not be found.</summary>
    public string? LowerNamespace { get; internal init; }

    /// <summary>The inode of the namespace of the interface it rests on.</summary>
    public ulong? LowerNamespaceInode { get; internal init; }

    /// <summary>
    /// The interface at the other end and its namespace, for example <c>eth0@blue</c>, or the interface below, <c>on eth0@blue</c>. An unknown name
    /// is shown as a number, an unknown namespace as <c>?</c>. Null where there is neither.
    /// </summary>
    public string? Peer => PeerInterfaceIndex is int peer ? Join(PeerInterfaceName, peer, PeerNamespace)
        : LowerInterfaceIndex is int lower ? "on " + Join(LowerInterfaceName, lower, LowerNamespace)
        : null;

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

    /// <summary>Multicast packets received.</summary>
    public ulong ReceivedMulticast { get; internal init; }

    /// <summary>Collisions on the medium.</summary>
    public ulong Collisions { get; internal init; }

    /// <summary>As people write it, for example <c>veth0@blue</c>.</summary>
    public override string ToString() => $"{InterfaceName}@{Namespace}";

    private static string Join(string? name, int index, string? ns) =>
        $"{name ?? index.ToString(CultureInfo.InvariantCulture)}@{ns ?? "?"}";
}
