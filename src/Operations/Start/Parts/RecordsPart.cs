using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>
/// Has the child write down the namespaces it is in that are not the session's: itself, because a program may have ended
/// before the session could look. This part has no wishes.
/// </summary>
internal sealed class RecordsPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    // Another root may have no /proc.
    internal override PartNeeds Needs => !NeedsNoProc && (_request.Root is not null || _request.FileWishes.MakeRoot) ? PartNeeds.SessionDescriptors : PartNeeds.None;

    private static bool NeedsNoProc => ContextChain.CanPassOn && ProcessNamespaces.OpenByPidDescriptor;

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage != StartStage.Record)
        {
            return;
        }

        NamespaceTypeSet types = _request.Types.Union(_request.JoinedTypes);

        // A new time namespace is entered by execve.
        bool entersTime = _request.Types.Contains(NamespaceType.Time);
        if (types.Count > 0 && steps.Descriptors.AreOwn && NeedsNoProc)
        {
            AddByDescriptor(steps, types, entersTime);
            return;
        }

        foreach (NamespaceType type in types)
        {
            string link = steps.Descriptors.ProcPath("self/ns/" + (entersTime && type == NamespaceType.Time ? "time_for_children" : type.KernelName()));
            StepArgument result = StepArgument.Result(SpawnResult.NamespaceLinks + (int)type);
            steps.Add("readlinkat", LibCExports.readlinkat, [steps.Descriptors.ProcDirectory, link, result, ChildProgram.LinkSize - 1], mayFail: true);
        }
    }

    // For each process the kernel makes the files in /proc anew, and throws them away: a pidfd costs less. execve closes them all.
    private static void AddByDescriptor(StepList steps, NamespaceTypeSet types, bool entersTime)
    {
        steps.Add("pidfd_open", LibCExports.syscall, [LibC.SYS_pidfd_open, StepArgument.ProcessId, 0], isCheckedLater: true);
        int number = steps.Scratch;
        foreach (NamespaceType type in types)
        {
            uint open = entersTime && type == NamespaceType.Time ? LibC.PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE : type.PidDescriptorRequest();
            StepArgument result = StepArgument.Result(SpawnResult.NamespaceStatus + (int)type);
            steps.Add("ioctl(PIDFD_GET_NAMESPACE)", LibCExports.ioctl, [steps.Scratch, open, 0], subject: type.KernelName(), isCheckedLater: true);
            steps.Add("statx", LibCExports.statx, [++number, string.Empty, LibC.AT_EMPTY_PATH, LibC.STATX_INO, result], subject: type.KernelName());
        }
    }
}
