using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The type of a socket (SOCK_* of sys/socket.h).</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetSocketType : long
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
