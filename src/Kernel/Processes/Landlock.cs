using System;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The abilities of this kernel's Landlock. See landlock(7).</summary>
internal static class Landlock
{
    /// <summary>The version that there was first (Linux 5.13).</summary>
    internal const int FirstVersion = 1;

    /// <summary>The first version with ports (Linux 6.7).</summary>
    internal const int PortVersion = 4;

    /// <summary>To read files and directories, and to start programs.</summary>
    internal const ulong ReadRights = LibC.LANDLOCK_ACCESS_FS_EXECUTE | LibC.LANDLOCK_ACCESS_FS_READ_FILE | LibC.LANDLOCK_ACCESS_FS_READ_DIR;

    /// <summary>The rights that a file can have which is not a directory.</summary>
    internal const ulong RightsOfFiles = LibC.LANDLOCK_ACCESS_FS_EXECUTE | LibC.LANDLOCK_ACCESS_FS_READ_FILE | LibC.LANDLOCK_ACCESS_FS_WRITE_FILE
        | LibC.LANDLOCK_ACCESS_FS_TRUNCATE | LibC.LANDLOCK_ACCESS_FS_IOCTL_DEV;

    /// <summary>To connect to a TCP port.</summary>
    internal const ulong ConnectRight = LibC.LANDLOCK_ACCESS_NET_CONNECT_TCP;

    /// <summary>To listen on a TCP port.</summary>
    internal const ulong BindRight = LibC.LANDLOCK_ACCESS_NET_BIND_TCP;

    private const int ReferVersion = 2;
    private const int TruncateVersion = 3;
    private const int DeviceVersion = 5;

    private static readonly Lazy<int> s_version = new(() => (int)LibC.syscall(LibC.SYS_landlock_create_ruleset, 0, 0, LibC.LANDLOCK_CREATE_RULESET_VERSION));

    /// <summary>The version of its interface; below 1 where there is none.</summary>
    internal static int Version => s_version.Value;

    /// <summary>All rights on files that this version knows.</summary>
    internal static ulong FileRights =>
        ((LibC.LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
        | (Version >= ReferVersion ? LibC.LANDLOCK_ACCESS_FS_REFER : 0)
        | (Version >= TruncateVersion ? LibC.LANDLOCK_ACCESS_FS_TRUNCATE : 0)
        | (Version >= DeviceVersion ? LibC.LANDLOCK_ACCESS_FS_IOCTL_DEV : 0);
}
