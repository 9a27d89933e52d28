using System.Collections.Generic;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>One mount of a namespace, text decoded and safe for a terminal. Both ways to read it give the same.</summary>
internal sealed record MountEntry
{
    internal int Id { get; init; }

    internal int ParentId { get; init; }

    /// <summary>The id that is never used twice (Linux 6.8); null where mountinfo was read, and not part of what both ways agree on.</summary>
    internal ulong? UniqueId { get; init; }

    internal uint Major { get; init; }

    internal uint Minor { get; init; }

    /// <summary>The directory of the file system that is mounted.</summary>
    internal string Root { get; init; } = string.Empty;

    internal string MountPoint { get; init; } = string.Empty;

    /// <summary>With the subtype behind a dot, as <c>fuse.sshfs</c>.</summary>
    internal string Type { get; init; } = string.Empty;

    internal string Source { get; init; } = string.Empty;

    /// <summary>The options of this mount.</summary>
    internal string Options { get; init; } = string.Empty;

    /// <summary>The options of the file system.</summary>
    internal string SuperOptions { get; init; } = string.Empty;

    /// <summary>The group of mounts it exchanges with; 0 where it is not shared.</summary>
    internal ulong PeerGroup { get; init; }

    /// <summary>The group it only receives from; 0 for none.</summary>
    internal ulong MasterGroup { get; init; }

    /// <summary>The nearest group above that the reader can see; 0 for none, and where that is the master.</summary>
    internal ulong PropagateFrom { get; init; }

    internal bool IsUnbindable { get; init; }

    /// <summary>The map of user ids of an idmapped mount (Linux 6.15); null for none, and where mountinfo was read.</summary>
    internal IReadOnlyList<IdRange>? UserMap { get; init; }

    /// <summary>The same of group ids.</summary>
    internal IReadOnlyList<IdRange>? GroupMap { get; init; }
}
