using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>Whether an interface works (RFC 2863, IF_OPER_* of linux/if.h).</summary>
/// <remarks>64 bits wide, because ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.</remarks>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "See the remarks.")]
public enum NetInterfaceState : long
{
    /// <summary>The driver does not say; normal for lo.</summary>
    Unknown,

    /// <summary>The hardware is missing.</summary>
    NotPresent,

    /// <summary>It is off, or has no carrier.</summary>
    Down,

    /// <summary>The interface below is down; for a veth, the other end.</summary>
    LowerLayerDown,

    /// <summary>It is being tested.</summary>
    Testing,

    /// <summary>It waits for something outside.</summary>
    Dormant,

    /// <summary>It can pass packets.</summary>
    Up,
}
