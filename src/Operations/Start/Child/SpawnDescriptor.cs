namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>The descriptors of the session that a child works with until it runs the program.</summary>
internal enum SpawnDescriptor
{
    /// <summary>/proc, opened before anything is mounted or joined.</summary>
    Proc,

    /// <summary>The source of descriptor 0.</summary>
    StandardInput,

    /// <summary>The source of descriptor 1.</summary>
    StandardOutput,

    /// <summary>The source of descriptor 2.</summary>
    StandardError,

    /// <summary>Where the child says that it has come to a gate.</summary>
    GateReached,

    /// <summary>Where the child waits for the gate to open.</summary>
    GateOpened,

    /// <summary>The other end of that, which the child closes so that it sees the session die.</summary>
    GateOpener,

    /// <summary>The first of the descriptors a caller passes on, from number 3 on.</summary>
    Passed,
}
