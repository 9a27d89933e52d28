using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/mount.h>: the mount API of Linux 5.2, and mount_setattr(2) of 5.12
internal static unsafe partial class LibC
{
    internal const uint OPEN_TREE_CLONE = 1;
    internal const uint OPEN_TREE_NAMESPACE = 2;
    internal const uint AT_RECURSIVE = 0x8000;
    internal const uint MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    internal const uint MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    internal const uint FSOPEN_CLOEXEC = 0x1;
    internal const uint FSMOUNT_CLOEXEC = 0x1;
    internal const int FSCONFIG_SET_STRING = 1;
    internal const int FSCONFIG_SET_FD = 5;
    internal const int FSCONFIG_CMD_CREATE = 6;
    internal const uint MOUNT_ATTR_RDONLY = 0x1;
    internal const uint MOUNT_ATTR_NOSUID = 0x2;
    internal const uint MOUNT_ATTR_NODEV = 0x4;
    internal const uint MOUNT_ATTR_NOEXEC = 0x8;
    internal const uint MOUNT_ATTR_NOATIME = 0x10;
    internal const uint MOUNT_ATTR_STRICTATIME = 0x20;
    internal const uint MOUNT_ATTR_NODIRATIME = 0x80;
    internal const uint MOUNT_ATTR_IDMAP = 0x100000;
    internal const uint MOUNT_ATTR_NOSYMFOLLOW = 0x200000;

    [StructLayout(LayoutKind.Sequential)]
    internal struct mount_attr
    {
        internal ulong attr_set;
        internal ulong attr_clr;
        internal ulong propagation;
        internal ulong userns_fd;
    }
}
