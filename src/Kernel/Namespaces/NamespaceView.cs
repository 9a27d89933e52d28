using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>
/// Reads data that the kernel shows only to a thread that is inside. Each method goes there and back in one go, by way of a thread made for it; what runs
/// inside is compiled beforehand, and kept to a few calls. Where the thread has no rights, a child with those of the owner goes there in its place.
/// </summary>
internal static unsafe class NamespaceView
{
    private const int NotThere = -2;
    private const int MaxFile = 8192;

    /// <summary>
    /// Opens a file of /proc (its path ends in NUL, relative to that) that shows the namespace of its opener; not open with errno where there
    /// is none.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused to go there, or the thread cannot be put back.</exception>
    internal static Descriptor OpenProcFile(NamespaceThread thread, NamespaceHandle target, NamespaceType type, byte[] path)
    {
        (int opened, int errno) = thread.Run(() =>
        {
            using NamespaceHandle home = thread.OpenOwn(type);
            int file = OpenProcFileAndReturn(thread.Proc, target.Descriptor, home.Descriptor, type.CloneFlag(), path);
            return (file, Errno.Last);
        });
        using OwnerChild? child = opened == NotThere && errno == LibC.EPERM ? OwnerChild.TryCreate(target, type, thread.Proc) : null;
        if (child is null)
        {
            return ToDescriptor(opened, errno, target, type);
        }

        child.Add(LibCExports.openat, child.Proc, child.Copy(path), LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        return child.Open(OwnerChild.First);
    }

    /// <summary>Mounts the message queues of an ipc namespace (fsopen(2), Linux 5.2), where no path leads to; not open with errno where that is refused.</summary>
    /// <exception cref="LinuxException">The kernel refused to go there, or the thread cannot be put back.</exception>
    internal static Descriptor MountQueues(NamespaceThread thread, NamespaceHandle target)
    {
        byte[] fileSystem = MessageQueues.FileSystem;
        (int opened, int errno) = thread.Run(() =>
        {
            using NamespaceHandle home = thread.OpenOwn(NamespaceType.Ipc);
            int context = OpenFileSystemAndReturn(target.Descriptor, home.Descriptor, fileSystem);
            return (context, Errno.Last);
        });
        using OwnerChild? child = opened == NotThere && errno == LibC.EPERM ? OwnerChild.TryCreate(target, NamespaceType.Ipc, thread.Proc) : null;
        if (child is null)
        {
            using Descriptor context = ToDescriptor(opened, errno, target, NamespaceType.Ipc);
            return context.IsOpen ? MessageQueues.Mount(context) : Descriptor.None;
        }

        // The rights to mount go by the owner of the mount namespace, so the child gets one.
        child.Add(LibCExports.unshare, LibC.CLONE_NEWNS);
        child.Add(LibCExports.syscall, LibC.SYS_fsopen, child.Copy(fileSystem), (nint)LibC.FSOPEN_CLOEXEC);
        child.Add(LibCExports.syscall, LibC.SYS_fsconfig, OwnerChild.First, LibC.FSCONFIG_CMD_CREATE, 0, 0, 0);
        child.Add(LibCExports.syscall, LibC.SYS_fsmount, OwnerChild.First, (nint)LibC.FSMOUNT_CLOEXEC, (nint)MessageQueues.MountAttributes);
        return child.Open(OwnerChild.Second);
    }

    /// <summary>Reads the beginning of a file of /proc that shows the namespace of its reader; null with errno.</summary>
    /// <exception cref="LinuxException">The thread cannot be put back.</exception>
    internal static byte[]? ReadProcFile(NamespaceThread thread, NamespaceHandle target, NamespaceType type, byte[] path)
    {
        byte[] buffer = new byte[MaxFile];
        (int length, int errno) = thread.Run(() =>
        {
            using NamespaceHandle home = thread.OpenOwn(type);
            int got = ReadProcFileAndReturn(thread.Proc, target.Descriptor, home.Descriptor, type.CloneFlag(), path, buffer);
            return (got, Errno.Last);
        });
        using OwnerChild? child = length < 0 && errno == LibC.EPERM ? OwnerChild.TryCreate(target, type, thread.Proc) : null;
        if (child is not null)
        {
            // The content of such a file depends on its reader.
            byte* shared = child.Allocate(MaxFile);
            child.Add(LibCExports.openat, child.Proc, child.Copy(path), LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
            child.Add(LibCExports.read, OwnerChild.First, (nint)shared, MaxFile - 1);
            errno = child.Run();
            buffer = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(shared).ToArray();
            length = errno == 0 ? buffer.Length : -1;
        }

        Marshal.SetLastPInvokeError(errno);
        return length < 0 ? null : buffer[..length];
    }

    /// <summary>The names of the host and of the NIS domain in a uts namespace.</summary>
    /// <exception cref="LinuxException">The kernel refused to go there, or the thread cannot be put back.</exception>
    internal static (byte[] Host, byte[] Domain) ReadHostNames(NamespaceThread thread, NamespaceHandle target)
    {
        LibC.utsname names = default;
        LibC.utsname* result = &names;
        int errno = thread.Run(() =>
        {
            using NamespaceHandle home = thread.OpenOwn(NamespaceType.Uts);

            // Nobody needs a privilege for the namespace they are in: setns would ask for one even so.
            int failed = target.Inode == home.Inode ? LibC.uname(result) : ReadNamesAndReturn(target.Descriptor, home.Descriptor, result);
            return failed == 0 ? 0 : Errno.Last;
        });
        using OwnerChild? child = errno == LibC.EPERM ? OwnerChild.TryCreate(target, NamespaceType.Uts, thread.Proc) : null;
        if (child is not null)
        {
            result = (LibC.utsname*)child.Allocate(sizeof(LibC.utsname));
            child.Add(LibCExports.uname, (nint)result);
            errno = child.Run();
        }

        return errno != 0 ? throw new LinuxException(errno, "setns", NameOf(target, NamespaceType.Uts))
            : (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result->nodename).ToArray(), MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result->domainname).ToArray());
    }

