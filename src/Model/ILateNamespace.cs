namespace LinuxNamespaces;

/// <summary>
/// The properties of a namespace that are read on first use. The properties themselves are those of <see cref="NamespaceInfo"/> and not
/// overridden: the columns of a CSV file stand in the order in which one class has them.
/// </summary>
internal interface ILateNamespace
{
    NamespaceSource Sources { get; }

    int ProcessCount { get; }

    int? ProcessId { get; }

    int? ParentProcessId { get; }

    string? Command { get; }

    uint? UserId { get; }

    string? UserName { get; }

    ulong? OwnerInode { get; }

    uint? OwnerUserId { get; }

    string? Container { get; }

    int? InterfaceCount { get; }
}
