using System;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The flags of a route or of one of its hops (RTNH_F_* of linux/rtnetlink.h).</summary>
[Flags]
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetRouteState : long
{
    /// <summary>Nothing in particular.</summary>
    None = 0,

    /// <summary>It is not used.</summary>
    Dead = 1,

    /// <summary>The gateway is looked up again for each packet.</summary>
    Pervasive = 2,

    /// <summary>The gateway is on the link, whatever the addresses say.</summary>
    OnLink = 4,

    /// <summary>Hardware forwards by it.</summary>
    Offload = 8,

    /// <summary>The interface has no carrier.</summary>
    LinkDown = 16,

    /// <summary>Nothing has been found out about it.</summary>
    Unresolved = 32,

    /// <summary>Hardware hands its packets to the kernel.</summary>
    Trap = 64,
}
