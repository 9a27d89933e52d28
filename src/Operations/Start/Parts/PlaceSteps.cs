using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>The steps that put a child where its target is in other ways than namespaces: root, directory, control group, context.</summary>
internal static class PlaceSteps
{
    /// <summary>By open descriptors: what the paths mean was decided outside.</summary>
    internal static void AddTo(List<ChildStep> steps, SpawnRequest request, SpawnFailure failure)
    {
        if (request.RootDirectory is SafeHandle root)
        {
            steps.Add(new ChildStep("fchdir", LibCExports.fchdir, StepArgument.Held(root)) { Explain = SpawnFailure.Root });
            steps.Add(new ChildStep("chroot", LibCExports.chroot, ".") { Text = "the root is the open directory", Subject = ".", Explain = SpawnFailure.Root });
            steps.Add(new ChildStep("chdir", LibCExports.chdir, "/") { Subject = "/" });
        }

        if (request.StartDirectory is SafeHandle start)
        {
            steps.Add(new ChildStep("fchdir", LibCExports.fchdir, StepArgument.Held(start)) { Text = "work in the open directory", Explain = failure.WorkingDirectory });
        }

        // 0 is whoever writes it.
        foreach (SafeHandle group in request.ControlGroups)
        {
            steps.Add(new ChildStep("write", LibCExports.write, StepArgument.Held(group), "0", 1) { Text = "join the control group", Subject = "cgroup.procs", Explain = SpawnFailure.ControlGroup });
        }
    }

    /// <summary>The SELinux context of the program, which the kernel takes on at its start.</summary>
    internal static void AddContext(List<ChildStep> steps, SpawnRequest request, ChildDescriptors descriptors)
    {
        const string File = "thread-self/attr/exec";
        if (request.SecurityContext is not string context)
        {
            return;
        }

        steps.Add(new ChildStep("openat", LibCExports.openat, descriptors.ProcDirectory, descriptors.ProcPath(File), LibC.O_RDWR, 0) { Subject = File });
        steps.Add(new ChildStep("write", LibCExports.write, descriptors.Scratch, context, Encoding.UTF8.GetByteCount(context)) { Text = $"run in the context {SafeText.Escape(context)}", Subject = File });
        steps.Add(new ChildStep("close", LibCExports.close, descriptors.Scratch));
    }
}
