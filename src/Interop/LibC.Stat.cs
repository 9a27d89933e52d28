using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/stat.h>: statx alone, because struct stat differs between architectures.
internal static unsafe partial class LibC
{
    internal const int S_ISUID = 0x800;
    internal const int S_ISGID = 0x400;
    internal const int S_IFMT = 0xF000;
    internal const int S_IFIFO = 0x1000;
    internal const int S_IFREG = 0x8000;
    internal const int S_IFSOCK = 0xC000;
    internal const int S_IFDIR = 0x4000;
    internal const int S_IFLNK = 0xA000;

    internal const uint STATX_TYPE = 0x1;
    internal const uint STATX_MODE = 0x2;
    internal const uint STATX_UID = 0x8;
    internal const uint STATX_GID = 0x10;
    internal const uint STATX_MTIME = 0x40;
    internal const uint STATX_INO = 0x100;
    internal const uint STATX_SIZE = 0x200;
    internal const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    /// <summary>struct statx, up to the device numbers; the rest is spare.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct statx_t
    {
        internal uint stx_mask;
        internal uint stx_blksize;
        internal ulong stx_attributes;
        internal uint stx_nlink;
        internal uint stx_uid;
        internal uint stx_gid;
        internal ushort stx_mode;
        private readonly ushort __spare0;
        internal ulong stx_ino;
        internal ulong stx_size;
        internal ulong stx_blocks;
        internal ulong stx_attributes_mask;
        private fixed ulong stx_times[8];
        internal uint stx_rdev_major;
        internal uint stx_rdev_minor;
        internal uint stx_dev_major;
        internal uint stx_dev_minor;
        private fixed ulong __spare[14];

        /// <summary>The seconds of stx_mtime, the last of the four times.</summary>
        internal long ModifiedSeconds => (long)stx_times[6];
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int statx(int dirfd, byte* pathname, int flags, uint mask, statx_t* statxbuf);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int mkdirat(int dirfd, byte* pathname, uint mode);
}
