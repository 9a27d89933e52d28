using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>
/// The single calls that <see cref="FileSteps"/> is made of. Three descriptors have known numbers: the new root, which stays open, and two more. A
/// call whose failure makes the next ones fail too is checked with the last of them.
/// </summary>
internal abstract class FileCalls(StepList steps, FileLayout layout)
{
    private const uint MountOnDescriptors = LibC.MOVE_MOUNT_F_EMPTY_PATH | LibC.MOVE_MOUNT_T_EMPTY_PATH;
    private const uint PlainFile = LibC.S_IFREG | 0x1A4;
    private const uint NewDirectory = LibC.S_IFDIR | 0x1ED;
    private const int HowSize = 24;
    private const int AttributesSize = 32;

    private readonly FileLayout _layout = layout;
    private readonly HashSet<string> _made = ["/"];
    private FileEntry _entry = new() { Kind = FileEntryKind.Bind, Target = "/", Source = "/" };
    private Func<LinuxException, NamespaceException?>? _explain;

    /// <summary>Where the calls go.</summary>
    protected StepList Steps { get; } = steps;

    /// <summary>The root below which everything is opened.</summary>
    protected int Root { get; } = steps.Scratch;

    /// <summary>The next free number.</summary>
    protected int First { get; } = steps.Scratch + 1;

    /// <summary>And the one after that.</summary>
    protected int Second { get; } = steps.Scratch + 2;

    /// <summary>The entry that the next steps belong to, for the words of a failure.</summary>
    protected FileEntry Entry
    {
        get => _entry;
        set
        {
            _entry = value;
            _explain = null;
        }
    }

    // One for all calls of an entry.
    private Func<LinuxException, NamespaceException?> Explain
    {
        get
        {
            FileEntry entry = _entry;
            return _explain ??= failure => FileRefusal.Of(entry, failure);
        }
    }

    /// <summary>Whether new files have the modes that were asked for only where the umask keeps nothing from them.</summary>
    protected bool NeedsNoUmask { get; private set; }

    /// <summary>The path of an open descriptor, as the old root has it.</summary>
    protected static string PathOf(int descriptor) => $"/proc/self/fd/{descriptor}";

    // In file systems of the child's own the next calls do no harm where a mount has failed: what they make is the child's alone.
    private bool IsHarmless => _layout.IsNew(Path.GetDirectoryName(Entry.Target) ?? "/");

    /// <summary>A call that is checked before the next one.</summary>
    protected void Do(string call, Func<string>? text, nint function, params StepArgument[] arguments) => Add(call, text, function, arguments, null, false);

    /// <summary>A call that is checked with the next ones.</summary>
    protected void Call(string call, nint function, params StepArgument[] arguments) => Call(call, null, function, arguments);

    /// <summary>The same, for people too.</summary>
    protected void Call(string call, Func<string>? text, nint function, params StepArgument[] arguments) => Add(call, text, function, arguments, null, true);

    /// <summary>A call that puts things in order: it fails only after another one has failed.</summary>
    protected void Tidy(string call, nint function, params StepArgument[] arguments) => Steps.Add(call, function, arguments, isUnchecked: true);

    protected void Close(int descriptor) => Tidy("close", LibCExports.close, descriptor);

    /// <summary>Closes the two that come after the root.</summary>
    protected void CloseBoth()
    {
        if (OpenDescriptors.CanBeClosedAtOnce)
        {
            Tidy("close_range", LibCExports.syscall, LibC.SYS_close_range, First, Second, 0);
            return;
        }

        Close(Second);
        Close(First);
    }

    /// <summary>Gives a new directory its mode, of which the umask has taken some away.</summary>
    protected void SetMode(int directory, string name, uint mode) => Call("fchmodat", LibCExports.fchmodat, directory, name, mode & ~(uint)LibC.S_IFMT, 0);

    /// <summary>Gives a descriptor another number.</summary>
    protected void Renumber(int from, int to)
    {
        Tidy("dup2", LibCExports.dup2, from, to);
        Close(from);
    }

