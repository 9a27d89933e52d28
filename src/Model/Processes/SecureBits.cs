using System;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The meaning of the user id 0 and of capabilities for a program. See capabilities(7).</summary>
[Flags]
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The kernel's name.")]
public enum SecureBits : long
{
    /// <summary>As always.</summary>
    None = 0,

    /// <summary>The user id 0 gives no capabilities.</summary>
    NoRoot = 1,

    /// <summary><see cref="NoRoot"/> cannot be changed any more.</summary>
    NoRootLocked = 2,

    /// <summary>A change of the user id changes no capabilities.</summary>
    NoSetUidFixup = 4,

    /// <summary><see cref="NoSetUidFixup"/> cannot be changed any more.</summary>
    NoSetUidFixupLocked = 8,

    /// <summary>Capabilities survive a change from the user id 0; cleared when a program starts.</summary>
    KeepCaps = 16,

    /// <summary><see cref="KeepCaps"/> cannot be changed any more.</summary>
    KeepCapsLocked = 32,

    /// <summary>No capability can be made ambient.</summary>
    NoCapAmbientRaise = 64,

    /// <summary><see cref="NoCapAmbientRaise"/> cannot be changed any more.</summary>
    NoCapAmbientRaiseLocked = 128,
}
