using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/mount.h>: statmount(2) and listmount(2), Linux 6.8
internal static unsafe partial class LibC
{
    internal const uint MNT_ID_REQ_SIZE_VER1 = 32;
    internal const ulong STATMOUNT_SB_BASIC = 0x1;
    internal const ulong STATMOUNT_MNT_ROOT = 0x8;
    internal const ulong STATMOUNT_MNT_POINT = 0x10;
    internal const ulong LSMT_ROOT = 0xffffffffffffffff;

    [StructLayout(LayoutKind.Sequential)]
    internal struct mnt_id_req
    {
        internal uint size;
        private readonly uint _spare;
        internal ulong mnt_id;
        internal ulong param;
        internal ulong mnt_ns_id;
    }

    /// <summary>struct statmount up to what is read of it; strings follow the spare part, at str.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct statmount
    {
        internal uint size;
        private readonly uint _spare1;
        internal ulong mask;
        internal uint sb_dev_major;
        internal uint sb_dev_minor;
        internal ulong sb_magic;
        private fixed ulong _spare2[9];
        internal uint mnt_root;
        internal uint mnt_point;
        private fixed ulong _spare3[50];
    }
}
