using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>The steps by which a child becomes somebody else. Groups first, then the gid, then the uid: each needs what the next gives up.</summary>
internal static class IdentitySteps
{
    /// <summary>Who is to own the new user namespace: it belongs to whoever makes it.</summary>
    internal static void AddOwner(List<ChildStep> steps, SpawnRequest request)
    {
        if (request.Owner is (uint userId, uint groupId))
        {
            DropGroups(steps, mayFail: false);
            SetGroup(steps, groupId, ", the owner of the new user namespace");
            SetUser(steps, userId, ", the owner of the new user namespace");
        }
    }

    /// <summary>Whether supplementary groups must be left behind before the new user namespace is made, in which nobody can.</summary>
    internal static bool MustDropGroupsFirst(SpawnRequest request) =>
        request.GroupId is uint inside && request.SetGroups == SetGroupsPolicy.Deny && request.Owner is null
        && ProcessCredentials.HasGroupsBesides(request.GroupMap?.ToOuter(inside) ?? inside);

    /// <summary>Who runs the program.</summary>
    internal static void AddTo(List<ChildStep> steps, SpawnRequest request, bool inOtherUserNamespace)
    {
        if (request.KeepCapabilities && request.UserId is not null)
        {
            steps.Add(new ChildStep("prctl", LibCExports.prctl, LibC.PR_SET_KEEPCAPS, 1));
        }

        if (request.GroupId is uint groupId)
        {
            if (request.SetGroups != SetGroupsPolicy.Deny)
            {
                // On the way into a joined user namespace that was done outside already.
                DropGroups(steps, mayFail: request.Join.Any(join => join.Type == NamespaceType.User));
            }

            SetGroup(steps, groupId, string.Empty);
        }

        if (request.UserId is uint userId)
        {
            SetUser(steps, userId, string.Empty);
        }

        if (request.KeepCapabilities)
        {
            CapabilitySteps.AddTo(steps, inOtherUserNamespace);
        }
    }

    /// <summary>Leaves the session's supplementary groups behind.</summary>
    internal static void DropGroups(List<ChildStep> steps, bool mayFail) =>
        steps.Add(new ChildStep("setgroups", LibCExports.syscall, SystemCallNumber.setgroups, 0, 0)
        {
            Text = mayFail ? null : "drop supplementary groups", MayFail = mayFail, Explain = SpawnFailure.Ids,
        });

    private static void SetGroup(List<ChildStep> steps, uint id, string role) =>
        steps.Add(new ChildStep("setresgid", LibCExports.syscall, SystemCallNumber.setresgid, id, id, id)
        {
            Text = $"become group {id}{role}", Subject = $"{id}", Explain = SpawnFailure.Ids,
        });

    private static void SetUser(List<ChildStep> steps, uint id, string role) =>
        steps.Add(new ChildStep("setresuid", LibCExports.syscall, SystemCallNumber.setresuid, id, id, id)
        {
            Text = $"become user {id}{role}", Subject = $"{id}", Explain = SpawnFailure.Ids,
        });
}
