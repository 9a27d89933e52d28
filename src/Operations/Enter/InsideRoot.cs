using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>
/// The files of a target as it sees them, looked at from outside. Its symbolic links lead nowhere but below its own root, and
/// nothing in it is executed, waited for, or believed to be small.
/// </summary>
internal sealed unsafe class InsideRoot : IDisposable
{
    private const int MaxFileSize = 1024 * 1024;

    private readonly SafeHandle _directory;
    private readonly bool _isOwned;

    private InsideRoot(SafeHandle directory, bool isOwned)
    {
        _directory = directory;
        _isOwned = isOwned;
    }

    /// <summary>Where a program that goes into the target finds itself; null where that cannot be looked at.</summary>
    internal static InsideRoot? TryOpen(TargetJoin join)
    {
        try
        {
            if (join.RootDirectory is SafeHandle root)
            {
                return new InsideRoot(root, isOwned: false);
            }

            // The root of a kernel thread is not that of its mount namespace.
            if (join.Process is ProcessHandle process && !(process.IsKernelThread && join.Joins(NamespaceType.Mnt)))
            {
                return new InsideRoot(TargetDetails.OpenDirectory(process, "root\0"u8), isOwned: true);
            }

            foreach (JoinedNamespace ns in join.Namespaces)
            {
                if (ns.Type == NamespaceType.Mnt)
                {
                    using NamespaceThread thread = new();
                    return new InsideRoot(thread.Run(() => OpenThere(thread, ns.Handle)), isOwned: true);
                }
            }
        }
        catch (LinuxException)
        {
            // Without the permission to go there the caller does without.
        }

        return null;
    }

    /// <summary>The entries of a directory.</summary>
    /// <exception cref="LinuxException">It cannot be read.</exception>
    internal IReadOnlyList<InsideEntry> ReadEntries(string path)
    {
        List<InsideEntry> entries = [];
        using Descriptor directory = Open(path, LibC.O_PATH);
        if (!directory.IsOpen || !DirectoryReader.TryOpen(directory.Number, ".\0"u8, out DirectoryReader reader))
        {
            throw new LinuxException(Errno.Last, "open", path);
        }

        using (reader)
        {
            while (reader.TryRead(out ReadOnlySpan<byte> name))
            {
                string text = Encoding.UTF8.GetString(name[..^1]);
                if (text is not ("." or ".."))
                {
                    entries.Add(ReadEntry(directory.Number, name, text));
                }
            }
        }

        return entries;
    }

    /// <summary>Whether a path inside leads to something.</summary>
    internal bool Exists(string path)
    {
        using Descriptor file = Open(path, LibC.O_PATH);
        return file.IsOpen;
    }

    /// <summary>Whether /proc is a file system of the kernel's: its root has inode 1 and a link to whoever looks, which leads nowhere from outside of the pid namespace.</summary>
    internal bool HasProc()
    {
        using Descriptor directory = Open("/proc", LibC.O_PATH);
        byte* buffer = stackalloc byte[1];
        fixed (byte* self = "self\0"u8)
        {
            return directory.IsOpen && FileStatus.TryGet(directory.Number, out FileStatus status) && status.IsDirectory && status.Inode == 1
                && (LibC.readlinkat(directory.Number, self, buffer, 1) >= 0 || Errno.Last == LibC.ENOENT);
        }
    }

    /// <summary>On a thread inside: whether its root directory is this one.</summary>
    internal bool IsCurrent() =>
        FileStatus.TryGet((int)_directory.DangerousGetHandle(), out FileStatus here) && FileStatus.TryGet(LibC.AT_FDCWD, "/\0"u8, out FileStatus there)
            && here.IsOf(there);

    private static InsideEntry ReadEntry(int directory, ReadOnlySpan<byte> name, string text)
    {
        byte* buffer = stackalloc byte[4096];
        nint length;
        fixed (byte* path = name)
        {
            length = LibC.readlinkat(directory, path, buffer, 4096);
        }

        return length >= 0
            ? new InsideEntry(text, false, Encoding.UTF8.GetString(buffer, (int)length))
            : new InsideEntry(text, FileStatus.TryGet(directory, name, out FileStatus status) && status.IsDirectory, null);
    }

    /// <summary>Whether a path inside is the very file it is outside.</summary>
    internal bool HasSame(string path) => HasSame(path, path);

    /// <summary>Whether a path inside is the very file that another path is outside.</summary>
    internal bool HasSame(string path, string outside)
    {
        using Descriptor inside = Open(path, LibC.O_PATH);
        return inside.IsOpen
            && FileStatus.TryGet(inside.Number, out FileStatus there)
            && FileStatus.TryGet(outside, out FileStatus here)
            && there.IsOf(here);
    }

    /// <summary>The text of a plain file of at most a megabyte; null where there is none.</summary>
    internal string? ReadText(string path)
    {
        // Not to wait for a FIFO's other end.
        using Descriptor file = Open(path, LibC.O_RDONLY | LibC.O_NONBLOCK);
        if (!file.IsOpen || !FileStatus.TryGet(file.Number, out FileStatus status) || !status.IsFile)
        {
            return null;
        }

        byte[] buffer = new byte[MaxFileSize];
        int length = file.Read(buffer);
        return length < 0 ? null : Encoding.UTF8.GetString(buffer, 0, length);
    }

    public void Dispose()
    {
        if (_isOwned)
        {
            _directory.Dispose();
        }
    }

    private static DescriptorHandle OpenThere(NamespaceThread thread, NamespaceHandle mounts)
    {
        thread.Join(mounts, NamespaceType.Mnt);
        Descriptor root = Descriptor.OpenAt(LibC.AT_FDCWD, "/\0"u8, LibC.O_PATH);
        if (!root.IsOpen)
        {
            LinuxException.ThrowLast("open", "/");
        }

        return new DescriptorHandle(root);
    }

    private Descriptor Open(string path, int flags)
    {
        LibC.open_how how = new()
        {
            flags = (uint)(flags | LibC.O_CLOEXEC),
            resolve = LibC.RESOLVE_IN_ROOT | LibC.RESOLVE_NO_MAGICLINKS,
        };
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return Descriptor.FromResult(LibC.syscall4(LibC.SYS_openat2, (int)_directory.DangerousGetHandle(), (nint)name, (nint)(&how), sizeof(LibC.open_how)));
        }
    }
}
