using System.Net;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>A socket as sock_diag(7) or a table of /proc/net describes it; which fields are set depends on its family.</summary>
internal sealed record SocketMessage
{
    /// <summary>AF_*.</summary>
    internal byte Family { get; init; }

    /// <summary>IPPROTO_* for the internet families; the number of a packet socket's protocol; 0 for Unix.</summary>
    internal int Protocol { get; init; }

    /// <summary>SOCK_*.</summary>
    internal byte Type { get; init; }

    /// <summary>TCP_* of linux/tcp_states.h, which all families use.</summary>
    internal byte State { get; init; }

    internal IPAddress? LocalAddress { get; init; }

    internal ushort LocalPort { get; init; }

    internal IPAddress? RemoteAddress { get; init; }

    internal ushort RemotePort { get; init; }

    /// <summary>The interface it is bound to; 0 for none.</summary>
    internal int InterfaceIndex { get; init; }

    /// <summary>The name of a Unix socket: a path, or <c>@</c> and an abstract name.</summary>
    internal string? Path { get; init; }

    internal uint ReceiveQueue { get; init; }

    internal uint SendQueue { get; init; }

    /// <summary>Null where the kernel does not say (Unix and packet sockets of old kernels).</summary>
    internal uint? UserId { get; init; }

    /// <summary>0 where no process holds it any more.</summary>
    internal uint Inode { get; init; }

    /// <summary>The other end of a Unix socket.</summary>
    internal uint PeerInode { get; init; }

    /// <summary>1 retransmission, 2 keepalive, 3 end of TIME-WAIT, 4 zero window probe; 0 for none.</summary>
    internal byte Timer { get; init; }

    internal byte Retransmits { get; init; }

    /// <summary>Milliseconds until the timer fires.</summary>
    internal uint ExpiresMilliseconds { get; init; }
}
