using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Processes;
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

    internal override PartNeeds Needs => _request.RootDirectory is not null ? PartNeeds.SessionDescriptors
        : MakesNamespace(_request) ? PartNeeds.Scratch : PartNeeds.None;

    // The kernel pivots only where nothing propagates to the parent, and not to the root that is there already.
    private bool Pivots => IsPrepared || CanPivot(_request);

    // It is open, and lies on top of the old one.
    private bool IsPrepared => _request.FileWishes.MakeRoot;

    /// <summary>
    /// Whether the new mount namespace is made of the root directory alone, at the time when the root changes: so there is no copy of the session's mounts
    /// that has to be let go again. Nothing else may be mounted before. A new /proc needs another one in sight, except where the first user namespace
    /// owns the mounts: mount_too_revealing() in fs/namespace.c.
    /// </summary>
    internal static bool MakesNamespace(SpawnRequest request) => CanPivot(request) && !request.FileWishes.AreAny && request.NetView is null && request.BinfmtDirectory is null
        && request.Join.Count == 0 && !IdentityPart.ComesBeforeNamespaces(request) && RootCalls.MakeNamespaces
        && (request.ProcDirectory is null || (!request.Types.Contains(NamespaceType.User) && LinuxUser.IsInFirstNamespace));

    private static bool CanPivot(SpawnRequest request) => request.Root is not null && request.Root.AsSpan().Trim('/').Length > 0
        && request.Types.Contains(NamespaceType.Mnt) && request.Propagation is MountPropagation.Private or MountPropagation.Slave;

    internal override void Validate() => RequestRules.CheckNoNul(_request.Root);

    internal override bool Hides(string path) => _request.Root is not null || _request.RootDirectory is not null;

    // The child may have more rights than the session, in a user namespace: a directory that may not be looked at says nothing.
    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files)
    {
        if (_request.Root is string root && !_request.JoinedTypes.Contains(NamespaceType.Mnt)
            && SessionFiles.LookAtDirectory(root) is int errno && SessionFiles.IsMissing(errno))
        {
            yield return Refused(new LinuxException(errno, "chroot", SafeText.Escape(root)));
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        switch (stage)
        {
            case StartStage.Place when _request.RootDirectory is SafeHandle directory && RootCalls.TakeDescriptors:
                steps.Add("fchroot", LibCExports.syscall, [LibC.SYS_fchroot, StepArgument.Held(directory), 0], "the root is the open directory", ".", explain: Refused);
                steps.Add("chdir", LibCExports.chdir, ["/"], subject: "/");
                break;
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
            case StartStage.Root when MakesNamespace(_request):
                GoToTree(steps, _request.Root!, SafeText.Escape(_request.Root!));
                break;
            case StartStage.AfterRoot when MakesNamespace(_request):
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

    // The root of the new namespace is the working directory too. Mounts that were shared are so there as well, until that is changed.
    private void GoToTree(StepList steps, string root, string shown)
    {
        const uint Flags = LibC.OPEN_TREE_NAMESPACE | LibC.O_CLOEXEC | LibC.AT_RECURSIVE;
        steps.Add("open_tree", LibCExports.syscall, [LibC.SYS_open_tree, LibC.AT_FDCWD, root + "/.", Flags], $"make a new mnt of {shown} alone", shown, explain: Refused);
        steps.Add("setns", LibCExports.setns, [steps.Scratch, LibC.CLONE_NEWNS], $"the root is {shown}", shown, explain: Refused);
        steps.Add("close", LibCExports.close, [steps.Scratch], isCheckedLater: true);
        MountsPart.AddPropagation(_request, steps);
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
