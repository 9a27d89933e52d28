using System;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>How sure the hardware address of a neighbour is (NUD_* of linux/neighbour.h).</summary>
[Flags]
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetNeighborState : long
{
    /// <summary>Nothing was tried.</summary>
    None = 0,

    /// <summary>It was asked for, without an answer yet.</summary>
    Incomplete = 0x01,

    /// <summary>It was confirmed not long ago.</summary>
    Reachable = 0x02,

    /// <summary>It was confirmed some time ago.</summary>
    Stale = 0x04,

    /// <summary>It is used, and will be asked soon.</summary>
    Delay = 0x08,

    /// <summary>It is being asked.</summary>
    Probe = 0x10,

    /// <summary>It did not answer.</summary>
    Failed = 0x20,

    /// <summary>The address needs no such answer, for example that of a group.</summary>
    NoArp = 0x40,

    /// <summary>An administrator has set it.</summary>
    Permanent = 0x80,
}
