using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>A picture of a map.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NamespaceMapPicture : long
{
    /// <summary>Net namespaces, interfaces, bridges and links.</summary>
    Networks,

    /// <summary>Owners, parents, and what keeps namespaces.</summary>
    Relations,

    /// <summary>Which namespaces containers share.</summary>
    Containers,
}
