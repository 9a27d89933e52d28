using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>
/// The calls that make a <see cref="FileLayout"/>. No path that another process may change is looked up twice: a mount goes onto the descriptor that
/// openat2(2) has opened below the root, or onto what the child itself has made in file systems of its own.
/// </summary>
internal sealed class FileSteps(StepList steps, FileLayout layout, FileWishes wishes) : FileCalls(steps, layout)
{
    private const uint DirectoryMode = 0x1ED;
    private const uint Restricted = LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NODEV | LibC.MOUNT_ATTR_NOEXEC;
    private const string NullDevice = "/dev/null";

    private readonly FileLayout _layout = layout;
    private readonly FileWishes _wishes = wishes;

    internal void Add()
    {
        bool makesRoot = _wishes.MakeRoot;
        int begin = Steps.Steps.Count;
        AddRoot(makesRoot);
        foreach (FileEntry entry in _layout.Entries)
        {
            Entry = entry;
            AddEntry(entry);
        }

        if (_wishes.ReadOnlyRoot && _layout.Root is FileEntry root)
        {
            // Only now: mount points had to be made in it.
            Entry = root;
            SetAttributes(Root, LibC.MOUNT_ATTR_RDONLY, isRecursive: false, static () => "the root is read-only");
        }

        if (NeedsNoUmask)
        {
            Steps.Insert(begin, new ChildStep("umask", LibCExports.umask, 0) { IsUnchecked = true });
            Tidy("umask", LibCExports.umask, ProcessCredentials.ReadUmask());
        }

        if (!makesRoot)
        {
            Close(Root);
        }
    }

    private void AddRoot(bool makesRoot)
    {
        if (!makesRoot)
        {
            Call("open", LibCExports.open, "/", LibC.O_PATH | LibC.O_CLOEXEC);
        }
        else if (_layout.Root is FileEntry root)
        {
            Entry = root;
            AddNewRoot(root);
        }
        else
        {
            string source = _wishes.OtherRoot ?? "/";
            Entry = Entry with { Source = source };
            OpenTree(source, isAlone: false, () => $"the new root is {(source == "/" ? "a copy of the old one" : SafeText.Escape(source))}");
        }

        if (_wishes.ReadOnlyRoot && _layout.Root is null)
        {
            SetAttributes(Root, LibC.MOUNT_ATTR_RDONLY, isRecursive: true, static () => "the root and all below are read-only");
        }

        if (makesRoot && _layout.Root?.Kind != FileEntryKind.Overlay)
        {
            AttachAside(Root);
        }
    }

    private void AddNewRoot(FileEntry root)
    {
        switch (root.Kind)
        {
            case FileEntryKind.Bind:
                OpenTree(root.Source, root.IsAlone, root.Describe);
                SetAttributes(Root, root.Attributes, !root.IsAlone, null);
                break;
            case FileEntryKind.Tmpfs:
                OpenTmpfs(Root, root.Options, root.Attributes, root.Describe);
                break;
            default:
                // On a directory of a tmpfs, of which both the layers and the mount point are.
                OpenTmpfs(Root, "mode=0755", FileEntry.Usual, null);
                AttachAside(Root);
                MakeLayers(Root);
                Call("mkdirat", LibCExports.syscall, SystemCallNumber.mkdirat, Root, "root", DirectoryMode);
                Mount("overlay", PathOf(Root) + "/root", root.Attributes, OverlayOptions(root, Root), root.Describe);
                Open("root");
                Renumber(First, Root);
                break;
        }
    }

    private void AddEntry(FileEntry entry)
    {
        switch (entry.Kind)
        {
            case FileEntryKind.Directory:
                Make(entry.Target, LibC.S_IFDIR | entry.Mode, entry.Describe);
                break;
            case FileEntryKind.Link:
                AddLink(entry);
                break;
            case FileEntryKind.Content when _layout.IsOwnSpace(entry.Target):
                AddFile(entry);
                break;
            case FileEntryKind.Content:
                AddMountedFile(entry);
                break;
            case FileEntryKind.Bind:
                AddBind(entry, entry.Source, !entry.IsDevice && (!FileStatus.TryGet(entry.Source, out FileStatus status) || status.IsDirectory));
                break;
            case FileEntryKind.Mask:
                AddMask(entry);
                break;
            case FileEntryKind.Overlay:
                AddOverlay(entry);
                break;
            default:
                MountBelow(entry.Kind switch { FileEntryKind.Tmpfs => "tmpfs", FileEntryKind.Proc => "proc", _ => "devpts" }, entry.Target, entry.Attributes, entry.Options, entry.Describe);
                break;
        }
    }

    private void AddLink(FileEntry entry)
    {
        (int directory, string name) = Place(entry.Target);
        Call("symlinkat", entry.Describe, LibCExports.syscall, SystemCallNumber.symlinkat, entry.Link, directory, name);
        if (directory != Root)
        {
            Close(directory);
        }
    }

