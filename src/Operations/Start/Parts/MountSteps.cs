using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>The steps that make a child's view of the file system.</summary>
internal sealed class MountSteps(SpawnRequest request, IReadOnlySet<NamespaceType> types, ChildDescriptors descriptors, SpawnFailure failure)
{
    private const ulong Restricted = LibC.MS_NOSUID | LibC.MS_NOEXEC | LibC.MS_NODEV;

    private readonly SpawnRequest _request = request;
    private readonly IReadOnlySet<NamespaceType> _types = types;
    private readonly int _scratch = descriptors.Scratch;
    private readonly SpawnFailure _failure = failure;
    private readonly List<ChildStep> _steps = [];

    private bool HasNewMounts => _types.Contains(NamespaceType.Mnt);

    // The kernel pivots only where nothing propagates to the parent, and not to the root that is there already.
    private bool Pivots => _request.Root is not null && _request.Root.AsSpan().Trim('/').Length > 0 && HasNewMounts && _request.Propagation is MountPropagation.Private or MountPropagation.Slave;

    internal void AddTo(List<ChildStep> steps)
    {
        AddPropagation();
        AddNetView();

        // An interpreter with the flag F is opened now, by a path of the root that is about to be left.
        bool isFixed = _request.Interpreter is string line && line[(line.LastIndexOf(':') + 1)..].Contains('F');
        bool registersFirst = isFixed && _request.Root is not null;
        if (registersFirst)
        {
            Mount("binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc");
            AddInterpreter("/proc/sys/fs/binfmt_misc");
        }

        if (_request.Root is string root)
        {
            AddRoot(root);
        }

        // Before the old root goes: in a user namespace /proc may be mounted only while another is in sight.
        if (_request.ProcDirectory is string proc)
        {
            if (HasNewMounts && _request.Propagation is MountPropagation.Shared or MountPropagation.Unchanged)
            {
                // Or it would cover the session's own as well. What is no mount cannot be made private, and lies in one that is to propagate.
                _steps.Add(new ChildStep("mount", LibCExports.mount, "none", proc, 0, LibC.MS_REC | LibC.MS_PRIVATE, 0)
                {
                    Text = $"{SafeText.Escape(proc)} is private, where it is a mount", MayFail = true,
                });
            }

            Mount("proc", proc, "proc");
        }

        if (_request.BinfmtDirectory is string binfmt)
        {
            Mount("binfmt_misc", binfmt, "binfmt_misc");
            if (_request.Interpreter is not null && !registersFirst)
            {
                AddInterpreter(binfmt);
            }
        }

        if (Pivots)
        {
            // The old root lies on top of the new one, where "." still is.
            Add("umount2", LibCExports.umount2, [".", LibC.MNT_DETACH], "let the old root go", ".");
        }

        if (_request.Root is not null)
        {
            Add("chdir", LibCExports.chdir, ["/"], null, "/");
        }

        steps.AddRange(_steps);
    }

    private void AddPropagation()
    {
        if (!HasNewMounts || _request.Propagation == MountPropagation.Unchanged)
        {
            return;
        }

        ulong flags = LibC.MS_REC | _request.Propagation switch
        {
            MountPropagation.Shared => LibC.MS_SHARED,
            MountPropagation.Slave => LibC.MS_SLAVE,
            _ => LibC.MS_PRIVATE,
        };
        Add("mount", LibCExports.mount, ["none", "/", 0, flags, 0], $"all mounts are {_request.Propagation.ToString().ToLowerInvariant()}", "/");
    }

    // A fresh /sys shows the devices of the net namespace; what is mounted below the old one is bound into it, through a
    // descriptor, because the old one is covered by then.
    private void AddNetView()
    {
        if (_request.NetView is not NetNamespaceView view)
        {
            return;
        }

        Add("open", LibCExports.open, ["/sys", LibC.O_PATH], null, "/sys");
        Add("mount", LibCExports.mount, ["sysfs", "/sys", "sysfs", Restricted, 0], "mount sysfs on /sys", "/sys");
        foreach (string mount in view.MountsBelowSys)
        {
            Add("mount", LibCExports.mount, [$"/proc/self/fd/{_scratch}{mount["/sys".Length..]}", mount, 0, LibC.MS_BIND | LibC.MS_REC, 0], $"keep {SafeText.Escape(mount)}", SafeText.Escape(mount));
        }

        Add("close", LibCExports.close, [_scratch], null, "/sys");
        foreach ((string source, string target) in view.Files)
        {
            Add("mount", LibCExports.mount, [source, target, 0, LibC.MS_BIND, 0], $"bind {SafeText.Escape(source)} to {SafeText.Escape(target)}", SafeText.Escape(target));
        }
    }

    private void AddRoot(string root)
    {
        string shown = SafeText.Escape(root);
        if (!Pivots)
        {
            Add("chroot", LibCExports.chroot, [root], $"the root is {shown}", shown, SpawnFailure.Root);
            Add("chdir", LibCExports.chdir, ["/"], null, "/");
            return;
        }

        // Only a mount point can become the root; recursive, because a user namespace may not take a mount from its tree.
        Add("mount", LibCExports.mount, [root, root, 0, LibC.MS_BIND | LibC.MS_REC, 0], $"bind {shown} to itself", shown, SpawnFailure.Root);
        Add("chdir", LibCExports.chdir, [root], null, shown, SpawnFailure.Root);
        Add("pivot_root", LibCExports.syscall, [SystemCallNumber.pivot_root, ".", "."], $"the root is {shown}", shown, SpawnFailure.Root);
    }

    private void AddInterpreter(string directory)
    {
        string file = directory + "/register";
        byte[] line = System.Text.Encoding.UTF8.GetBytes(_request.Interpreter!);
        Add("open", LibCExports.open, [file, LibC.O_WRONLY], null, file, _failure.Mount);
        Add("write", LibCExports.write, [_scratch, line, line.Length], $"register the interpreter {SafeText.Escape(_request.Interpreter!)}", file, SpawnFailure.Interpreter);
        Add("close", LibCExports.close, [_scratch], null, file);
    }

    private void Mount(string source, string directory, string type) =>
        Add("mount", LibCExports.mount, [source, directory, type, Restricted, 0], $"mount {type} on {SafeText.Escape(directory)}", SafeText.Escape(directory), _failure.Mount);

    private void Add(
        string call, nint function, StepArgument[] arguments, string? text, string subject, Func<LinuxException, NamespaceException?>? explain = null) =>
        _steps.Add(new ChildStep(call, function, arguments) { Text = text, Subject = subject, Explain = explain ?? _failure.Mount });
}
