using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The owner of the new user namespace; null is the caller.</summary>
    internal (uint UserId, uint GroupId)? Owner { get; init; }

    /// <summary>The uid the program runs as, as seen inside.</summary>
    internal uint? UserId { get; init; }

    /// <summary>The gid the program runs as.</summary>
    internal uint? GroupId { get; init; }

    /// <summary>Keeps uid, gid and groups in a joined user namespace; else it becomes root there.</summary>
    internal bool PreserveCredentials { get; init; }
}

/// <summary>Makes the child somebody else. Groups first, then the gid, then the uid: each needs what the next gives up.</summary>
internal sealed class IdentityPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs =>
        _request.UserId is not null || _request.GroupId is not null || _request.Owner is not null ? PartNeeds.PrivateMemory : PartNeeds.None;

    internal override void Validate()
    {
        RequestRules.Require(_request.Types, NamespaceType.User, _request.Owner is not null, "Id maps, -SetGroups and -Owner");
        RequestRules.CheckId(_request.UserId, "-UserId");
        RequestRules.CheckId(_request.GroupId, "-GroupId");
        RequestRules.CheckId(_request.Owner?.UserId, "-Owner");
        RequestRules.CheckId(_request.Owner?.GroupId, "-Owner");
    }

    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files)
    {
        if (MustDropGroupsFirst(_request) && !ProcessCredentials.Has(ProcessCredentials.CapSetGid))
        {
            yield return Refused(new LinuxException(LibC.EPERM, "setgroups"));
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.Own)
        {
            // A user namespace belongs to its maker.
            if (_request.Owner is (uint ownerId, uint ownerGroup))
            {
                DropGroups(steps, mayFail: false);
                SetGroup(steps, ownerGroup, ", the owner of the new user namespace", Refused);
                SetUser(steps, ownerId, ", the owner of the new user namespace", Refused);
            }

            if (MustDropGroupsFirst(_request))
            {
                DropGroups(steps, mayFail: false);
            }
        }
        else if (stage == StartStage.Ids)
        {
            bool isJoined = JoinedIds.AreAsked(_request);
            Func<LinuxException, NamespaceException?> explain = isJoined ? RefusedInside : Refused;
            if (_request.GroupId is uint groupId)
            {
                if (_request.SetGroups != SetGroupsPolicy.Deny)
                {
                    // On the way into a joined user namespace that was done outside already.
                    DropGroups(steps, mayFail: isJoined);
                }

                SetGroup(steps, groupId, string.Empty, explain);
            }

            if (_request.UserId is uint userId)
            {
                SetUser(steps, userId, string.Empty, explain);
            }
        }
    }

    /// <summary>Whether the child must become somebody else, or rid of groups, before it makes its namespaces.</summary>
    internal static bool ComesBeforeNamespaces(SpawnRequest request) => request.Owner is not null || MustDropGroupsFirst(request);

    /// <summary>Whether supplementary groups must be left behind before the new user namespace is made, in which nobody can.</summary>
    internal static bool MustDropGroupsFirst(SpawnRequest request) =>
        request.GroupId is uint inside && request.SetGroups == SetGroupsPolicy.Deny && request.Owner is null
        && ProcessCredentials.HasGroupsBesides(request.GroupMap?.ToOuter(inside) ?? inside);

    /// <summary>Leaves the session's supplementary groups behind.</summary>
    internal static void DropGroups(StepList steps, bool mayFail) => steps.Add(
        "setgroups", LibCExports.syscall, [SystemCallNumber.setgroups, 0, 0], mayFail ? null : "drop supplementary groups", mayFail: mayFail, explain: Refused);

    /// <summary>Why an id could not be taken on in a joined user namespace.</summary>
    internal static NamespaceException? RefusedInside(LinuxException failure) => failure.NativeErrorCode == LibC.EINVAL
        ? new(ErrorIds.IdNotMapped, $"Nothing was run: the joined user namespace has no {(failure.Syscall == "setresuid" ? "user" : "group")} {failure.Path}.", "Give -UserId and -GroupId that it has.", failure)
        : Refused(failure);

    private static void SetGroup(StepList steps, uint id, string role, Func<LinuxException, NamespaceException?> explain) =>
        steps.Add("setresgid", LibCExports.syscall, [SystemCallNumber.setresgid, id, id, id], $"become group {id}{role}", $"{id}", explain: explain);

    private static void SetUser(StepList steps, uint id, string role, Func<LinuxException, NamespaceException?> explain) =>
        steps.Add("setresuid", LibCExports.syscall, [SystemCallNumber.setresuid, id, id, id], $"become user {id}{role}", $"{id}", explain: explain);

    private static NamespaceException? Refused(LinuxException failure) => failure.Syscall == "setgroups"
        ? new(ErrorIds.IdChangeRefused, "The session's supplementary groups could not be dropped.", "It needs CAP_SETGID, and in a user namespace setgroups must not be denied: run as root, or leave out -GroupId and -Owner.", failure)
        : new(
        ErrorIds.IdChangeRefused,
        $"The program could not become {(failure.Syscall == "setresuid" ? "user" : "group")} {failure.Path}.",
        failure.NativeErrorCode == LibC.EINVAL
            ? "That id has no mapping inside of the user namespace: map it with -UidMap, -GidMap, -MapUser or -MapGroup."
            : "Other ids need CAP_SETUID and CAP_SETGID: add -Type User with a map, or run as root.",
        failure);
}