    private void AddFile(FileEntry entry)
    {
        (int directory, string name) = Place(entry.Target);
        WriteFile(entry, directory, name);
        if (directory != Root)
        {
            Close(directory);
        }
    }

    private void AddBind(FileEntry entry, string source, bool isDirectory)
    {
        MakePoint(entry.Target, isDirectory);
        OpenTree(source, entry.IsAlone, entry.Describe);
        if (MountAttributes.AreSetByTree)
        {
            SetAttributes(First, entry.Attributes, !entry.IsAlone, null);
        }

        if (IsCertain(entry.Target))
        {
            Attach(First, entry.Target);
        }
        else
        {
            Open(entry.Target);
            Attach(First, Second);
            Close(Second);
        }

        if (!MountAttributes.AreSetByTree)
        {
            Remount(entry, source);
        }

        Close(First);
    }

    // Each mount by itself, with what it forbids already: in a user namespace nothing of that may be taken back.
    private void Remount(FileEntry entry, string source)
    {
        foreach ((string path, uint attributes) in MountAttributes.ReadTree(source).Take(entry.IsAlone ? 1 : int.MaxValue))
        {
            string rest = path == source ? string.Empty : path[source.TrimEnd('/').Length..];
            Call("mount", LibCExports.mount, "none", PathOf(First) + rest, 0, LibC.MS_REMOUNT | LibC.MS_BIND | attributes | entry.Attributes, 0);
        }
    }

    private void AddMask(FileEntry entry)
    {
        // A missing path is hidden already.
        switch (_layout.IsDirectory(entry.Target))
        {
            case true:
                MountBelow("tmpfs", entry.Target, LibC.MOUNT_ATTR_RDONLY | Restricted, "mode=0555,nr_inodes=1", entry.Describe);
                break;
            case false:
                AddBind(entry with { Attributes = LibC.MOUNT_ATTR_RDONLY | LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NOEXEC }, NullDevice, isDirectory: false);
                break;
        }
    }

    private void AddOverlay(FileEntry entry)
    {
        MakePoint(entry.Target, isDirectory: true);
        if (entry.Upper is not null)
        {
            Open(entry.Target);
            Mount("overlay", PathOf(First), entry.Attributes, OverlayOptions(entry, First), entry.Describe);
            Close(First);
            return;
        }

        // In sight only until the overlay holds the layers itself.
        OpenSpace();
        MakeLayers(First);
        Open(entry.Target);
        Mount("overlay", PathOf(Second), entry.Attributes, OverlayOptions(entry, First), entry.Describe);
        Close(Second);
        CloseSpace();
    }

    private void AddMountedFile(FileEntry entry)
    {
        OpenSpace();
        WriteFile(entry, First, "file");
        Call("open_tree", LibCExports.syscall, LibC.SYS_open_tree, First, "file", LibC.OPEN_TREE_CLONE | LibC.O_CLOEXEC);
        CloseSpace();
        Open(entry.Target);
        Attach(Second, First);
        CloseBoth();
    }

    // Room first: a write to a full file system may do half of its work without an error.
    private void WriteFile(FileEntry entry, int directory, string name)
    {
        int file = directory + 1;
        Call("openat", LibCExports.openat, directory, name, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_CLOEXEC, entry.Mode);
        Call("fchmod", LibCExports.fchmod, file, entry.Mode);
        if (entry.Content.Length > 0)
        {
            Call("fallocate", LibCExports.fallocate, file, 0, 0, entry.Content.Length);
        }

        Do("write", entry.Describe, LibCExports.write, file, entry.Content, entry.Content.Length);
        Call("close", LibCExports.close, file);
    }

    private void OpenSpace()
    {
        OpenTmpfs(First, "mode=0755", FileEntry.Usual, null);
        AttachAside(First);
    }

    private void CloseSpace()
    {
        Call("umount2", LibCExports.umount2, PathOf(First), LibC.MNT_DETACH);
        Close(First);
    }

    private void MakeLayers(int directory)
    {
        Call("mkdirat", LibCExports.syscall, SystemCallNumber.mkdirat, directory, "upper", DirectoryMode);
        SetMode(directory, "upper", DirectoryMode);
        Call("mkdirat", LibCExports.syscall, SystemCallNumber.mkdirat, directory, "work", DirectoryMode);
    }

    // An ordinary user's overlay keeps its notes in attributes that such a user may write.
    private string OverlayOptions(FileEntry entry, int space)
    {
        string upper = entry.Upper ?? PathOf(space) + "/upper";
        string work = entry.Work ?? PathOf(space) + "/work";
        string user = _wishes.IsInUserNamespace ? ",userxattr" : string.Empty;
        return $"lowerdir={string.Join(':', entry.Lower.Select(Escape))},upperdir={Escape(upper)},workdir={Escape(work)}{user}";
    }

    private static string Escape(string path)
    {
        StringBuilder text = new();
        foreach (char letter in path)
        {
            text.Append(letter is ':' or ',' or '\\' ? "\\" : string.Empty).Append(letter);
        }

        return text.ToString();
    }
}
