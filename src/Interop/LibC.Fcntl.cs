using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <fcntl.h>: only what has one value on every architecture (O_DIRECTORY and O_NOFOLLOW do not).
internal static unsafe partial class LibC
{
    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_TRUNC = 0x200;
    internal const int O_APPEND = 0x400;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_PATH = 0x200000;

    internal const int F_GETFD = 1;
    internal const int F_SETFD = 2;
    internal const int FD_CLOEXEC = 1;
    internal const int F_DUPFD_CLOEXEC = 1030;

    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_SYMLINK_FOLLOW = 0x400;
    internal const int AT_NO_AUTOMOUNT = 0x800;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_STATX_DONT_SYNC = 0x4000;

    internal const int FD_NSFS_ROOT = -10003;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int open(byte* pathname, int flags, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int openat(int dirfd, byte* pathname, int flags, uint mode);

    /// <summary>struct file_handle: followed by handle_bytes bytes that mean something to its file system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct file_handle
    {
        internal uint handle_bytes;
        internal int handle_type;
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int open_by_handle_at(int mount_fd, file_handle* handle, int flags);

    // Variadic in C, which makes no difference to an integer on a 64-bit Linux ABI.
    [LibraryImport(Name, SetLastError = true)]
    internal static partial int fcntl(int fd, int cmd, nint arg);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int name_to_handle_at(int dirfd, byte* pathname, file_handle* handle, int* mount_id, int flags);
}
