using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Operations.Start;

/// <summary>What a failed step means, in the module's own words: an id, what was tried, why, and what to do.</summary>
internal sealed class SpawnFailure(SpawnRequest request)
{
    private readonly SpawnRequest _request = request;

    /// <summary>Where the kernel's switches are: elsewhere in tests.</summary>
    internal string SysctlRoot { get; init; } = "/proc/sys";

    private string TypeList => string.Join(", ", _request.Types.Order().Select(type => type.KernelName()));

    /// <summary>Whether there may be none at all of one of the types.</summary>
    internal bool HasLimitOfZero => _request.Types.Any(type => ReadLimit(type) == 0);

    private bool HasUser => _request.Types.Contains(NamespaceType.User);

    /// <summary>close_range(2) is what keeps the session's descriptors out of programs.</summary>
    internal static NamespaceException? CloseRange(LinuxException failure) => failure.NativeErrorCode is LibC.ENOSYS or LibC.EINVAL
        ? KernelTooOld("keep the session's descriptors out of a program (close_range(2) with its flags)", failure)
        : null;

    /// <summary>A kernel on which nothing can be started.</summary>
    internal static NamespaceException KernelTooOld(string what, LinuxException? failure) =>
        new("KernelTooOld", $"This kernel cannot {what}.", "Linux 5.11 or newer is needed.", failure);

    /// <summary>capset or the ambient set.</summary>
    internal static NamespaceException? Capabilities(LinuxException failure) =>
        new("CapabilitiesRefused", "The kernel did not let the program keep its capabilities.", "-KeepCapabilities needs them in the first place: add -Type User, or run as root.", failure);

    /// <summary>uid_map or gid_map.</summary>
    internal NamespaceException? Map(LinuxException failure, IdMap map)
    {
        string ranges = string.Join(", ", map.Ranges);
        bool isRestricted = failure.NativeErrorCode is LibC.EPERM or LibC.EACCES && ReadSwitch("kernel/apparmor_restrict_unprivileged_userns") == 1;
        return new(
            isRestricted ? "UserNamespaceBlocked" : "IdMapRefused",
            $"The kernel refused the {map.FileName} '{ranges}'.",
            isRestricted
                ? "AppArmor keeps ordinary users from user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or a profile with 'userns,'."
                : "Each outer id must exist in the session's own user namespace, and be the caller's own unless the session has CAP_SETUID and CAP_SETGID; mapping id 0 from outside needs CAP_SETFCAP.",
            failure);
    }

    /// <summary>timens_offsets.</summary>
    internal static NamespaceException? TimeOffsets(LinuxException failure) => new(
        "TimeOffsetRefused",
        "The kernel refused the clock offsets.",
        failure.NativeErrorCode == LibC.ERANGE
            ? "The clocks inside may neither be below zero nor above 146 years: a negative offset may not be larger than the uptime."
            : "Offsets need CAP_SYS_TIME in the user namespace that owns the time namespace: add -Type User, or run as root.",
        failure);

    /// <summary>clone or unshare.</summary>
    internal NamespaceException? NewNamespaces(LinuxException failure) => failure.NativeErrorCode switch
    {
        LibC.ENOSPC or LibC.EUSERS => LimitReached(failure),
        LibC.EPERM or LibC.EACCES => HasUser ? UserNamespaceBlocked(failure) : PrivilegeRequired(failure),
        LibC.EINVAL => new("NamespaceTypeNotSupported", $"This kernel does not know one of the namespace types {TypeList}.", UnknownTypes(), failure),
        LibC.ENOMEM => SecondClone(failure),
        LibC.EAGAIN => new("ProcessLimitReached", "No more processes may be started.", "Raise the limit (ulimit -u, kernel.pid_max, the cgroup's pids.max), or end some.", failure),
        _ => null,
    };

    /// <summary>The clone into a joined pid namespace.</summary>
    internal NamespaceException? SecondClone(LinuxException failure) => failure.NativeErrorCode != LibC.ENOMEM ? NewNamespaces(failure)
        : _request.Join.Any(ns => ns.Type == NamespaceType.Pid)
            ? new("PidNamespaceDead", "The pid namespace is dead: its PID 1 has ended, and nothing can be started in it any more.", "Join one that lives, or make a new one.", failure)
            : new("OutOfMemory", "There is not enough memory for another process.", "Free some, or raise the cgroup's memory.max.", failure);

    /// <summary>setns.</summary>
    internal static NamespaceException? Join(LinuxException failure) => new(
        "JoinRefused",
        $"{failure.Path} could not be joined.",
        failure.NativeErrorCode == LibC.EPERM
            ? "Joining needs CAP_SYS_ADMIN in the user namespace that owns the target: run as root, or join that user namespace too."
            : null,
        failure);

    /// <summary>sethostname, setdomainname.</summary>
    internal static NamespaceException? Name(LinuxException failure) => failure.NativeErrorCode == LibC.EPERM
        ? new("PrivilegeRequired", "The host name may not be set.", "It needs CAP_SYS_ADMIN in the user namespace that owns the uts namespace: add -Type User, or run as root.", failure)
        : null;

