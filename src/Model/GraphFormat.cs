namespace LinuxNamespaces;

/// <summary>The language a graph is written in.</summary>
public enum GraphFormat
{
    /// <summary>Mermaid, which wikis and Markdown viewers draw.</summary>
    Mermaid,

    /// <summary>DOT, which Graphviz draws.</summary>
    Dot,
}
