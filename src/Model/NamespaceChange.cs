using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The kind of change to a namespace.</summary>
/// <remarks>64 bits wide, because ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.</remarks>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "See the remarks.")]
public enum NamespaceChange : long
{
    /// <summary>It was there when the watch began.</summary>
    Existing,

    /// <summary>It has come, or got the name.</summary>
    Added,

    /// <summary>It has gone, or lost the name.</summary>
    Removed,

    /// <summary>Something else keeps it, or another process is its first.</summary>
    HolderChanged,

    /// <summary>A net namespace got an id in ours.</summary>
    IdAssigned,

    /// <summary>An id in our net namespace went with its namespace.</summary>
    IdReleased,
}
