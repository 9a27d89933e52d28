using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>How mounts propagate into and out of a new mount namespace.</summary>
    internal MountPropagation Propagation { get; init; }

    /// <summary>Where to mount a new /proc.</summary>
    internal string? ProcDirectory { get; init; }

    /// <summary>Where to mount binfmt_misc.</summary>
    internal string? BinfmtDirectory { get; init; }

    /// <summary>A line for binfmt_misc's register file.</summary>
    internal string? Interpreter { get; init; }
}

/// <summary>Propagation of mounts, and mounts of a new /proc and of binfmt_misc.</summary>
internal sealed class MountsPart(SpawnRequest request) : StartPart
{
    private const string BinfmtMisc = "binfmt_misc";
    private const string BinfmtOfSession = "/proc/sys/fs/binfmt_misc";

    /// <summary>The flags of a mount that needs no devices and no programs.</summary>
    internal const ulong Restricted = LibC.MS_NOSUID | LibC.MS_NOEXEC | LibC.MS_NODEV;

    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs => _request.Interpreter is not null ? PartNeeds.Scratch : PartNeeds.None;

    private bool HasNewMounts => _request.Types.Contains(NamespaceType.Mnt);

    // An interpreter with the flag F is opened now, by a path of the root that is about to be left.
    private bool RegistersFirst => (_request.Root is not null || _request.FileWishes.MakeRoot) && _request.Interpreter is string line && line[(line.LastIndexOf(':') + 1)..].Contains('F');

    internal override void Validate()
    {
        RequestRules.Require(_request.Types, NamespaceType.Mnt, _request.ProcDirectory is not null || _request.BinfmtDirectory is not null, "Mounts");
        RequestRules.CheckNoNul(_request.ProcDirectory, _request.BinfmtDirectory, _request.Interpreter);
    }

    // /proc is always the child's own.
    internal override bool Hides(string path) =>
        new[] { "/proc", _request.ProcDirectory, _request.BinfmtDirectory }.Any(mount => mount is not null && SessionFiles.IsBelow(path, mount));

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        switch (stage)
        {
            case StartStage.Propagate when HasNewMounts && _request.Propagation != MountPropagation.Unchanged && !RootPart.MakesNamespace(_request):
                AddPropagation(_request, steps);
                break;
            case StartStage.BeforeRoot when RegistersFirst:
                Mount(steps, BinfmtMisc, BinfmtOfSession);
                AddInterpreter(steps, BinfmtOfSession);
                break;
            case StartStage.InRoot:
                AddProc(steps);
                AddBinfmt(steps);
                break;
        }
    }

    /// <summary>Explains a refused mount.</summary>
    internal static NamespaceException? Refused(SpawnRequest request, LinuxException failure) => new(
        ErrorIds.MountRefused,
        $"The mount on '{failure.Path}' was refused.",
        failure.NativeErrorCode switch
        {
            LibC.EPERM when request.ProcDirectory is not null => "A new /proc needs -Type Pid in the same user namespace, and in a user namespace also an uncovered /proc in sight.",
            LibC.EPERM or LibC.EACCES => "Mounting needs CAP_SYS_ADMIN in the user namespace that owns the mount namespace: add -Type User, or run as root.",
            LibC.ENOENT or LibC.ENOTDIR => "Make the directory first.",
            LibC.ENODEV => "This kernel does not have that file system.",
            LibC.EINVAL when failure.Path == "/" => "The root of the session is not a mount, as in a chroot, and so has no propagation to change: add -Propagation Unchanged.",
            LibC.EBUSY => "The same thing is mounted there already.",
            _ => null,
        },
        failure);

    /// <summary>Changes the propagation of all mounts of the child, which must be in a mount namespace of its own by then.</summary>
    internal static void AddPropagation(SpawnRequest request, StepList steps)
    {
        ulong flags = LibC.MS_REC | request.Propagation switch
        {
            MountPropagation.Shared => LibC.MS_SHARED,
            MountPropagation.Slave => LibC.MS_SLAVE,
            _ => LibC.MS_PRIVATE,
        };
        steps.Add("mount", LibCExports.mount, ["none", "/", 0, flags, 0], $"all mounts are {request.Propagation.ToString().ToLowerInvariant()}", "/", explain: failure => Refused(request, failure));
    }

    // Before the old root goes: in a user namespace /proc may be mounted only while another is in sight.
    private void AddProc(StepList steps)
    {
        // Where there are other file systems, it is one of them.
        if (_request.ProcDirectory is not string proc || _request.FileWishes.AreAny)
        {
            return;
        }

        if (HasNewMounts && _request.Propagation is MountPropagation.Shared or MountPropagation.Unchanged)
        {
            // Or it would cover the session's own as well. A directory that is not a mount cannot be made private, and lies in a mount that is to propagate.
            steps.Add("mount", LibCExports.mount, ["none", proc, 0, LibC.MS_REC | LibC.MS_PRIVATE, 0], $"{SafeText.Escape(proc)} is private, where it is a mount", mayFail: true);
        }

        Mount(steps, "proc", proc);
    }

    private void AddBinfmt(StepList steps)
    {
        if (_request.BinfmtDirectory is string binfmt)
        {
            Mount(steps, BinfmtMisc, binfmt);
            if (_request.Interpreter is not null && !RegistersFirst)
            {
                AddInterpreter(steps, binfmt);
            }
        }
    }

    private void AddInterpreter(StepList steps, string directory)
    {
        string file = directory + "/register";
        byte[] line = Encoding.UTF8.GetBytes(_request.Interpreter!);
        steps.Add("open", LibCExports.open, [file, LibC.O_WRONLY], subject: file, explain: Refused);
        steps.Add("write", LibCExports.write, [steps.Scratch, line, line.Length], $"register the interpreter {SafeText.Escape(_request.Interpreter!)}", file, explain: InterpreterRefused);
        steps.Add("close", LibCExports.close, [steps.Scratch], subject: file, explain: Refused);
    }

    private void Mount(StepList steps, string type, string directory)
    {
        string shown = SafeText.Escape(directory);
        steps.Add("mount", LibCExports.mount, [type, directory, type, Restricted, 0], $"mount {type} on {shown}", shown, explain: Refused);
    }

    private NamespaceException? Refused(LinuxException failure) => Refused(_request, failure);

    private static NamespaceException? InterpreterRefused(LinuxException failure) => new(
        ErrorIds.InterpreterRefused, "The kernel refused the interpreter.", "The line is :name:type:offset:magic:mask:interpreter:flags; the interpreter must exist.", failure);
}
