namespace LinuxNamespaces;

/// <summary>By what namespaces are ordered into a tree.</summary>
public enum NamespaceHierarchy
{
    /// <summary>By the parents of their first processes.</summary>
    Process,

    /// <summary>By the user namespaces that own them.</summary>
    Owner,

    /// <summary>By the parents of pid and user namespaces; other types have none.</summary>
    Parent,
}
