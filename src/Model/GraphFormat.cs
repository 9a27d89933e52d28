using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The language a graph is written in.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum GraphFormat : long
{
    /// <summary>Mermaid, which wikis and Markdown viewers draw.</summary>
    Mermaid,

    /// <summary>DOT, which Graphviz draws.</summary>
    Dot,
}
