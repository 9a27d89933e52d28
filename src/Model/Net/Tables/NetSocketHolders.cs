using System.Collections.Generic;

namespace LinuxNamespaces;

/// <summary>Which processes hold a socket, of whatever pid namespace; and the name of its user.</summary>
internal sealed record NetSocketHolders(IReadOnlyList<int> ProcessIds, NetSocketHolder? First, string? UserName)
{
    /// <summary>No process that may be seen.</summary>
    internal static NetSocketHolders None { get; } = new([], null, null);
}
