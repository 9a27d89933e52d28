namespace LinuxNamespaces.Operations.Find;

/// <summary>Something an inventory could not look at.</summary>
/// <param name="Kind">The kind of problem.</param>
/// <param name="ProcessId">The process; 0 where none is concerned.</param>
/// <param name="Errno">Why.</param>
/// <param name="Path">The file, where there is one.</param>
internal sealed record InventoryProblem(InventoryProblemKind Kind, int ProcessId, int Errno, string? Path = null);

/// <summary>The kinds of things that could not be read.</summary>
internal enum InventoryProblemKind
{
    /// <summary>The process ended while it was read: it is left out.</summary>
    ProcessEnded,

    /// <summary>Namespace links that may not be read.</summary>
    ProcessHidden,

    /// <summary>Descriptors that may not be listed.</summary>
    DescriptorsHidden,

    /// <summary>A socket whose net namespace may not be asked for.</summary>
    SocketHidden,

    /// <summary>A bind mount that could not be opened.</summary>
    MountHidden,

    /// <summary>A bind mount that another mount covers. Its namespace is known all the same.</summary>
    MountCovered,

    /// <summary>Processes of others that /proc does not even list.</summary>
    ProcessesUnlisted,
}