    /// <summary>A detached copy of a tree of mounts, on the next free number.</summary>
    protected void OpenTree(string source, bool isAlone, Func<string>? text) => Add(
        "open_tree",
        text,
        LibCExports.syscall,
        [LibC.SYS_open_tree, LibC.AT_FDCWD, source, LibC.OPEN_TREE_CLONE | LibC.O_CLOEXEC | (isAlone ? 0 : LibC.AT_RECURSIVE)],
        SafeText.Escape(source),
        true);

    /// <summary>A new tmpfs that is mounted nowhere, on the number given, which must be the next free one.</summary>
    protected void OpenTmpfs(int number, string options, uint attributes, Func<string>? text)
    {
        Call("fsopen", LibCExports.syscall, LibC.SYS_fsopen, "tmpfs", LibC.FSOPEN_CLOEXEC);
        foreach (string option in ("source=tmpfs," + options).Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = option.Split('=', 2);
            Call("fsconfig", LibCExports.syscall, LibC.SYS_fsconfig, number, LibC.FSCONFIG_SET_STRING, words[0], words[1], 0);
        }

        Call("fsconfig", LibCExports.syscall, LibC.SYS_fsconfig, number, LibC.FSCONFIG_CMD_CREATE, 0, 0, 0);
        Do("fsmount", text, LibCExports.syscall, LibC.SYS_fsmount, number, LibC.FSMOUNT_CLOEXEC, attributes);
        Renumber(number + 1, number);
    }

    /// <summary>Mounts a detached tree on top of the session's root, which the process's paths still begin at: none of them leads there.</summary>
    protected void AttachAside(int tree) =>
        Call("move_mount", LibCExports.syscall, LibC.SYS_move_mount, tree, string.Empty, LibC.AT_FDCWD, "/", LibC.MOVE_MOUNT_F_EMPTY_PATH);

    /// <summary>Mounts a detached tree on an open file or directory.</summary>
    protected void Attach(int tree, int target) =>
        Add("move_mount", null, LibCExports.syscall, [LibC.SYS_move_mount, tree, string.Empty, target, string.Empty, MountOnDescriptors], SafeText.Escape(Entry.Target), IsHarmless);

    /// <summary>Mounts a detached tree on a path that is <see cref="IsCertain"/>.</summary>
    protected void Attach(int tree, string path) =>
        Add("move_mount", null, LibCExports.syscall, [LibC.SYS_move_mount, tree, string.Empty, Root, path[1..], LibC.MOVE_MOUNT_F_EMPTY_PATH], SafeText.Escape(path), IsHarmless);

    /// <summary>Mounts a new file system on what a path of the old root leads to.</summary>
    protected void Mount(string type, string path, uint attributes, string options, Func<string>? text) =>
        Add("mount", text, LibCExports.mount, [type, path, type, attributes, options.Length == 0 ? 0 : options], SafeText.Escape(Entry.Target), IsHarmless);

    protected void SetAttributes(int tree, uint attributes, bool isRecursive, Func<string>? text)
    {
        if (attributes != 0)
        {
            byte[] set = new byte[AttributesSize];
            BinaryPrimitives.WriteUInt64LittleEndian(set, attributes);
            Call("mount_setattr", text, LibCExports.syscall, LibC.SYS_mount_setattr, tree, string.Empty, LibC.AT_EMPTY_PATH | (isRecursive ? LibC.AT_RECURSIVE : 0), set, AttributesSize);
        }
    }

    /// <summary>Opens a path below the root, on the next free number: links lead nowhere else.</summary>
    protected void Open(string path) => OpenBelow(path, LibC.RESOLVE_IN_ROOT | LibC.RESOLVE_NO_MAGICLINKS, false);

    /// <summary>Mounts a new file system on a directory below the root, which is made first where it is the child's to make.</summary>
    protected void MountBelow(string type, string path, uint attributes, string options, Func<string>? text)
    {
        MakePoint(path, isDirectory: true);
        if (IsCertain(path))
        {
            Mount(type, PathOf(Root) + path, attributes, options, text);
            return;
        }

        Open(path);
        Mount(type, PathOf(First), attributes, options, text);
        Close(First);
    }

