namespace LinuxNamespaces.Interop;

// <linux/nsfs.h> and nsfs's part of <linux/magic.h>
internal static unsafe partial class LibC
{
    internal const uint NS_GET_USERNS = 0xb701;
    internal const uint NS_GET_PARENT = 0xb702;
    internal const uint NS_GET_NSTYPE = 0xb703;
    internal const uint NS_GET_OWNER_UID = 0xb704;
    internal const uint NS_GET_ID = 0x8008b70d;

    internal const uint IPC_NS_INIT_INO = 0xEFFFFFFF;
    internal const uint UTS_NS_INIT_INO = 0xEFFFFFFE;
    internal const uint USER_NS_INIT_INO = 0xEFFFFFFD;
    internal const uint PID_NS_INIT_INO = 0xEFFFFFFC;
    internal const uint CGROUP_NS_INIT_INO = 0xEFFFFFFB;
    internal const uint TIME_NS_INIT_INO = 0xEFFFFFFA;
    internal const uint NET_NS_INIT_INO = 0xEFFFFFF9;
    internal const uint MNT_NS_INIT_INO = 0xEFFFFFF8;

    internal const int NSFS_FILE_HANDLE_SIZE_LATEST = 16;
}
