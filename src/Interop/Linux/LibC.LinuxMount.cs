using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/mount.h>: statmount(2) and listmount(2), Linux 6.8
internal static unsafe partial class LibC
{
    internal const uint MNT_ID_REQ_SIZE_VER1 = 32;
    internal const ulong STATMOUNT_SB_BASIC = 0x1;
    internal const ulong STATMOUNT_MNT_BASIC = 0x2;
    internal const ulong STATMOUNT_PROPAGATE_FROM = 0x4;
    internal const ulong STATMOUNT_MNT_ROOT = 0x8;
    internal const ulong STATMOUNT_MNT_POINT = 0x10;
    internal const ulong STATMOUNT_FS_TYPE = 0x20;
    internal const ulong STATMOUNT_MNT_OPTS = 0x80;
    internal const ulong STATMOUNT_FS_SUBTYPE = 0x100;
    internal const ulong STATMOUNT_SB_SOURCE = 0x200;
    internal const ulong STATMOUNT_MNT_UIDMAP = 0x2000;
    internal const ulong STATMOUNT_MNT_GIDMAP = 0x4000;
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

    /// <summary>struct statmount; strings follow it, each at its offset from there.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct statmount
    {
        internal uint size;
        internal uint mnt_opts;
        internal ulong mask;
        internal uint sb_dev_major;
        internal uint sb_dev_minor;
        internal ulong sb_magic;
        internal uint sb_flags;
        internal uint fs_type;
        internal ulong mnt_id;
        internal ulong mnt_parent_id;
        internal uint mnt_id_old;
        internal uint mnt_parent_id_old;
        internal ulong mnt_attr;
        internal ulong mnt_propagation;
        internal ulong mnt_peer_group;
        internal ulong mnt_master;
        internal ulong propagate_from;
        internal uint mnt_root;
        internal uint mnt_point;
        internal ulong mnt_ns_id;
        internal uint fs_subtype;
        internal uint sb_source;
        private fixed uint _spare2[6];
        internal uint mnt_uidmap_num;
        internal uint mnt_uidmap;
        internal uint mnt_gidmap_num;
        internal uint mnt_gidmap;
        private fixed ulong _spare3[43];
    }
}
