using System;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>The part of statx(2) this module needs (Linux 4.11).</summary>
internal readonly unsafe struct FileStatus
{
    private FileStatus(in LibC.statx_t status)
    {
        Inode = status.stx_ino;
        Device = ((ulong)status.stx_dev_major << 32) | status.stx_dev_minor;
        UserId = status.stx_uid;
        GroupId = status.stx_gid;
        ModifiedSeconds = status.ModifiedSeconds;
        _mode = status.stx_mode;
        Size = status.stx_size;
        IsMountRoot = (status.stx_attributes & LibC.STATX_ATTR_MOUNT_ROOT) != 0;
    }

    private readonly ushort _mode;

    internal ulong Inode { get; }

    /// <summary>Major and minor number in one value, for comparing only.</summary>
    internal ulong Device { get; }

    internal uint UserId { get; }

    internal uint GroupId { get; }

    /// <summary>When the content changed, in seconds since 1970.</summary>
    internal long ModifiedSeconds { get; }

    /// <summary>The permissions of owner, group and others, as nine bits.</summary>
    internal int Permissions => _mode & 0x1ff;

    internal ulong Size { get; }

    /// <summary>Whether something is mounted there (reported since Linux 5.8).</summary>
    internal bool IsMountRoot { get; }

    internal bool IsSocket => (_mode & LibC.S_IFMT) == LibC.S_IFSOCK;

    internal bool IsFifo => (_mode & LibC.S_IFMT) == LibC.S_IFIFO;

    internal bool IsDirectory => (_mode & LibC.S_IFMT) == LibC.S_IFDIR;

    internal bool IsFile => (_mode & LibC.S_IFMT) == LibC.S_IFREG;

    /// <summary>Whether the program runs as its owner or group (set-user-ID, set-group-ID).</summary>
    internal bool SetsIds => IsFile && (_mode & (LibC.S_ISUID | LibC.S_ISGID)) != 0;

    internal bool IsEmptyFile => IsFile && Size == 0;

    /// <summary>Whether it is the same file, whatever its names.</summary>
    internal bool IsOf(in FileStatus other) => Inode == other.Inode && Device == other.Device;

    /// <summary>
    /// Reads the status of the file <paramref name="name"/> (ends in NUL) in an open directory, links followed. Remote file
    /// systems are not asked to refresh, so that a dead server cannot hang a scan.
    /// </summary>
    internal static bool TryGet(int directory, ReadOnlySpan<byte> name, out FileStatus status) =>
        TryGet(directory, name, LibC.AT_STATX_DONT_SYNC | LibC.AT_NO_AUTOMOUNT, out status);

    /// <summary>Reads the status of a name itself, where it is a link.</summary>
    internal static bool TryGetLink(ReadOnlySpan<byte> name, out FileStatus status) =>
        TryGet(LibC.AT_FDCWD, name, LibC.AT_STATX_DONT_SYNC | LibC.AT_NO_AUTOMOUNT | LibC.AT_SYMLINK_NOFOLLOW, out status);

    /// <summary>Reads the status of an entry (its name ends in NUL) of an open directory itself, where it is a link.</summary>
    internal static bool TryGetEntry(int directory, ReadOnlySpan<byte> name, out FileStatus status) =>
        TryGet(directory, name, LibC.AT_STATX_DONT_SYNC | LibC.AT_NO_AUTOMOUNT | LibC.AT_SYMLINK_NOFOLLOW, out status);

    /// <summary>Reads the status of the file at a path, links followed.</summary>
    internal static bool TryGet(string path, out FileStatus status) =>
        TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), out status);

    /// <summary>Reads the status of an open descriptor.</summary>
    internal static bool TryGet(int descriptor, out FileStatus status) =>
        TryGet(descriptor, "\0"u8, LibC.AT_EMPTY_PATH, out status);

    /// <summary>Whether the file of that path (ends in NUL) has capabilities of its own.</summary>
    internal static bool HasCapabilities(ReadOnlySpan<byte> path)
    {
        fixed (byte* file = path)
        fixed (byte* attribute = "security.capability\0"u8)
        {
            return LibC.getxattr(file, attribute, null, 0) > 0;
        }
    }

    private static bool TryGet(int directory, ReadOnlySpan<byte> name, int flags, out FileStatus status)
    {
        const uint Wanted = LibC.STATX_INO | LibC.STATX_TYPE | LibC.STATX_MODE | LibC.STATX_UID | LibC.STATX_GID | LibC.STATX_MTIME | LibC.STATX_SIZE;
        LibC.statx_t buffer;
        fixed (byte* path = name)
        {
            if (Call(directory, path, flags, Wanted, &buffer) != 0)
            {
                status = default;
                return false;
            }
        }

        status = new FileStatus(buffer);
        return true;
    }

    private static int Call(int directory, byte* path, int flags, uint mask, LibC.statx_t* buffer) => LibCExports.statx != 0
        ? LibC.statx(directory, path, flags, mask, buffer)
        : CallByNumber(directory, path, flags, mask, buffer);

    /// <summary>The same without a wrapper: musl has one from 1.2.5 on.</summary>
    internal static int CallByNumber(int directory, byte* path, int flags, uint mask, LibC.statx_t* buffer) =>
        (int)LibC.syscall5(SystemCallNumber.statx, directory, (nint)path, flags, (nint)mask, (nint)buffer);
}
