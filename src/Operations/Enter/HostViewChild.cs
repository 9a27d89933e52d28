using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Files;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>Makes a view in a process of one thread, which has joined the user namespace of the target.</summary>
internal static class HostViewChild
{
    /// <summary>Runs the calls, and opens the namespace that they have made.</summary>
    /// <exception cref="LinuxException">A call failed.</exception>
    /// <exception cref="NamespaceException">The child could not be started.</exception>
    internal static NamespaceHandle Run(TargetJoin join, InsideRoot root, IReadOnlyList<InsideEntry> entries, CallList outside, CallList inside)
    {
        DescriptorHandle[] places = [.. Enumerable.Range(0, inside.Slots).Select(_ => OpenPlace())];
        try
        {
            return Run(join, root, entries, new ViewCalls(ToSteps(outside, places), ToSteps(inside, places)));
        }
        finally
        {
            Array.ForEach(places, place => place.Dispose());
        }
    }

    // The loader opens the pipe as if it were a program, and waits for a writer until the namespace has been opened.
    private static NamespaceHandle Run(TargetJoin join, InsideRoot root, IReadOnlyList<InsideEntry> entries, ViewCalls calls)
    {
        SpawnRequest request = new()
        {
            Join = [.. join.Namespaces.Where(ns => ns.Type is NamespaceType.User or NamespaceType.Mnt)],
            View = calls,
            UserId = join.UserId,
            GroupId = join.GroupId,
            PreserveCredentials = join.Options.PreserveCredentials,
            Program = $"{HostProgram.Directory}/{HostProgram.LoaderName}",
            Arguments = [$"{HostProgram.Directory}/wait"],
            ParentDeathSignal = LibC.SIGKILL,
        };
        ChildProcess child = ChildProcess.Of(Spawner.Start(SpawnPlanner.Create(request)))!;
        try
        {
            // The target's own root may be another than that of its mount namespace.
            if (entries.FirstOrDefault(entry => entry.IsDirectory && entry.Name is not ("dev" or "proc")) is InsideEntry known && !root.HasSame("/" + known.Name, $"/proc/{child.Id}/root/{known.Name}"))
            {
                throw new LinuxException(LibC.ESTALE, "chroot", "/");
            }

            return NamespaceHandle.TryOpen(LibC.AT_FDCWD, Encoding.UTF8.GetBytes($"/proc/{child.Id}/ns/mnt\0")) ?? throw new LinuxException(Errno.Last, "open", $"/proc/{child.Id}/ns/mnt");
        }
        finally
        {
            child.Destroy();
        }
    }

    private static IReadOnlyList<ViewCall> ToSteps(CallList calls, DescriptorHandle[] places) =>
    [
        .. calls.Calls.Select(call => new ViewCall(
            call.Subject,
            [(ulong)call.Number, .. call.Arguments.Select(argument => argument.Data is byte[] data ? data : argument.IsSlot ? StepArgument.Held(places[argument.Value]) : (StepArgument)(ulong)argument.Value)],
            call.Result is CallList.Slot slot ? places[slot.Index] : null)),
    ];

    // A number that the child gives to a descriptor of its own.
    private static DescriptorHandle OpenPlace()
    {
        Descriptor place = Descriptor.OpenAt(LibC.AT_FDCWD, "/\0"u8, LibC.O_PATH);
        if (!place.IsOpen)
        {
            LinuxException.ThrowLast("open", "/");
        }

        return new DescriptorHandle(place);
    }
}
