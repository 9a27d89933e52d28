using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/inet_diag.h>
internal static unsafe partial class LibC
{
    internal const ushort INET_DIAG_REQ_PROTOCOL = 3;

    [StructLayout(LayoutKind.Sequential)]
    internal struct inet_diag_sockid
    {
        internal ushort idiag_sport;
        internal ushort idiag_dport;
        internal fixed uint idiag_src[4];
        internal fixed uint idiag_dst[4];
        internal uint idiag_if;
        internal fixed uint idiag_cookie[2];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct inet_diag_req
    {
        internal byte idiag_family;
        internal byte idiag_src_len;
        internal byte idiag_dst_len;
        internal byte idiag_ext;
        internal inet_diag_sockid id;
        internal uint idiag_states;
        internal uint idiag_dbs;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct inet_diag_req_v2
    {
        internal byte sdiag_family;
        internal byte sdiag_protocol;
        internal byte idiag_ext;
        internal byte pad;
        internal uint idiag_states;
        internal inet_diag_sockid id;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct inet_diag_msg
    {
        internal byte idiag_family;
        internal byte idiag_state;
        internal byte idiag_timer;
        internal byte idiag_retrans;
        internal inet_diag_sockid id;
        internal uint idiag_expires;
        internal uint idiag_rqueue;
        internal uint idiag_wqueue;
        internal uint idiag_uid;
        internal uint idiag_inode;
    }
}
