using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/nsfs.h>
internal static unsafe partial class LibC
{
    internal const uint NS_GET_USERNS = 0xb701;
    internal const uint NS_GET_PARENT = 0xb702;
    internal const uint NS_GET_NSTYPE = 0xb703;
    internal const uint NS_GET_OWNER_UID = 0xb704;
    internal const uint NS_MNT_GET_INFO = 0x8010b70a;
    internal const uint NS_MNT_GET_NEXT = 0x8010b70b;
    internal const uint NS_MNT_GET_PREV = 0x8010b70c;
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

    [StructLayout(LayoutKind.Sequential)]
    internal struct mnt_ns_info
    {
        internal uint size;
        internal uint nr_mounts;
        internal ulong mnt_ns_id;
    }

    /// <summary>The argument of listns(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ns_id_req
    {
        internal uint size;
        internal uint spare;
        internal ulong ns_id;
        internal uint ns_type;
        internal uint spare2;
        internal ulong user_ns_id;
    }
}