    /// <summary>mount.</summary>
    internal NamespaceException? Mount(LinuxException failure) => new(
        "MountRefused",
        $"The mount on '{failure.Path}' was refused.",
        failure.NativeErrorCode switch
        {
            LibC.EPERM when _request.ProcDirectory is not null => "A new /proc may be mounted only with -Type Pid in the same user namespace, and, in a user namespace, only while an uncovered /proc is in sight.",
            LibC.EPERM or LibC.EACCES => "Mounting needs CAP_SYS_ADMIN in the user namespace that owns the mount namespace: add -Type User, or run as root.",
            LibC.ENOENT or LibC.ENOTDIR => "Make the directory first.",
            LibC.ENODEV => "This kernel does not have that file system.",
            LibC.EINVAL when failure.Path == "/" => "The root of the session is no mount, as in a chroot, and so has no propagation to change: add -Propagation Unchanged.",
            LibC.EBUSY => "The same thing is mounted there already.",
            _ => null,
        },
        failure);

    /// <summary>binfmt_misc's register file.</summary>
    internal static NamespaceException? Interpreter(LinuxException failure) => new(
        "InterpreterRefused", "The kernel refused the interpreter.", "The line is :name:type:offset:magic:mask:interpreter:flags; the interpreter must exist.", failure);

    /// <summary>chroot, pivot_root and what belongs to them.</summary>
    internal static NamespaceException? Root(LinuxException failure) => new(
        "RootRefused",
        $"'{failure.Path}' could not become the root directory.",
        failure.NativeErrorCode switch
        {
            LibC.ENOENT or LibC.ENOTDIR => "It must be a directory.",
            LibC.EPERM or LibC.EACCES => "Changing the root needs CAP_SYS_CHROOT, and with -Type Mnt CAP_SYS_ADMIN: add -Type User, or run as root.",
            LibC.EBUSY => "It is the root directory, or the mount of it, already: leave -Root out.",
            LibC.ENAMETOOLONG => "A path may have 4095 bytes.",
            LibC.EINVAL => "pivot_root(2) does not work on the initial RAM disk.",
            _ => null,
        },
        failure);

    /// <summary>chdir.</summary>
    internal NamespaceException? WorkingDirectory(LinuxException failure) => new(
        "WorkingDirectoryNotFound",
        $"The program cannot work in '{failure.Path}'{(_request.Root is null ? string.Empty : $" below the root '{SafeText.Escape(_request.Root)}'")}.",
        "Name a directory that exists inside and may be entered, with -WorkingDirectory.",
        failure);

    /// <summary>The open of a standard stream.</summary>
    internal static NamespaceException Redirect(LinuxException failure) => new(
        "RedirectFailed",
        $"The file '{failure.Path}' cannot be a standard stream of the program.",
        failure.NativeErrorCode switch
        {
            LibC.ENOENT or LibC.ENOTDIR => "Make its directory first; a file to read from must exist.",
            LibC.EISDIR => "Name a file: that is a directory.",
            LibC.EPERM or LibC.EACCES or LibC.EROFS => "The session's user must be allowed to open it.",
            _ => null,
        },
        failure);

    /// <summary>setgroups, setresgid, setresuid.</summary>
    internal static NamespaceException? Ids(LinuxException failure) => failure.Syscall == "setgroups"
        ? new("IdChangeRefused", "The program could not be rid of the session's supplementary groups.", "That needs CAP_SETGID, and in a user namespace that setgroups is not denied there: run as root, or leave out what changes the group (-GroupId, -Owner).", failure)
        : new(
        "IdChangeRefused",
        $"The program could not become {(failure.Syscall == "setresuid" ? "user" : "group")} {failure.Path}.",
        failure.NativeErrorCode == LibC.EINVAL
            ? "That id has no mapping inside of the user namespace: map it with -UidMap, -GidMap, -MapUser or -MapGroup."
            : "Other ids need CAP_SETUID and CAP_SETGID: add -Type User with a map, or run as root.",
        failure);

    /// <summary>cgroup.procs.</summary>
    internal static NamespaceException? ControlGroup(LinuxException failure) => new(
        "ControlGroupRefused",
        "The program could not be moved into the target's control group.",
        "It needs write access to cgroup.procs of the target's group, and of a group above both.",
        failure);

    /// <summary>The bind mount of a namespace.</summary>
    internal NamespaceException Persist(LinuxException failure) => new(
        "PersistRefused",
        $"The namespace could not be bound to '{failure.Path}'.",
        failure.NativeErrorCode switch
        {
            LibC.EINVAL when _request.Persist.ContainsKey(NamespaceType.Mnt) => "A mount namespace can be bound only where mounts do not propagate: make the mount it lies on private (mount --bind DIR DIR; mount --make-private DIR).",
            LibC.EPERM or LibC.EACCES => "Binding a namespace needs CAP_SYS_ADMIN in the session's mount namespace: run as root.",
            LibC.ENOENT or LibC.ENOTDIR => "The directory must exist.",
            LibC.EISDIR => "A namespace is bound to a file: name one in that directory, which need not exist.",
            LibC.EEXIST => "That is a symbolic link to nothing: name a file, which need not exist.",
            _ => null,
        },
        failure);

