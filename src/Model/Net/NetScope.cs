using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>How far an address or a route reaches (RT_SCOPE_* of linux/rtnetlink.h). Numbers in between are the administrator's own.</summary>
/// <remarks>64 bits wide, because ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.</remarks>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "See the remarks.")]
public enum NetScope : long
{
    /// <summary>Everywhere.</summary>
    Global = 0,

    /// <summary>Within the site.</summary>
    Site = 200,

    /// <summary>On the link only.</summary>
    Link = 253,

    /// <summary>On this machine only.</summary>
    Host = 254,

    /// <summary>A destination that does not exist.</summary>
    Nowhere = 255,
}
