using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The kinds of interfaces that can be made.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetInterfaceKind : long
{
    /// <summary>An interface that drops what it is given; for addresses that belong to no other.</summary>
    Dummy,

    /// <summary>A pair of interfaces: what goes into one comes out of the other.</summary>
    Veth,

    /// <summary>A further interface on one there is, with a hardware address of its own.</summary>
    Macvlan,

    /// <summary>A further interface on one there is, with its hardware address.</summary>
    Ipvlan,

    /// <summary>A numbered part of an Ethernet link (IEEE 802.1Q).</summary>
    Vlan,

    /// <summary>A switch.</summary>
    Bridge,

    /// <summary>A virtual Ethernet over UDP (RFC 7348).</summary>
    Vxlan,

    /// <summary>An encrypted tunnel (Linux 5.6). The program wg gives it keys and peers.</summary>
    Wireguard,

    /// <summary>A pair of interfaces with programs of BPF on them (Linux 6.7).</summary>
    Netkit,
}
