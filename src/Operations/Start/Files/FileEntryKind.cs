namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>The kind of thing at a path of the child.</summary>
internal enum FileEntryKind
{
    /// <summary>A file or directory of the session, and what is mounted below.</summary>
    Bind,

    /// <summary>A new, empty file system in memory.</summary>
    Tmpfs,

    /// <summary>Directories of the session, one over the other.</summary>
    Overlay,

    /// <summary>Nothing: an empty directory or file hides what is there.</summary>
    Mask,

    /// <summary>A new /proc.</summary>
    Proc,

    /// <summary>A new devpts.</summary>
    Terminals,

    /// <summary>A directory of a tmpfs.</summary>
    Directory,

    /// <summary>A file with content.</summary>
    Content,

    /// <summary>A symbolic link in a tmpfs.</summary>
    Link,
}
