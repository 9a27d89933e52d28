using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/unix_diag.h>
internal static unsafe partial class LibC
{
    internal const uint UDIAG_SHOW_NAME = 0x1;
    internal const uint UDIAG_SHOW_PEER = 0x4;
    internal const uint UDIAG_SHOW_RQLEN = 0x10;
    internal const uint UDIAG_SHOW_UID = 0x40;

    internal const ushort UNIX_DIAG_NAME = 0;
    internal const ushort UNIX_DIAG_PEER = 2;
    internal const ushort UNIX_DIAG_RQLEN = 4;
    internal const ushort UNIX_DIAG_UID = 7;

    [StructLayout(LayoutKind.Sequential)]
    internal struct unix_diag_req
    {
        internal byte sdiag_family;
        internal byte sdiag_protocol;
        internal ushort pad;
        internal uint udiag_states;
        internal uint udiag_ino;
        internal uint udiag_show;
        internal fixed uint udiag_cookie[2];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct unix_diag_msg
    {
        internal byte udiag_family;
        internal byte udiag_type;
        internal byte udiag_state;
        internal byte pad;
        internal uint udiag_ino;
        internal fixed uint udiag_cookie[2];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct unix_diag_rqlen
    {
        internal uint udiag_rqueue;
        internal uint udiag_wqueue;
    }
}
