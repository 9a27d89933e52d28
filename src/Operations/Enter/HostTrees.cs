using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>The mounts of the session that a view gets, as open descriptors. Either opened here, or by the child that makes the calls.</summary>
internal sealed unsafe class HostTrees(CallList calls, bool isByChild) : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    /// <summary>Whether a child makes the calls.</summary>
    internal bool IsByChild => isByChild;

    /// <summary>The calls of the child that open them.</summary>
    internal CallList Outside { get; } = new();

    /// <summary>A tree of this session's, detached.</summary>
    internal CallList.Argument Open(string path, uint attributes)
    {
        if (IsByChild)
        {
            CallList.Slot slot = calls.NewSlot();
            Outside.Add(path, slot, LibC.SYS_open_tree, LibC.AT_FDCWD, CallList.Text(path), LibC.OPEN_TREE_CLONE | LibC.AT_RECURSIVE | LibC.O_CLOEXEC);
            Outside.Add(path, null, LibC.SYS_mount_setattr, slot, CallList.Text(""), LibC.AT_EMPTY_PATH | LibC.AT_RECURSIVE, Attributes(attributes, LibC.MS_PRIVATE), sizeof(LibC.mount_attr));
            return slot;
        }

        LibC.mount_attr set = new() { attr_set = attributes, propagation = LibC.MS_PRIVATE };
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'), none = "\0"u8)
        {
            Descriptor tree = Descriptor.FromResult(LibC.syscall(LibC.SYS_open_tree, LibC.AT_FDCWD, (nint)name, (nint)(LibC.OPEN_TREE_CLONE | LibC.AT_RECURSIVE | LibC.O_CLOEXEC)));
            if (!tree.IsOpen)
            {
                LinuxException.ThrowLast("open_tree", path);
            }

            DescriptorHandle handle = new(tree);
            _opened.Add(handle);
            if (LibC.syscall5(LibC.SYS_mount_setattr, tree.Number, (nint)none, (nint)(LibC.AT_EMPTY_PATH | LibC.AT_RECURSIVE), (nint)(&set), sizeof(LibC.mount_attr)) != 0)
            {
                LinuxException.ThrowLast("mount_setattr", path);
            }

            return (nint)handle.Number;
        }
    }

    /// <summary>The processes of the target. Before Linux 6.17 only a process in there could mount them: then null, as where a child makes the calls.</summary>
    internal CallList.Argument? TryOpenProc(NamespaceHandle processes)
    {
        if (IsByChild)
        {
            return null;
        }

        fixed (byte* type = "proc\0"u8, option = "pidns\0"u8)
        {
            using Descriptor context = Descriptor.FromResult(LibC.syscall(LibC.SYS_fsopen, (nint)type, (nint)LibC.FSOPEN_CLOEXEC, 0));
            if (!context.IsOpen
                || LibC.syscall5(LibC.SYS_fsconfig, context.Number, LibC.FSCONFIG_SET_FD, (nint)option, 0, processes.Descriptor) != 0
                || LibC.syscall5(LibC.SYS_fsconfig, context.Number, LibC.FSCONFIG_CMD_CREATE, 0, 0, 0) != 0)
            {
                return null;
            }

            Descriptor mount = Descriptor.FromResult(LibC.syscall(LibC.SYS_fsmount, context.Number, (nint)LibC.FSMOUNT_CLOEXEC, (nint)(LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NODEV | LibC.MOUNT_ATTR_NOEXEC)));
            if (!mount.IsOpen)
            {
                return null;
            }

            DescriptorHandle handle = new(mount);
            _opened.Add(handle);
            return (nint)handle.Number;
        }
    }

    /// <summary>The address of a struct mount_attr.</summary>
    internal static CallList.Argument Attributes(uint set, ulong propagation = 0)
    {
        LibC.mount_attr attributes = new() { attr_set = set, propagation = propagation };
        return CallList.Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<LibC.mount_attr>(in attributes)));
    }

    public void Dispose()
    {
        _opened.ForEach(one => one.Dispose());
        _opened.Clear();
        Outside.Dispose();
    }
}
