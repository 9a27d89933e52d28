using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The origin of a route or a rule (RTPROT_* of linux/rtnetlink.h). Other numbers are programs' own.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetRouteProtocol : long
{
    /// <summary>Nothing is said.</summary>
    Unspecified = 0,

    /// <summary>A redirect of a router.</summary>
    Redirect = 1,

    /// <summary>The kernel, for an address or an interface.</summary>
    Kernel = 2,

    /// <summary>A command, without saying more: what ip and this module make.</summary>
    Boot = 3,

    /// <summary>An administrator.</summary>
    Static = 4,

    /// <summary>GateD.</summary>
    Gated = 8,

    /// <summary>An advertisement of an IPv6 router.</summary>
    Ra = 9,

    /// <summary>Merit MRT.</summary>
    Mrt = 10,

    /// <summary>Zebra, FRRouting.</summary>
    Zebra = 11,

    /// <summary>BIRD.</summary>
    Bird = 12,

    /// <summary>DECnet routing.</summary>
    DnRouted = 13,

    /// <summary>XORP.</summary>
    Xorp = 14,

    /// <summary>Netsukuku.</summary>
    Ntk = 15,

    /// <summary>A DHCP client.</summary>
    Dhcp = 16,

    /// <summary>Multicast daemon.</summary>
    MRouted = 17,

    /// <summary>Keepalived.</summary>
    KeepAlived = 18,

    /// <summary>Babel.</summary>
    Babel = 42,

    /// <summary>Open/R.</summary>
    OpenR = 99,

    /// <summary>Border Gateway Protocol.</summary>
    Bgp = 186,

    /// <summary>IS-IS.</summary>
    Isis = 187,

    /// <summary>Open Shortest Path First.</summary>
    Ospf = 188,

    /// <summary>Routing Information Protocol.</summary>
    Rip = 189,

    /// <summary>EIGRP.</summary>
    Eigrp = 192,
}
