using System;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>The calls that make a view, as they are added to its list: file systems, entries, files and mounts.</summary>
internal sealed class HostCalls(CallList calls, bool isByChild)
{
    /// <summary>The mode bits of a directory.</summary>
    internal const uint DirectoryMode = 0x1ED;

    // The mode bits of a plain file for mknod(2), to be mounted on.
    private const uint MountPoint = LibC.S_IFREG | 0x124;
    private const uint ExecutableMode = 0x16D;

    /// <summary>Adds an entry of a directory. Where the entry is a mount, or has some below, all of it comes along.</summary>
    internal void AddEntry(CallList.Slot directory, string path, InsideEntry entry)
    {
        if (entry.Link is not null)
        {
            Add(entry.Name, null, SystemCallNumber.symlinkat, CallList.Text(entry.Link), directory, CallList.Text(entry.Name));
            return;
        }

        MakePoint(directory, entry.Name, entry.IsDirectory);
        CallList.Slot tree = calls.NewSlot();
        Add(entry.Name, tree, LibC.SYS_open_tree, LibC.AT_FDCWD, CallList.Text(path + entry.Name), LibC.OPEN_TREE_CLONE | LibC.AT_RECURSIVE | LibC.O_CLOEXEC);
        Move(tree, directory, entry.Name, entry.Name);
    }

    /// <summary>Adds a program or library with this content.</summary>
    internal void AddFile(CallList.Slot directory, string name, byte[] content)
    {
        CallList.Slot file = calls.NewSlot();
        Add(name, file, SystemCallNumber.openat, directory, CallList.Text(name), LibC.O_CREAT | LibC.O_WRONLY | LibC.O_CLOEXEC, ExecutableMode);
        Add(name, null, SystemCallNumber.write, file, CallList.Bytes(content), content.Length);
        if (isByChild)
        {
            // A program that is open for writing is not executed. The thread closes all of them at its end.
            Add(name, null, SystemCallNumber.close, file);
        }
    }

    /// <summary>Makes an empty file system, which is mounted nowhere yet.</summary>
    internal CallList.Slot AddTmpfs(string subject, string size)
    {
        CallList.Slot context = calls.NewSlot();
        CallList.Slot mount = calls.NewSlot();
        Add(subject, context, LibC.SYS_fsopen, CallList.Text("tmpfs"), LibC.FSOPEN_CLOEXEC);
        Add(subject, null, LibC.SYS_fsconfig, context, LibC.FSCONFIG_SET_STRING, CallList.Text("mode"), CallList.Text("0755"), 0);
        Add(subject, null, LibC.SYS_fsconfig, context, LibC.FSCONFIG_SET_STRING, CallList.Text("size"), CallList.Text(size), 0);
        Add(subject, null, LibC.SYS_fsconfig, context, LibC.FSCONFIG_CMD_CREATE, 0, 0, 0);
        Add(subject, mount, LibC.SYS_fsmount, context, LibC.FSMOUNT_CLOEXEC, LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NODEV);
        return mount;
    }

    /// <summary>Makes a directory or a file to mount on.</summary>
    internal void MakePoint(CallList.Argument directory, string name, bool isDirectory)
    {
        if (isDirectory)
        {
            Add(name, null, SystemCallNumber.mkdirat, directory, CallList.Text(name), DirectoryMode);
        }
        else
        {
            Add(name, null, SystemCallNumber.mknodat, directory, CallList.Text(name), MountPoint, 0);
        }
    }

    /// <summary>Mounts a tree on a name in a directory.</summary>
    internal void Move(CallList.Argument tree, CallList.Argument directory, string name, string subject) =>
        Add(subject, null, LibC.SYS_move_mount, tree, CallList.Text(""), directory, CallList.Text(name), LibC.MOVE_MOUNT_F_EMPTY_PATH);

    /// <summary>Adds one call; see <see cref="CallList.Add"/>.</summary>
    internal void Add(string subject, CallList.Slot? result, nint number, params ReadOnlySpan<CallList.Argument> arguments) => calls.Add(subject, result, number, arguments);
}
