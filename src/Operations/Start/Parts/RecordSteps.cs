using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>
/// The steps in which a child writes down the namespaces it is in that are not the session's: itself, because a program may have ended
/// before the session could look.
/// </summary>
internal static class RecordSteps
{
    /// <summary>Whether this can be done without /proc.</summary>
    internal static bool NeedNoProc => ContextChain.CanPassOn && PidDescriptor.OpensNamespaces;

    internal static void AddTo(List<ChildStep> steps, SpawnRequest request, IReadOnlySet<NamespaceType> newTypes, ChildDescriptors descriptors)
    {
        // A new time namespace is entered by execve.
        bool entersTime = newTypes.Contains(NamespaceType.Time);
        NamespaceType[] types = request.Join.Count == 0 ? [.. newTypes] : [.. newTypes.Concat(request.Join.Select(join => join.Type)).Distinct()];
        if (types.Length > 0 && descriptors.AreOwn && NeedNoProc)
        {
            AddByDescriptor(steps, types, entersTime, descriptors.Scratch);
            return;
        }

        foreach (NamespaceType type in types)
        {
            string link = descriptors.ProcPath("self/ns/" + (entersTime && type == NamespaceType.Time ? "time_for_children" : type.KernelName()));
            StepArgument result = StepArgument.Result(SpawnResult.NamespaceLinks + (int)type);
            steps.Add(new ChildStep("readlinkat", LibCExports.readlinkat, descriptors.ProcDirectory, link, result, ChildProgram.LinkSize - 1) { MayFail = true });
        }
    }

    // For each process the kernel makes the files in /proc anew, and throws them away: a pidfd is had for less. execve closes them all.
    private static void AddByDescriptor(List<ChildStep> steps, NamespaceType[] types, bool entersTime, int self)
    {
        steps.Add(new ChildStep("pidfd_open", LibCExports.syscall, LibC.SYS_pidfd_open, StepArgument.ProcessId, 0) { IsCheckedLater = true });
        int number = self;
        foreach (NamespaceType type in types)
        {
            uint open = entersTime && type == NamespaceType.Time ? LibC.PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE : type.PidDescriptorRequest();
            StepArgument result = StepArgument.Result(SpawnResult.NamespaceStatus + (int)type);
            steps.Add(new ChildStep("ioctl(PIDFD_GET_NAMESPACE)", LibCExports.ioctl, self, open, 0) { Subject = type.KernelName(), IsCheckedLater = true });
            steps.Add(new ChildStep("statx", LibCExports.statx, ++number, string.Empty, LibC.AT_EMPTY_PATH, LibC.STATX_INO, result) { Subject = type.KernelName() });
        }
    }
}
