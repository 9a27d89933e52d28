namespace LinuxNamespaces;

/// <summary>How many processes are in a namespace, and the one with the lowest PID, with the name of its user.</summary>
internal sealed record NamespaceProcesses(int Count, FirstProcess? First, string? UserName)
{
    /// <summary>Nobody is inside.</summary>
    internal static NamespaceProcesses None { get; } = new(0, null, null);
}
