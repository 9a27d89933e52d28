using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The state of a socket. All families use the states of TCP (RFC 9293).</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetConnectionState : long
{
    /// <summary>The kernel gave a number that is not known here.</summary>
    Unknown = 0,

    /// <summary>Connected.</summary>
    Established = 1,

    /// <summary>Asked for a connection, no answer yet.</summary>
    SynSent = 2,

    /// <summary>Was asked for a connection and answered.</summary>
    SynReceived = 3,

    /// <summary>Closed here, not confirmed yet.</summary>
    FinWait1 = 4,

    /// <summary>Closed here and confirmed; the other end is open still.</summary>
    FinWait2 = 5,

    /// <summary>Closed at both ends; late packets are waited for.</summary>
    TimeWait = 6,

    /// <summary>Neither connected nor listening; normal for UDP, raw and packet sockets that receive from anybody.</summary>
    Unconnected = 7,

    /// <summary>Closed at the other end only.</summary>
    CloseWait = 8,

    /// <summary>Closed at the other end, then here; not confirmed yet.</summary>
    LastAck = 9,

    /// <summary>Waits for connections.</summary>
    Listen = 10,

    /// <summary>Closed at both ends at once; not confirmed yet.</summary>
    Closing = 11,

    /// <summary>A connection that is being made, without a socket of its own yet.</summary>
    NewSynReceived = 12,

    /// <summary>Has a port, and does nothing with it (Linux 6.8).</summary>
    BoundInactive = 13,
}
