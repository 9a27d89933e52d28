namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>The places in a child's memory that it fills for the session.</summary>
internal enum SpawnResult
{
    /// <summary>The link texts of the namespaces that are not the session's: eight of <see cref="ChildProgram.LinkSize"/> bytes, in the order of the types.</summary>
    NamespaceLinks,

    /// <summary>Or the status of their files: eight times what statx(2) fills.</summary>
    NamespaceStatus = NamespaceLinks + 8,

    /// <summary>Its working directory as the kernel names it: <see cref="ChildProgram.PathSize"/> bytes.</summary>
    WorkingDirectory = NamespaceStatus + 8,

    /// <summary>How many there are.</summary>
    Count,
}
