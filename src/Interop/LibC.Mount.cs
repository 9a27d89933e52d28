using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/mount.h>
internal static unsafe partial class LibC
{
    internal const uint MS_RDONLY = 0x1;
    internal const uint MS_NOSUID = 0x2;
    internal const uint MS_NODEV = 0x4;
    internal const uint MS_NOEXEC = 0x8;
    internal const uint MS_SYNCHRONOUS = 0x10;
    internal const uint MS_MANDLOCK = 0x40;
    internal const uint MS_DIRSYNC = 0x80;
    internal const uint MS_REMOUNT = 0x20;
    internal const uint MS_BIND = 0x1000;
    internal const uint MS_REC = 0x4000;
    internal const uint MS_UNBINDABLE = 0x20000;
    internal const uint MS_PRIVATE = 0x40000;
    internal const uint MS_SLAVE = 0x80000;
    internal const uint MS_SHARED = 0x100000;
    internal const uint MS_LAZYTIME = 0x2000000;

    internal const int MNT_DETACH = 2;
    internal const int UMOUNT_NOFOLLOW = 8;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int mount(byte* source, byte* target, byte* filesystemtype, nuint mountflags, void* data);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int umount2(byte* target, int flags);
}
