using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The namespaces to make.</summary>
    internal NamespaceTypeSet Types { get; init; }
}

/// <summary>Makes the new namespaces: the first clone makes those it can, the child the others.</summary>
internal sealed class NewNamespacesPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    /// <summary>Where the kernel's switches are: elsewhere in tests.</summary>
    internal string SysctlRoot { get; init; } = "/proc/sys";

    // The second process of a time namespace must not share memory with the first.
    internal override PartNeeds Needs => TimeNeedsFork(_request) ? PartNeeds.PrivateMemory : PartNeeds.None;

    private string TypeList => _request.Types.Names;

    private bool HasUser => _request.Types.Contains(NamespaceType.User);

    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files)
    {
        if (_request.Types.Any(type => ReadLimit(type) == 0))
        {
            yield return Refused(new LinuxException(LibC.ENOSPC, "clone"));
            yield break;
        }

        // A process that joins a user namespace may have all rights there.
        bool isFree = _request.Types.Count == 0 || HasUser || _request.JoinedTypes.Contains(NamespaceType.User);
        yield return isFree || ProcessCredentials.Has(ProcessCredentials.CapSysAdmin) ? null : Refused(new LinuxException(LibC.EPERM, "clone"));
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.Make && MadeByChild(_request) is { Count: > 0 } types)
        {
            steps.Add(
                "unshare",
                LibCExports.unshare,
                [types.CloneFlags],
                "make new " + types.Names,
                explain: Refused);
        }
        else if (stage == StartStage.Enter && NeedsSecondClone(_request))
        {
            steps.Add(ChildStep.Clone(TimeNeedsFork(_request) ? 0 : LibC.CLONE_VM, "go on in a second process, which is inside", SecondRefused));
        }
    }

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate == StartGate.Last && NeedsSecondClone(_request))
        {
            // The session holds it when it opens the gate.
            yield return new GateWork("takes hold of the second process", null);
        }
    }

    /// <summary>The namespaces the first clone makes.</summary>
    internal static NamespaceTypeSet MadeByClone(SpawnRequest request) =>
        request.Types.Except(MadeByChild(request)).Except(RootPart.MakesNamespace(request) ? [NamespaceType.Mnt] : default);

    /// <summary>Whether the program must run in a process that the child makes: a pid namespace is entered only so.</summary>
    internal static bool NeedsSecondClone(SpawnRequest request) =>
        TimeNeedsFork(request) || MadeByChild(request).Contains(NamespaceType.Pid) || request.JoinedTypes.Contains(NamespaceType.Pid);

    /// <summary>Explains a refused clone or unshare.</summary>
    internal NamespaceException? Refused(LinuxException failure) => failure.NativeErrorCode switch
    {
        LibC.ENOSPC or LibC.EUSERS => LimitReached(failure),
        LibC.EPERM or LibC.EACCES => HasUser ? UserNamespaceBlocked(failure) : PrivilegeRequired(failure),
        LibC.EINVAL => new(ErrorIds.NamespaceTypeNotSupported, $"This kernel does not know one of the namespace types {TypeList}.", UnknownTypes(), failure),
        LibC.ENOMEM => SecondRefused(failure),
        LibC.EAGAIN => new(ErrorIds.ProcessLimitReached, "No more processes may be started.", "Raise the limit (ulimit -u, kernel.pid_max, the cgroup's pids.max), or end some.", failure),
        _ => null,
    };

    // With joins, for another owner and without groups the child must be somewhere, or somebody, else first. CLONE_NEWTIME is not a flag of
    // clone(2). PID 1 of a new pid namespace cannot make the second process: the kernel refuses it CLONE_PARENT. The root of a cgroup namespace
    // is the group in which its first process is when it is made.
    private static NamespaceTypeSet MadeByChild(SpawnRequest request)
    {
        if (request.Join.Count > 0 || IdentityPart.ComesBeforeNamespaces(request))
        {
            return request.Types;
        }

        NamespaceTypeSet never = NamespaceTypeSet.All.Except([NamespaceType.Time]);
        never = TimeNeedsFork(request) ? never.Except([NamespaceType.Pid]) : never;
        return request.Types.Except(LimitsPart.IsAsked(request) ? never.Except([NamespaceType.Cgroup]) : never);
    }

    private static bool TimeNeedsFork(SpawnRequest request) => request.Types.Contains(NamespaceType.Time) && !KernelFeatures.TimeNamespaceEnteredByExec;

    /// <summary>Explains a refused clone by which the child was to go on as a second process.</summary>
    internal NamespaceException? SecondRefused(LinuxException failure) => failure.NativeErrorCode != LibC.ENOMEM ? Refused(failure)
        : _request.JoinedTypes.Contains(NamespaceType.Pid)
            ? new(ErrorIds.PidNamespaceDead, "The pid namespace is dead: its PID 1 has ended, and nothing can be started in it any more.", "Join one that lives, or make a new one.", failure)
            : new(ErrorIds.OutOfMemory, "There is not enough memory for another process.", "Free some, or raise the cgroup's memory.max.", failure);

    private long? ReadLimit(NamespaceType type) => KernelSwitch.Read(SysctlRoot, $"user/max_{type.KernelName()}_namespaces");

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
            ErrorIds.NamespaceLimitReached,
            isOff
                ? $"The limit of namespaces is 0: {string.Join(", ", limits.Where(limit => limit.EndsWith("= 0", StringComparison.Ordinal)))}."
                : $"A limit of namespaces is reached, here or in a user namespace above: {string.Join(", ", limits)}.",
            $"Get-NamespaceLimit lists the users and their counts; Set-NamespaceLimit {first["user.max_".Length..^"_namespaces".Length]} 65536 raises it, as root (sysctl {first}=65536). User namespaces may also be nested 32 deep at most.",
            failure);
    }

    private NamespaceException UserNamespaceBlocked(LinuxException failure)
    {
        (string reason, string remedy) = (KernelSwitch.Read(SysctlRoot, "kernel/unprivileged_userns_clone"), KernelSwitch.Read(SysctlRoot, KernelSwitch.AppArmorRestriction)) switch
        {
            (0, _) => ("kernel.unprivileged_userns_clone is 0", "Allow them as root: sysctl kernel.unprivileged_userns_clone=1"),
            (_, 1) => ("AppArmor keeps ordinary users from them", "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or a profile with 'userns,' for PowerShell."),
            _ => ("the kernel refused", "The session must not be in a chroot, and its uid needs a mapping in its user namespace. A container's seccomp filter may forbid it too."),
        };
        return new(ErrorIds.UserNamespaceBlocked, $"A new user namespace is not allowed: {reason}.", remedy, failure);
    }

    private NamespaceException PrivilegeRequired(LinuxException failure) => new(
        ErrorIds.PrivilegeRequired,
        $"New namespaces of the types {TypeList} need the capability CAP_SYS_ADMIN.",
        "Make a user namespace with them (add User to the types, and -MapRootUser), which ordinary users may, or run as root.",
        failure);
}
