using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>
/// The steps that join existing namespaces. Whether the user namespace must come first (an ordinary user into their own container) or last
/// (root into one that gives no rights over the others) cannot be told beforehand, so the others are tried before and after it,
/// and the last gate compares what the child is in with what was wanted.
/// </summary>
internal static class JoinSteps
{
    internal static void AddTo(List<ChildStep> steps, IReadOnlyList<JoinedNamespace> joins, bool preserveCredentials)
    {
        if (joins.Count == 0)
        {
            return;
        }

        // The mount namespace last: it changes what paths mean.
        int[] others = [.. Enumerable.Range(0, joins.Count)
            .Where(index => joins[index].Type != NamespaceType.User)
            .OrderBy(index => joins[index].Type == NamespaceType.Mnt).ThenBy(index => joins[index].Type)];
        int user = joins.ToList().FindIndex(join => join.Type == NamespaceType.User);
        if (user >= 0)
        {
            if (!preserveCredentials)
            {
                // Inside it may be denied to everybody.
                IdentitySteps.DropGroups(steps, mayFail: true);
            }

            Add(steps, joins, others, mayFail: true);
            Add(steps, joins, [user], mayFail: false);

            if (!preserveCredentials)
            {
                AddIds(steps);
            }
        }

        Add(steps, joins, others, mayFail: user >= 0);
    }

    // Root inside, where there is one; else as whoever the caller is there.
    private static void AddIds(List<ChildStep> steps)
    {
        IdentitySteps.DropGroups(steps, mayFail: true);
        steps.Add(new ChildStep("setresgid", LibCExports.syscall, SystemCallNumber.setresgid, 0, 0, 0) { MayFail = true });
        steps.Add(new ChildStep("setresuid", LibCExports.syscall, SystemCallNumber.setresuid, 0, 0, 0) { MayFail = true });
    }

    private static void Add(List<ChildStep> steps, IReadOnlyList<JoinedNamespace> joins, int[] order, bool mayFail)
    {
        foreach (int index in order)
        {
            string name = joins[index].Type.KernelName();
            steps.Add(new ChildStep("setns", LibCExports.setns, StepArgument.Joined(index), joins[index].Type.CloneFlag())
            {
                Text = mayFail ? $"join {name}, if that is allowed here" : $"join {name}",
                Subject = joins[index].ToString(),
                MayFail = mayFail,
                Explain = SpawnFailure.Join,
            });
        }
    }
}
