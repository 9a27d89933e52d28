namespace LinuxNamespaces;

/// <summary>The type of a socket (SOCK_* of sys/socket.h).</summary>
public enum NetSocketType
{
    /// <summary>A stream of bytes.</summary>
    Stream = 1,

    /// <summary>Single messages.</summary>
    Datagram = 2,

    /// <summary>Packets with their headers.</summary>
    Raw = 3,

    /// <summary>Messages in order, over a connection.</summary>
    SeqPacket = 5,
}
