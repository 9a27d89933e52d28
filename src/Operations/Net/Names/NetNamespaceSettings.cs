namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>How a net namespace is to be named or made.</summary>
internal sealed record NetNamespaceSettings
{
    /// <summary>Name the namespace of this process instead of making one.</summary>
    internal int? ProcessId { get; init; }

    /// <summary>The id our net namespace shall have for it; null for none.</summary>
    internal NetNsIdChoice? NetNsId { get; init; }

    /// <summary>Switch its lo on.</summary>
    internal bool LoopbackUp { get; init; }

    /// <summary>Replace a stale plain file.</summary>
    internal bool Force { get; init; }
}