    /// <summary>The program itself.</summary>
    internal static NamespaceException Program(SpawnPlan plan, int errno)
    {
        string? name = plan.Request.Program;
        bool isSearched = name is not null && !name.Contains('/');
        string tried = SafeText.Escape(isSearched ? $"{name} in {plan.Request.SearchPath}" : plan.Programs[0]);
        LinuxException failure = new(errno, "execve", SafeText.Escape(isSearched ? name! : plan.Programs[0]));
        string root = plan.Request.Root is null ? string.Empty : $" below the root '{SafeText.Escape(plan.Request.Root)}'";
        return errno switch
        {
            LibC.ENOENT or LibC.ENOTDIR => new("ProgramNotFound", $"There is no program to start; tried {tried}{root}.", "Give the path of a program that exists where it is to run; for a script, its interpreter must exist there too.", failure),
            LibC.EACCES or LibC.EPERM => new("ProgramNotExecutable", $"The program may not be executed; tried {tried}{root}.", "It must be a file with the execute permission, on a file system without noexec, in directories that may be entered by the program's user.", failure),
            LibC.ENOEXEC => new("ProgramNotExecutable", $"The program is neither a binary for this machine nor a script with a first line '#!interpreter'; tried {tried}{root}.", "Start its interpreter, with the script as argument.", failure),
            LibC.E2BIG => new("ArgumentsTooLong", "The arguments and the environment are longer than the kernel allows.", "Pass less: one argument may have 128 KiB.", failure),
            _ => new("ProgramNotExecutable", $"The program could not be started; tried {tried}{root}.", null, failure),
        };
    }

    private long? ReadLimit(NamespaceType type) => ReadSwitch($"user/max_{type.KernelName()}_namespaces");

    private long? ReadSwitch(string name)
    {
        try
        {
            return long.Parse(File.ReadAllText(Path.Combine(SysctlRoot, name)), CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private string UnknownTypes()
    {
        IEnumerable<string> missing = _request.Types.Where(type => !File.Exists("/proc/self/ns/" + type.KernelName())).Select(type => type.KernelName());
        return $"Types missing here: {string.Join(", ", missing.DefaultIfEmpty("none"))}. Get-Namespace lists what there is.";
    }

    private NamespaceException LimitReached(LinuxException failure)
    {
        List<string> limits = [.. _request.Types.Order()
            .Select(type => (Name: type.KernelName(), Value: ReadLimit(type)))
            .Where(limit => limit.Value is not null)
            .OrderBy(limit => limit.Value)
            .Select(limit => string.Create(CultureInfo.InvariantCulture, $"user.max_{limit.Name}_namespaces = {limit.Value}"))];
        bool isOff = limits.Any(limit => limit.EndsWith("= 0", StringComparison.Ordinal));
        string first = limits.Count > 0 ? limits[0][..limits[0].IndexOf(' ')] : "user.max_user_namespaces";
        return new(
            "NamespaceLimitReached",
            isOff
                ? $"The limit of namespaces is 0: {string.Join(", ", limits.Where(limit => limit.EndsWith("= 0", StringComparison.Ordinal)))}."
                : $"A limit of namespaces is reached, here or in a user namespace above: {string.Join(", ", limits)}.",
            $"Get-NamespaceLimit tells who uses how many; Set-NamespaceLimit {first["user.max_".Length..^"_namespaces".Length]} 65536 raises it, as root (sysctl {first}=65536). User namespaces may also be nested 32 deep at most.",
            failure);
    }

    private NamespaceException UserNamespaceBlocked(LinuxException failure)
    {
        (string reason, string remedy) = (ReadSwitch("kernel/unprivileged_userns_clone"), ReadSwitch("kernel/apparmor_restrict_unprivileged_userns")) switch
        {
            (0, _) => ("kernel.unprivileged_userns_clone is 0", "Allow them as root: sysctl kernel.unprivileged_userns_clone=1"),
            (_, 1) => ("AppArmor keeps ordinary users from them", "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or a profile with 'userns,' for PowerShell."),
            _ => ("the kernel refused", "A session in a chroot, or whose own uid has no mapping in its user namespace, may not make one; a container's seccomp filter may forbid it too."),
        };
        return new("UserNamespaceBlocked", $"A new user namespace is not allowed: {reason}.", remedy, failure);
    }

    private NamespaceException PrivilegeRequired(LinuxException failure) => new(
        "PrivilegeRequired",
        $"New namespaces of the types {TypeList} need the capability CAP_SYS_ADMIN.",
        "Make a user namespace with them (add User to the types, and -MapRootUser), which ordinary users may, or run as root.",
        failure);
}
