using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The timer that a TCP socket runs.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetTimer : long
{
    /// <summary>Nothing.</summary>
    Off = 0,

    /// <summary>Data that was not confirmed will be sent again.</summary>
    Retransmit = 1,

    /// <summary>The other end will be asked whether it is there.</summary>
    KeepAlive = 2,

    /// <summary>The end of TIME-WAIT.</summary>
    TimeWait = 3,

    /// <summary>The other end will be asked whether it has room again.</summary>
    Probe = 4,
}