    private static Descriptor ToDescriptor(int opened, int errno, NamespaceHandle target, NamespaceType type)
    {
        if (opened == NotThere)
        {
            throw new LinuxException(errno, "setns", NameOf(target, type));
        }

        Marshal.SetLastPInvokeError(errno);
        return Descriptor.FromResult(opened);
    }

    // A file of /proc, opened within the target, with the thread back at home; -1 with errno, or NotThere where it never got there.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int OpenProcFileAndReturn(int proc, int target, int home, int type, byte[] path)
    {
        int file = NotThere;
        fixed (byte* name = path)
        {
            // A thread that shares its root and working directory with others may not change its mount namespace.
            if ((type != LibC.CLONE_NEWNS || LibC.unshare(LibC.CLONE_FS) == 0) && RoundTrip.Leave(home, target, type))
            {
                file = LibC.openat(proc, name, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
                RoundTrip.GoHome(home, type);
            }
        }

        return file;
    }

    // The beginning of such a file, with the thread back at home; -1 with errno.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ReadProcFileAndReturn(int proc, int target, int home, int type, byte[] path, byte[] buffer)
    {
        int length = -1;
        fixed (byte* name = path, start = buffer)
        {
            if (RoundTrip.Leave(home, target, type))
            {
                int file = LibC.openat(proc, name, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
                if (file >= 0)
                {
                    length = (int)LibC.read(file, start, MaxFile);
                    _ = LibC.close(file);
                }

                RoundTrip.GoHome(home, type);
            }
        }

        return length;
    }

    // A file system's context made within the target, with the thread back at home; -1 with errno, or NotThere.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int OpenFileSystemAndReturn(int target, int home, byte[] fileSystem)
    {
        int context = NotThere;
        fixed (byte* name = fileSystem)
        {
            if (RoundTrip.Leave(home, target, LibC.CLONE_NEWIPC))
            {
                context = (int)LibC.syscall(LibC.SYS_fsopen, (nint)name, (nint)LibC.FSOPEN_CLOEXEC, 0);
                RoundTrip.GoHome(home, LibC.CLONE_NEWIPC);
            }
        }

        return context;
    }

    // The names there, with the thread back at home; -1 with errno.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ReadNamesAndReturn(int target, int home, LibC.utsname* names)
    {
        int result = -1;
        if (RoundTrip.Leave(home, target, LibC.CLONE_NEWUTS))
        {
            result = LibC.uname(names);
            RoundTrip.GoHome(home, LibC.CLONE_NEWUTS);
        }

        return result;
    }

    private static string NameOf(NamespaceHandle target, NamespaceType type) =>
        string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}:[{target.Inode}]");
}
