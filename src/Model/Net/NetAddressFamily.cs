using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The family of addresses of a socket, route, rule or neighbour (AF_* of sys/socket.h).</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetAddressFamily : long
{
    /// <summary>Sockets within one machine.</summary>
    Unix = 1,

    /// <summary>Internet addresses of 4 bytes.</summary>
    IPv4 = 2,

    /// <summary>Internet addresses of 16 bytes.</summary>
    IPv6 = 10,

    /// <summary>Packets as they are on the link.</summary>
    Packet = 17,
}
