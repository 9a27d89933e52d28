namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>The reasons for which a namespace cannot be bound on a file.</summary>
internal enum PinProblem
{
    /// <summary>The file cannot be opened or made.</summary>
    Unreachable,

    /// <summary>It is a directory, a device or the like (EISDIR or EINVAL).</summary>
    NotAFile,

    /// <summary>A namespace is bound on it already (EBUSY).</summary>
    HasNamespace,

    /// <summary>Something else is mounted on it (EBUSY).</summary>
    HasMount,

    /// <summary>The kernel refused the mount.</summary>
    Refused,
}
