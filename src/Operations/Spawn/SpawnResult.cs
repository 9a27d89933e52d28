namespace LinuxNamespaces.Operations;

/// <summary>The places in a child's memory that it fills for the session.</summary>
internal enum SpawnResult
{
    /// <summary>The link texts of its namespaces: eight of <see cref="ChildProgram.LinkSize"/> bytes, in the order of the types.</summary>
    NamespaceLinks,

    /// <summary>Its working directory as the kernel names it.</summary>
    WorkingDirectory = NamespaceLinks + 8,

    /// <summary>One more than the last.</summary>
    Count,
}