    /// <summary>
    /// The directory that a new file is made in, and its name there. The directory is made where it is not there, and opened on the next free number
    /// where it is not below the root without a doubt.
    /// </summary>
    protected (int Directory, string Name) Place(string path)
    {
        string parent = Path.GetDirectoryName(path)!;
        MakeDirectories(parent);
        if (IsMade(parent))
        {
            return (Root, path[1..]);
        }

        OpenBelow(parent, LibC.RESOLVE_IN_ROOT | LibC.RESOLVE_NO_SYMLINKS, false);
        return (First, Path.GetFileName(path));
    }

    protected void MakePoint(string path, bool isDirectory)
    {
        if (_layout.IsOwnSpace(path))
        {
            Make(path, isDirectory ? NewDirectory : PlainFile, null);
        }
    }

    /// <summary>Makes a directory or an empty file, and the directories above. Existing files are left as they are.</summary>
    protected void Make(string path, uint mode, Func<string>? text)
    {
        if (!_made.Add(path))
        {
            return;
        }

        string parent = Path.GetDirectoryName(path)!;
        MakeDirectories(parent);
        bool isDirectory = (mode & LibC.S_IFMT) == LibC.S_IFDIR;
        bool isKnown = IsMade(parent);
        StepArgument[] place = isKnown ? [Root, path[1..]] : [First, Path.GetFileName(path)];
        string call = isDirectory ? "mkdirat" : "mknodat";
        StepArgument[] arguments = isDirectory ? [SystemCallNumber.mkdirat, .. place, mode & ~(uint)LibC.S_IFMT] : [SystemCallNumber.mknodat, .. place, mode, 0];
        if (isKnown && !_layout.IsLink(path))
        {
            Add(call, text, LibCExports.syscall, arguments, SafeText.Escape(path), true);
            if (isDirectory && !_layout.IsMountPoint(path))
            {
                SetMode(Root, path[1..], mode);
            }

            return;
        }

        // It may be there already, with a mode of its own.
        NeedsNoUmask = true;

        if (!isKnown)
        {
            OpenBelow(parent, LibC.RESOLVE_IN_ROOT | LibC.RESOLVE_NO_SYMLINKS, true);
        }

        Steps.Add(call, LibCExports.syscall, arguments, null, SafeText.Escape(path), mayFail: true, describe: text);
        if (!isKnown)
        {
            Steps.Add("close", LibCExports.close, [First], mayFail: true);
        }
    }

    /// <summary>Whether the child itself has made what is at a path, and all above it: nobody else can have put a link there, and it need not be opened first.</summary>
    protected bool IsCertain(string path) => _made.Contains(path) && !_layout.IsLink(path) && IsMade(Path.GetDirectoryName(path)!);

    private void MakeDirectories(string path)
    {
        if (path != "/" && _layout.IsOwnSpace(path))
        {
            Make(path, NewDirectory, null);
        }
    }

    // In file systems of the child's own, whose directories it has made itself, there are no links to be led by. An overlay has those of its lower
    // directory, which is anybody's.
    private bool IsMade(string path)
    {
        if (!_layout.IsNew(path))
        {
            return false;
        }

        for (; path != "/"; path = Path.GetDirectoryName(path)!)
        {
            if (!_made.Contains(path) || _layout.IsLink(path))
            {
                return false;
            }
        }

        return true;
    }

    private void OpenBelow(string path, ulong resolve, bool mayFail)
    {
        byte[] how = new byte[HowSize];
        BinaryPrimitives.WriteUInt64LittleEndian(how, LibC.O_PATH | LibC.O_CLOEXEC);
        BinaryPrimitives.WriteUInt64LittleEndian(how.AsSpan(16), resolve);
        Steps.Add(
            "openat2", LibCExports.syscall, [LibC.SYS_openat2, Root, path, how, HowSize], null, SafeText.Escape(path), mayFail, !mayFail, Explain);
    }

    private void Add(string call, Func<string>? text, nint function, StepArgument[] arguments, string? subject, bool isCheckedLater)
    {
        Steps.Add(call, function, arguments, null, subject ?? SafeText.Escape(_entry.Target), false, isCheckedLater, Explain, describe: text);
    }
}
