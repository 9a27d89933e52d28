using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The root directory of the program.</summary>
    internal string? Root { get; init; }

    /// <summary>An open directory that becomes its root after the namespaces were joined.</summary>
    internal SafeHandle? RootDirectory { get; init; }
}

/// <summary>The root directory: by pivot_root(2) where the mounts are the child's own, else by chroot(2).</summary>
internal sealed class RootPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs => _request.RootDirectory is not null ? PartNeeds.SessionDescriptors : PartNeeds.None;

    // The kernel pivots only where nothing propagates to the parent, and not to the root that is there already.
    private bool Pivots => IsPrepared || (_request.Root is not null && _request.Root.AsSpan().Trim('/').Length > 0
        && _request.Types.Contains(NamespaceType.Mnt) && _request.Propagation is MountPropagation.Private or MountPropagation.Slave);

    // It is open, and lies on top of the old one.
    private bool IsPrepared => _request.FileWishes.MakeRoot;

    internal override void Validate() => RequestRules.CheckNoNul(_request.Root);

    internal override bool Hides(string path) => _request.Root is not null || _request.RootDirectory is not null;

    // The child may have more rights than the session, in a user namespace: a directory that may not be looked at says nothing.
    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files)
    {
        if (_request.Root is string root && !_request.Join.Any(join => join.Type == NamespaceType.Mnt)
            && SessionFiles.LookAtDirectory(root) is int errno && SessionFiles.IsMissing(errno))
        {
            yield return Refused(new LinuxException(errno, "chroot", SafeText.Escape(root)));
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        switch (stage)
        {
            case StartStage.Place when _request.RootDirectory is SafeHandle directory:
                // By an open descriptor: what the path means was decided outside.
                steps.Add("fchdir", LibCExports.fchdir, [StepArgument.Held(directory)], explain: Refused);
                steps.Add("chroot", LibCExports.chroot, ["."], "the root is the open directory", ".", explain: Refused);
                steps.Add("chdir", LibCExports.chdir, ["/"], subject: "/");
                break;
            case StartStage.Root when IsPrepared:
                steps.Add("fchdir", LibCExports.fchdir, [steps.Scratch], explain: Refused);
                steps.Add("close", LibCExports.close, [steps.Scratch], isCheckedLater: true);
                steps.Add("pivot_root", LibCExports.syscall, [SystemCallNumber.pivot_root, ".", "."], "go over to the new root", "/", explain: Refused);
                break;
            case StartStage.Root when _request.Root is string root:
                Change(steps, root, SafeText.Escape(root));
                break;
            case StartStage.AfterRoot when Pivots:
                // The old root lies on top of the new one, where "." still is.
                steps.Add("umount2", LibCExports.umount2, [".", LibC.MNT_DETACH], "let the old root go", ".", explain: MountRefused);
                GoToRoot(steps);
                break;
            case StartStage.AfterRoot when _request.Root is not null:
                GoToRoot(steps);
                break;
        }
    }

    private void Change(StepList steps, string root, string shown)
    {
        if (!Pivots)
        {
            steps.Add("chroot", LibCExports.chroot, [root], $"the root is {shown}", shown, explain: Refused);
            GoToRoot(steps);
            return;
        }

        // Only a mount point can become the root; recursive, because a user namespace may not take a mount from its tree.
        steps.Add("mount", LibCExports.mount, [root, root, 0, LibC.MS_BIND | LibC.MS_REC, 0], $"bind {shown} to itself", shown, explain: Refused);
        steps.Add("chdir", LibCExports.chdir, [root], subject: shown, explain: Refused);
        steps.Add("pivot_root", LibCExports.syscall, [SystemCallNumber.pivot_root, ".", "."], $"the root is {shown}", shown, explain: Refused);
    }

    private void GoToRoot(StepList steps) => steps.Add("chdir", LibCExports.chdir, ["/"], subject: "/", explain: MountRefused);

    private NamespaceException? MountRefused(LinuxException failure) => MountsPart.Refused(_request, failure);

    private static NamespaceException? Refused(LinuxException failure) => new(
        ErrorIds.RootRefused,
        $"'{failure.Path}' could not become the root directory.",
        failure.NativeErrorCode switch
        {
            LibC.ENOENT or LibC.ENOTDIR => "It must be a directory.",
            LibC.EPERM or LibC.EACCES => "Changing the root needs CAP_SYS_CHROOT, and with -Type Mnt CAP_SYS_ADMIN: add -Type User, or run as root.",
            LibC.EBUSY => "It is the root directory, or the mount of it, already: leave -Root out.",
            LibC.ENAMETOOLONG => "A path may have 4095 bytes.",
            LibC.EINVAL => "pivot_root(2) does not work on the initial RAM disk.",
            _ => null,
        },
        failure);
}
