using System;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The states of an address of an interface (IFA_F_* of linux/if_addr.h).</summary>
/// <remarks>64 bits wide, because ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.</remarks>
[Flags]
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "See the remarks.")]
public enum NetAddressState : long
{
    /// <summary>Nothing in particular.</summary>
    None = 0,

    /// <summary>Another address of the same network comes first (IPv4); a temporary address (IPv6).</summary>
    Secondary = 0x1,

    /// <summary>The kernel does not look for duplicates of it.</summary>
    NoDad = 0x2,

    /// <summary>It may be used while the kernel still looks for duplicates.</summary>
    Optimistic = 0x4,

    /// <summary>Another machine on the link has it; it cannot be used.</summary>
    DadFailed = 0x8,

    /// <summary>The home address of Mobile IPv6.</summary>
    HomeAddress = 0x10,

    /// <summary>Its preferred lifetime is over: new connections use another one.</summary>
    Deprecated = 0x20,

    /// <summary>The kernel still looks for duplicates; it cannot be used yet.</summary>
    Tentative = 0x40,

    /// <summary>It does not expire.</summary>
    Permanent = 0x80,

    /// <summary>The kernel makes temporary addresses from it.</summary>
    ManageTempAddress = 0x100,

    /// <summary>It made no route to its network.</summary>
    NoPrefixRoute = 0x200,

    /// <summary>The interface joined its multicast group.</summary>
    AutoJoin = 0x400,

    /// <summary>It was made from a secret of the machine (RFC 7217).</summary>
    StablePrivacy = 0x800,
}
