namespace LinuxNamespaces;

/// <summary>A mount of a mount namespace.</summary>
public sealed class NamespaceMountInfo : MachineRecord
{
    internal NamespaceMountInfo()
    {
    }

    /// <summary>The mount namespace it is in: <c>host</c>, its container, or the kernel's text, <c>mnt:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>The id of that namespace, which is never used twice; null before Linux 6.18.</summary>
    public ulong? NamespaceId { get; internal init; }

    /// <summary>Its id, which is used again when it is gone.</summary>
    public int Id { get; internal init; }

    /// <summary>The id of the mount it lies on; of the topmost one an id that is not listed.</summary>
    public int ParentId { get; internal init; }

    /// <summary>The id that is never used twice; null before Linux 6.13.</summary>
    public ulong? UniqueId { get; internal init; }

    /// <summary>Where it is mounted, as the root of its namespace sees it.</summary>
    public string MountPoint { get; internal init; } = string.Empty;

    /// <summary>The source of the mount: a device, or any text given to mount(2).</summary>
    public string Source { get; internal init; } = string.Empty;

    /// <summary>The directory or file of the file system that is mounted; <c>/</c> for all of it.</summary>
    public string Root { get; internal init; } = string.Empty;

    /// <summary>The type, for example <c>ext4</c> or <c>fuse.sshfs</c>.</summary>
    public string FileSystemType { get; internal init; } = string.Empty;

    /// <summary>The options of this mount, with commas between.</summary>
    public string Options { get; internal init; } = string.Empty;

    /// <summary>The options of the file system, which all its mounts share.</summary>
    public string FileSystemOptions { get; internal init; } = string.Empty;

    /// <summary>The number of the device, as <c>major:minor</c>.</summary>
    public string Device { get; internal init; } = string.Empty;

    /// <summary>Whether what is mounted below it passes to other mounts, and comes from others.</summary>
    public NamespaceMountPropagation Propagation { get; internal init; }

    /// <summary>The group of mounts, of any namespace, it exchanges with; null where it is not shared.</summary>
    public ulong? PeerGroup { get; internal init; }

    /// <summary>The group it receives from; null where it is not a slave.</summary>
    public ulong? MasterGroup { get; internal init; }

    /// <summary>The nearest group above it that can be seen from here, where that is not <see cref="MasterGroup"/>.</summary>
    public ulong? PropagateFrom { get; internal init; }

    /// <summary>Whether the owners of its files are mapped (mount_setattr(2), MOUNT_ATTR_IDMAP).</summary>
    public bool IsIdMapped { get; internal init; }

    /// <summary>How its uids are mapped; empty for none, and before Linux 6.15.</summary>
    public ValueList<NamespaceIdRange> UidMap { get; internal init; } = new([]);

    /// <summary>How its gids are mapped; empty for none, and before Linux 6.15.</summary>
    public ValueList<NamespaceIdRange> GidMap { get; internal init; } = new([]);

    /// <summary>As in a table of mounts, for example <c>/dev/sda1 /boot ext4 rw,relatime</c>.</summary>
    public override string ToString() => $"{Source} {MountPoint} {FileSystemType} {Options}";
}
