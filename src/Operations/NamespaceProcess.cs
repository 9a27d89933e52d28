using System;
using System.Globalization;

namespace LinuxNamespaces;

/// <summary>
/// A process and the namespaces it is in. Stop-Process, Wait-Process and Get-Process take it by its
/// <see cref="Id"/>.
/// </summary>
public sealed class NamespaceProcess
{
    internal NamespaceProcess()
    {
    }

    /// <summary>The PID, as the session sees it.</summary>
    public int Id { get; internal init; }

    /// <summary>The PID in its own pid namespace.</summary>
    public int NamespacePid { get; internal init; }

    /// <summary>Its PIDs in every pid namespace from ours to its own, as the kernel's NSpid: <c>4711 12 1</c>.</summary>
    public string? NSpid { get; internal init; }

    /// <summary>The PID of its parent; 0 where that is out of sight.</summary>
    public int ParentId { get; internal init; }

    /// <summary>The name the kernel knows it by.</summary>
    public string? Name { get; internal init; }

    /// <summary>The command line, or its name in brackets; control characters are escaped.</summary>
    public string? CommandLine { get; internal init; }

    /// <summary>The effective uid, as the session sees it.</summary>
    public uint? UserId { get; internal init; }

    /// <summary>The name of that user, or its number where it has none.</summary>
    public string? UserName { get; internal init; }

    /// <summary>The effective uid in its own user namespace; null where it has none there.</summary>
    public uint? NamespaceUserId { get; internal init; }

    /// <summary>The container it is in, as <c>runtime:id</c>; null outside of containers.</summary>
    public string? Container { get; internal init; }

    /// <summary>When it was started.</summary>
    public DateTime? StartTime { get; internal init; }

    /// <summary>The inode of its cgroup namespace.</summary>
    public ulong Cgroup { get; internal init; }

    /// <summary>The inode of its ipc namespace.</summary>
    public ulong Ipc { get; internal init; }

    /// <summary>The inode of its mnt namespace.</summary>
    public ulong Mnt { get; internal init; }

    /// <summary>The inode of its net namespace.</summary>
    public ulong Net { get; internal init; }

    /// <summary>The inode of its pid namespace.</summary>
    public ulong Pid { get; internal init; }

    /// <summary>The inode of its time namespace; 0 on a kernel without.</summary>
    public ulong Time { get; internal init; }

    /// <summary>The inode of its user namespace.</summary>
    public ulong User { get; internal init; }

    /// <summary>The inode of its uts namespace.</summary>
    public ulong Uts { get; internal init; }

    /// <summary>Of all eight.</summary>
    internal ulong[] Inodes => [Cgroup, Ipc, Mnt, Net, Pid, Time, User, Uts];

    /// <summary>When it started in clock ticks since boot: with the PID, what tells it from others.</summary>
    internal ulong? StartTicks { get; init; }

    /// <summary>The name and the PID.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({Id})");
}
