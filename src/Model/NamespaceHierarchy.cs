using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>By what namespaces are ordered into a tree.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NamespaceHierarchy : long
{
    /// <summary>By the parents of their first processes.</summary>
    Process,

    /// <summary>By the user namespaces that own them.</summary>
    Owner,

    /// <summary>By the parents of pid and user namespaces; other types have none.</summary>
    Parent,
}
