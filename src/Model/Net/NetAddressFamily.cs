namespace LinuxNamespaces;

/// <summary>The family of addresses of a socket, route, rule or neighbour (AF_* of sys/socket.h).</summary>
public enum NetAddressFamily
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
