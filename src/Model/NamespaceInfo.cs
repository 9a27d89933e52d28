using System;
using System.Globalization;
using System.Threading;

namespace LinuxNamespaces;

/// <summary>
/// A namespace as it was at one moment: plain values, no descriptor. Type and <see cref="Inode"/> identify it
/// while it lives; inodes are used again, <see cref="NamespaceId"/> is not.
/// </summary>
public class NamespaceInfo : MachineRecord
{
    private readonly NamespaceSource _sources;
    private readonly int _processCount;
    private readonly int? _processId;
    private readonly int? _parentProcessId;
    private readonly string? _command;
    private readonly uint? _userId;
    private readonly string? _userName;
    private readonly ulong? _ownerInode;
    private readonly uint? _ownerUserId;
    private readonly string? _container;
    private NamespaceContent? _content;

    // Only this module makes these.
    internal NamespaceInfo()
    {
    }

    /// <summary>The kind of namespace.</summary>
    public NamespaceType Type { get; internal init; }

    /// <summary>The inode number of its file, as in <c>/proc/PID/ns</c>.</summary>
    public ulong Inode { get; internal init; }

    /// <summary>The kernel's 64-bit id, never used twice; null before Linux 6.18 (ioctl NS_GET_ID).</summary>
    public ulong? NamespaceId { get; internal init; }

    /// <summary>How many processes are in it, as far as they may be seen.</summary>
    public int ProcessCount
    {
        get => Late is null ? _processCount : Late.ProcessCount;
        internal init => _processCount = value;
    }

    /// <summary>The lowest PID in it; null without a process.</summary>
    public int? ProcessId
    {
        get => Late is null ? _processId : Late.ProcessId;
        internal init => _processId = value;
    }

    /// <summary>The parent of that process.</summary>
    public int? ParentProcessId
    {
        get => Late is null ? _parentProcessId : Late.ParentProcessId;
        internal init => _parentProcessId = value;
    }

    /// <summary>The command line of that process, or its name in brackets; control characters are escaped.</summary>
    public string? Command
    {
        get => Late is null ? _command : Late.Command;
        internal init => _command = value;
    }

    /// <summary>The uid of that process; without a process the uid that made the namespace.</summary>
    public uint? UserId
    {
        get => Late is null ? _userId : Late.UserId;
        internal init => _userId = value;
    }

    /// <summary>The name of that user, or its number where it has none.</summary>
    public string? UserName
    {
        get => Late is null ? _userName : Late.UserName;
        internal init => _userName = value;
    }

    /// <summary>The inode of the user namespace that owns it; null where that is out of sight.</summary>
    public ulong? OwnerInode
    {
        get => Late is null ? _ownerInode : Late.OwnerInode;
        internal init => _ownerInode = value;
    }

    /// <summary>The uid that made the owning user namespace (for a user namespace: that made it).</summary>
    public uint? OwnerUserId
    {
        get => Late is null ? _ownerUserId : Late.OwnerUserId;
        internal init => _ownerUserId = value;
    }

    /// <summary>The inode of the parent of a pid or user namespace; null for the initial one and other types.</summary>
    public ulong? ParentInode { get; internal init; }

    /// <summary>The id our net namespace has for this one (see ip-netns(8)); null where it has none.</summary>
    public int? NetNsId { get; internal init; }

    /// <summary>The name of a net namespace: its entry in /run/netns, the first in order where there are several.</summary>
    public string? Name { get; internal init; }

    /// <summary>
    /// Where it is bind-mounted; several paths stand on lines of their own. Our mount namespace is looked at first;
    /// others, with -Source All, only where it has none: see <see cref="MountNamespace"/>.
    /// </summary>
    public string? MountPoint { get; internal init; }

    /// <summary>
    /// The inode of the mount namespace that <see cref="MountPoint"/> is in; null where that is ours, as nearly always.
    /// </summary>
    public ulong? MountNamespace { get; internal init; }

    /// <summary>A file by which it can be opened now, for example <c>/proc/1/ns/net</c>.</summary>
    public string? Path { get; internal init; }

    /// <summary>The reasons found why the namespace exists: one or several of <see cref="NamespaceSource"/>, by name.</summary>
    public TextList Source => Sources.ToTexts();

    /// <summary>The container its first process is in, as <c>runtime:name</c>, as <c>runtime:id</c> where its name is not known, or the runtime where no more is; null outside of containers.</summary>
    public string? Container
    {
        get => Late is null ? _container : Late.Container;
        internal init => _container = value;
    }

    /// <summary>The host name of a uts namespace. This and what follows is read when it is first asked for; null for other types, and where it may not be read.</summary>
    public string? HostName => Content.HostName;

    /// <summary>The NIS domain name of a uts namespace; null where none was set.</summary>
    public string? DomainName => Content.DomainName;

    /// <summary>The offset that a time namespace adds to the monotonic clock.</summary>
    public TimeSpan? MonotonicOffset => Content.MonotonicOffset;

    /// <summary>The offset that a time namespace adds to the boot-time clock.</summary>
    public TimeSpan? BootTimeOffset => Content.BootTimeOffset;

    /// <summary>The control group that a cgroup namespace shows as its root, as the session's own shows it.</summary>
    public string? CgroupRoot => Content.CgroupRoot;

    /// <summary>How many mounts a mount namespace has.</summary>
    public int? MountCount => Content.MountCount;

    /// <summary>How many network interfaces a net namespace has.</summary>
    public int? InterfaceCount => Late is null ? Content.InterfaceCount : Late.InterfaceCount;

    /// <summary>The map of uids of a user namespace, as <c>inside:outside:count</c>.</summary>
    public TextList? UidMap => Content.UidMap;

    /// <summary>The map of gids of a user namespace.</summary>
    public TextList? GidMap => Content.GidMap;

    /// <summary>Whether setgroups(2) may be called in a user namespace.</summary>
    public SetGroupsPolicy? SetGroups => Content.SetGroups;

    /// <summary>Whether it is one of the namespaces the system started with.</summary>
    public bool IsInitial { get; internal init; }

    /// <summary>Whether the caller is in it.</summary>
    public bool IsCurrent { get; internal init; }

    /// <summary>Steps below the root of the tree asked for; 0 without one.</summary>
    public int Depth { get; internal set; }

    /// <summary>The drawn branch and the name of this node in the tree asked for; null without one.</summary>
    public string? Hierarchy { get; internal set; }

    /// <summary>The reasons found why the namespace exists.</summary>
    internal NamespaceSource Sources
    {
        get => Late is null ? _sources : Late.Sources;
        init => _sources = value;
    }

    /// <summary>Where what takes time to find out is looked up when it is first asked for; null where all is known.</summary>
    private protected virtual ILateNamespace? Late => null;

    // A list of them may be shared out between runspaces: the first that has read it counts.
    private NamespaceContent Content => Volatile.Read(ref _content) ?? Interlocked.CompareExchange(ref _content, IMachine.This.ReadContent(this), null) ?? _content;

    /// <summary>The kernel's own text, for example <c>net:[4026531840]</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Type.ToString().ToLowerInvariant()}:[{Inode}]");
}
