using System;
using System.Globalization;

namespace LinuxNamespaces;

/// <summary>
/// A process and the namespaces it is in: one that was started here, or any that was found. Stop-Process, Wait-Process
/// and Get-Process take it by its <see cref="Id"/>.
/// </summary>
public sealed class NamespaceProcess : MachineRecord
{
    private static readonly int s_types = Enum.GetValues<NamespaceType>().Length;

    private string? _userName;

    // Only this module makes these.
    internal NamespaceProcess()
    {
    }

    /// <summary>The PID, as the session sees it.</summary>
    public int Id { get; internal init; }

    /// <summary>The PID in its own pid namespace.</summary>
    public int NamespacePid { get; internal init; }

    /// <summary>
    /// Its PIDs in every pid namespace from ours to its own, as the kernel's NSpid: <c>4711 12 1</c>; null for one that
    /// was started here.
    /// </summary>
    public string? NSpid { get; internal init; }

    /// <summary>The PID of its parent; 0 where that is out of sight.</summary>
    public int ParentId { get; internal init; }

    /// <summary>The name of its program. Not called Name: piped to Get-Process that would stand for all processes of that name.</summary>
    public string? Program { get; internal init; }

    /// <summary>The name it was called by and its arguments; control characters are escaped.</summary>
    public string? CommandLine { get; internal init; }

    /// <summary>Its effective uid, seen from outside of its user namespace.</summary>
    public uint UserId { get; internal init; }

    /// <summary>The name of that user; a number where it has no name.</summary>
    public string UserName
    {
        get => _userName ??= IMachine.This.UserNameOf(UserId);
        internal init => _userName = value;
    }

    /// <summary>The effective uid in its own user namespace; null where it has none there, or was started here.</summary>
    public uint? NamespaceUserId { get; internal init; }

    /// <summary>The container it is in, as <c>runtime:name</c>, or <c>runtime:id</c> where its name is not known; null outside of containers.</summary>
    public string? Container { get; internal init; }

    /// <summary>The whole id of the container; null outside of containers.</summary>
    public string? ContainerId { get; internal init; }

    /// <summary>The pod of the container: the uid of a Kubernetes pod, the id of a podman pod; null for none.</summary>
    public string? Pod { get; internal init; }

    /// <summary>When it was started.</summary>
    public DateTime StartTime { get; internal init; }

    /// <summary>Whether it had ended when it was looked at, and its parent had not waited for it: such a process is in no namespaces any more.</summary>
    public bool IsZombie { get; internal init; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => End?.HasExited ?? (IsZombie || new ProcessIdentity(Id, IMachine.This.StartTicksOfLiving(Id)) != Identity);

    /// <summary>The exit code; null while the process runs, where a signal terminated it, and where it was not started here.</summary>
    public int? ExitCode => End?.ExitCode;

    /// <summary>The signal that ended it; null otherwise.</summary>
    public int? Signal => End?.Signal;

    /// <summary>
    /// The state: <c>running</c>, <c>exit 0</c> or <c>signal 9</c>; <c>zombie</c> where its parent has not waited for it, <c>exited</c> where
    /// the exit code is not known.
    /// </summary>
    public string State => IsZombie ? "zombie"
        : !HasExited ? "running"
        : Signal is int signal ? string.Create(CultureInfo.InvariantCulture, $"signal {signal}")
        : ExitCode is int code ? string.Create(CultureInfo.InvariantCulture, $"exit {code}")
        : "exited";

    /// <summary>
    /// The most memory that the process and its children have used at a time, in bytes; null for a process that was started without limits, or on a
    /// kernel older than 5.19.
    /// </summary>
    public long? PeakMemory => Usage.PeakMemory;

    /// <summary>The processor time of the process and all its children, also of those that have ended; null for a process that was started without limits.</summary>
    public TimeSpan? CpuTime => Usage.CpuTime;

    /// <summary>
    /// Whether the kernel has killed the process or one of its children because the memory limit was reached; null for a process that was started
    /// without limits.
    /// </summary>
    public bool? OomKilled => Usage.OomKilled;

    /// <summary>The inode of its cgroup namespace.</summary>
    public ulong CgroupNamespace => Inodes[(int)NamespaceType.Cgroup];

    /// <summary>The inode of its ipc namespace.</summary>
    public ulong IpcNamespace => Inodes[(int)NamespaceType.Ipc];

    /// <summary>The inode of its mnt namespace.</summary>
    public ulong MntNamespace => Inodes[(int)NamespaceType.Mnt];

    /// <summary>The inode of its net namespace.</summary>
    public ulong NetNamespace => Inodes[(int)NamespaceType.Net];

    /// <summary>The inode of its pid namespace.</summary>
    public ulong PidNamespace => Inodes[(int)NamespaceType.Pid];

    /// <summary>The inode of its time namespace; 0 on a kernel without.</summary>
    public ulong TimeNamespace => Inodes[(int)NamespaceType.Time];

    /// <summary>The inode of its user namespace.</summary>
    public ulong UserNamespace => Inodes[(int)NamespaceType.User];

    /// <summary>The inode of its uts namespace.</summary>
    public ulong UtsNamespace => Inodes[(int)NamespaceType.Uts];

    /// <summary>The handle of a child of the session; null for a process that was found.</summary>
    internal object? Child { get; init; }

    /// <summary>One inode per type, in the enum's order; 0 for none.</summary>
    internal ulong[] Inodes { get; init; } = new ulong[s_types];

    /// <summary>The identity of the process, which a later process with the same PID does not share. The start time is empty for a child of this session.</summary>
    internal ProcessIdentity Identity => new(Id, StartTicks ?? (HasExited ? null : ProcessIdentity.Of(Id).StartTicks));

    /// <summary>When it started, in clock ticks since boot; null where it was started here.</summary>
    internal ulong? StartTicks { get; init; }

    private GroupUsage Usage => Child is null ? default : IMachine.This.UsageOf(Child);

    private ProcessEnd? End => Child is null ? null : IMachine.This.EndOf(Child);

    /// <summary>The name and the PID.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Program} ({Id})");
}
