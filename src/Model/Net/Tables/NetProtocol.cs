using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The protocol of a socket.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetProtocol : long
{
    /// <summary>Transmission Control Protocol.</summary>
    Tcp,

    /// <summary>User Datagram Protocol.</summary>
    Udp,

    /// <summary>Any IP protocol without help of the kernel.</summary>
    Raw,

    /// <summary>Stream Control Transmission Protocol; where the kernel has it.</summary>
    Sctp,

    /// <summary>Multipath TCP (Linux 5.6); where the kernel has it.</summary>
    Mptcp,

    /// <summary>Unix sockets: stream, datagram and sequenced packets.</summary>
    Unix,

    /// <summary>Packet sockets: what is on the link, as capture programs and DHCP clients read it.</summary>
    Packet,
}
