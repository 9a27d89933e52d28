namespace LinuxNamespaces;

/// <summary>How the ids of a user namespace are mapped. See user_namespaces(7).</summary>
public sealed class NamespaceIdMap : MachineRecord
{
    internal NamespaceIdMap()
    {
    }

    /// <summary>The user namespace: <c>host</c>, its container, or the kernel's text, <c>user:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>The id of that namespace, which is never used twice; null before Linux 6.18.</summary>
    public ulong? NamespaceId { get; internal init; }

    /// <summary>The inode of the user namespace above it; null for the first, and where that is out of sight.</summary>
    public ulong? ParentInode { get; internal init; }

    /// <summary>The uid that made it.</summary>
    public uint? OwnerUserId { get; internal init; }

    /// <summary>The process by which the maps were read.</summary>
    public int ProcessId { get; internal init; }

    /// <summary>The map of uids: outside are those of the session's user namespace, for that itself those of the one above it. Empty until it is written.</summary>
    public ValueList<NamespaceIdRange> UidMap { get; internal init; } = new([]);

    /// <summary>The map of gids, in the same way.</summary>
    public ValueList<NamespaceIdRange> GidMap { get; internal init; } = new([]);

    /// <summary>Whether setgroups(2) may be called inside; null on a kernel that does not tell.</summary>
    public SetGroupsPolicy? SetGroups { get; internal init; }

    /// <summary>For example <c>user:[4026532281] uids 0:100000:65536 gids 0:100000:65536</c>.</summary>
    public override string ToString() => $"user:[{NamespaceInode}] uids {UidMap} gids {GidMap}";
}
