namespace LinuxNamespaces;

/// <summary>What kind of file a map is written as.</summary>
public enum NamespaceMapFormat
{
    /// <summary>A page with all pictures, to look at in a browser.</summary>
    Html,

    /// <summary>One picture, for a document.</summary>
    Svg,
}
