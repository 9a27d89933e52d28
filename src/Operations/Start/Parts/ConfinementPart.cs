using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The open cgroup.procs files of the control groups it is to be in.</summary>
    internal IReadOnlyList<SafeHandle> ControlGroups { get; init; } = [];

    /// <summary>The SELinux context of the program.</summary>
    internal string? SecurityContext { get; init; }
}

/// <summary>Puts the child under the control groups and the SELinux context of its target.</summary>
internal sealed class ConfinementPart(SpawnRequest request) : StartPart
{
    private const string ContextFile = "thread-self/attr/exec";

    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs =>
        (_request.ControlGroups.Count > 0 ? PartNeeds.SessionDescriptors : PartNeeds.None)
        | (_request.SecurityContext is not null ? PartNeeds.SessionDescriptors | PartNeeds.Scratch : PartNeeds.None);

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.Place)
        {
            foreach (SafeHandle group in _request.ControlGroups)
            {
                // 0 is the process that writes it.
                steps.Add("write", LibCExports.write, [StepArgument.Held(group), "0", 1], "join the control group", "cgroup.procs", explain: GroupRefused);
            }
        }
        else if (stage == StartStage.Leave && _request.SecurityContext is string context)
        {
            // The kernel applies the context at the start of the program.
            steps.Add("openat", LibCExports.openat, [steps.Descriptors.ProcDirectory, steps.Descriptors.ProcPath(ContextFile), LibC.O_RDWR, 0], subject: ContextFile);
            steps.Add("write", LibCExports.write, [steps.Scratch, context, Encoding.UTF8.GetByteCount(context)], $"run in the context {SafeText.Escape(context)}", ContextFile);
            steps.Add("close", LibCExports.close, [steps.Scratch]);
        }
    }

    private static NamespaceException? GroupRefused(LinuxException failure) => new(
        ErrorIds.ControlGroupRefused,
        "The program could not be moved into the target's control group.",
        "It needs write access to cgroup.procs of the target's group, and of a group above both.",
        failure);
}
