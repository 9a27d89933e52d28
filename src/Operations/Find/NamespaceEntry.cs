using System.Collections.Generic;
using LinuxNamespaces.Kernel.Mounts;

namespace LinuxNamespaces.Operations.Find;

/// <summary>A namespace while the inventory gathers what there is to know of it.</summary>
internal sealed class NamespaceEntry(NamespaceType type, ulong inode)
{
    internal NamespaceType Type { get; } = type;

    internal ulong Inode { get; } = inode;

    internal NamespaceSource Source { get; set; }

    internal int ProcessCount { get; set; }

    /// <summary>The row of its lowest PID in the scan; -1 without a process.</summary>
    internal int FirstProcess { get; set; } = -1;

    internal HeldNamespace? Held { get; set; }

    internal List<NamespaceMount>? Mounts { get; set; }

    /// <summary>Where it is mounted in mount namespaces that are not ours.</summary>
    internal List<(OtherMountNamespace In, NamespaceMount Mount)>? OtherMounts { get; set; }

    /// <summary>The path of the mount by which it was opened; empty where none of them leads there.</summary>
    internal string? ReachedBy { get; set; }

    internal ulong? NamespaceId { get; set; }

    internal ulong? OwnerInode { get; set; }

    internal uint? OwnerUserId { get; set; }

    internal ulong? ParentInode { get; set; }

    internal int? NetNsId { get; set; }

    /// <summary>Its relatives and ids have been read.</summary>
    internal bool IsDescribed { get; set; }
}
