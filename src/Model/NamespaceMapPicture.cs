namespace LinuxNamespaces;

/// <summary>A picture of a map.</summary>
public enum NamespaceMapPicture
{
    /// <summary>Net namespaces, interfaces, bridges and links.</summary>
    Networks,

    /// <summary>Owners, parents, and what keeps namespaces.</summary>
    Relations,

    /// <summary>Which namespaces containers share.</summary>
    Containers,
}
