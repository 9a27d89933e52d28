using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The type of a route, which decides what happens to a packet (RTN_* of linux/rtnetlink.h).</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetRouteType : long
{
    /// <summary>Nothing is said.</summary>
    Unspecified = 0,

    /// <summary>Sends it to a gateway or out of an interface.</summary>
    Unicast = 1,

    /// <summary>It is for this namespace.</summary>
    Local = 2,

    /// <summary>It is for this namespace, and is sent as a broadcast.</summary>
    Broadcast = 3,

    /// <summary>It is for this namespace, and is sent to one of several.</summary>
    Anycast = 4,

    /// <summary>It is sent to a group.</summary>
    Multicast = 5,

    /// <summary>Drops it silently.</summary>
    Blackhole = 6,

    /// <summary>Drops it, and says that the destination cannot be reached.</summary>
    Unreachable = 7,

    /// <summary>Drops it, and says that it is forbidden.</summary>
    Prohibit = 8,

    /// <summary>Goes on with the next rule.</summary>
    Throw = 9,

    /// <summary>Translates its address; kernels have it no longer.</summary>
    Nat = 10,

    /// <summary>Asks a program; kernels have it no longer.</summary>
    XResolve = 11,
}
