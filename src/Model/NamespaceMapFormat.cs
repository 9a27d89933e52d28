using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The file format of a map.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NamespaceMapFormat : long
{
    /// <summary>A page with all pictures, to look at in a browser.</summary>
    Html,

    /// <summary>One picture, for a document.</summary>
    Svg,
}
