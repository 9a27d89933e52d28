using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/packet_diag.h>
internal static unsafe partial class LibC
{
    internal const uint PACKET_SHOW_INFO = 0x1;
    internal const uint PACKET_SHOW_MEMINFO = 0x10;

    internal const ushort PACKET_DIAG_INFO = 0;
    internal const ushort PACKET_DIAG_UID = 5;
    internal const ushort PACKET_DIAG_MEMINFO = 6;

    [StructLayout(LayoutKind.Sequential)]
    internal struct packet_diag_req
    {
        internal byte sdiag_family;
        internal byte sdiag_protocol;
        internal ushort pad;
        internal uint pdiag_ino;
        internal uint pdiag_show;
        internal fixed uint pdiag_cookie[2];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct packet_diag_msg
    {
        internal byte pdiag_family;
        internal byte pdiag_type;
        internal ushort pdiag_num;
        internal uint pdiag_ino;
        internal fixed uint pdiag_cookie[2];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct packet_diag_info
    {
        internal uint pdi_index;
        internal uint pdi_version;
        internal uint pdi_reserve;
        internal uint pdi_copy_thresh;
        internal uint pdi_tstamp;
        internal uint pdi_flags;
    }
}
