using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>A system call of a child that makes a private copy of a mount namespace.</summary>
/// <param name="Subject">The object of the call, for the error.</param>
/// <param name="Arguments">Its number and its arguments.</param>
/// <param name="Result">A descriptor of the session whose number the result gets in the child; null where the call gives none.</param>
internal sealed record ViewCall(string Subject, StepArgument[] Arguments, SafeHandle? Result);

/// <summary>The calls for a private copy of a mount namespace.</summary>
/// <param name="Outside">Made in a copy of the session's own mount namespace, with the rights of the joined user namespace.</param>
/// <param name="Inside">Made in a copy of the joined mount namespace.</param>
internal sealed record ViewCalls(IReadOnlyList<ViewCall> Outside, IReadOnlyList<ViewCall> Inside);

/// <summary>
/// The steps for a private copy of a joined mount namespace, for a user whose rights are those of the joined user namespace alone. The kernel lets such a user
/// copy mounts only inside of it, so the child carries trees of the session's mounts over, as open descriptors.
/// </summary>
internal static class ViewSteps
{
    /// <summary>Between the user namespace and the mount namespace.</summary>
    internal static void AddOutside(StepList steps, ViewCalls view)
    {
        steps.Add("close", LibCExports.close, [steps.Scratch], mayFail: true);
        AddCopy(steps, "copy the session's mounts");
        Add(steps, view.Outside);
    }

    /// <summary>After the mount namespace has been joined.</summary>
    internal static void AddInside(StepList steps, ViewCalls view)
    {
        AddCopy(steps, "copy the target's mounts");
        Add(steps, view.Inside);
    }

    // Nothing that follows may be seen elsewhere.
    private static void AddCopy(StepList steps, string text)
    {
        steps.Add("unshare", LibCExports.unshare, [LibC.CLONE_NEWNS], text);
        steps.Add("mount", LibCExports.mount, ["none", "/", "none", LibC.MS_REC | LibC.MS_SLAVE, 0], subject: "/");
    }

    private static void Add(StepList steps, IReadOnlyList<ViewCall> calls)
    {
        foreach (ViewCall call in calls)
        {
            steps.Add("mount", LibCExports.syscall, call.Arguments, subject: call.Subject, isCheckedLater: call.Result is not null);
            if (call.Result is not null)
            {
                steps.Add("dup2", LibCExports.dup2, [steps.Scratch, StepArgument.Held(call.Result)], subject: call.Subject);
                steps.Add("close", LibCExports.close, [steps.Scratch], subject: call.Subject);
            }
        }
    }
}
