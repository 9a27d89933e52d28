using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/fib_rules.h>
internal static unsafe partial class LibC
{
    internal const uint FIB_RULE_INVERT = 0x2;

    internal const ushort FRA_DST = 1;
    internal const ushort FRA_SRC = 2;
    internal const ushort FRA_IIFNAME = 3;
    internal const ushort FRA_GOTO = 4;
    internal const ushort FRA_PRIORITY = 6;
    internal const ushort FRA_FWMARK = 10;
    internal const ushort FRA_SUPPRESS_PREFIXLEN = 14;
    internal const ushort FRA_TABLE = 15;
    internal const ushort FRA_FWMASK = 16;
    internal const ushort FRA_OIFNAME = 17;
    internal const ushort FRA_L3MDEV = 19;
    internal const ushort FRA_UID_RANGE = 20;
    internal const ushort FRA_PROTOCOL = 21;
    internal const ushort FRA_IP_PROTO = 22;
    internal const ushort FRA_SPORT_RANGE = 23;
    internal const ushort FRA_DPORT_RANGE = 24;

    internal const byte FR_ACT_TO_TBL = 1;

    [StructLayout(LayoutKind.Sequential)]
    internal struct fib_rule_hdr
    {
        internal byte family;
        internal byte dst_len;
        internal byte src_len;
        internal byte tos;
        internal byte table;
        private readonly byte res1;
        private readonly byte res2;
        internal byte action;
        internal uint flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct fib_rule_uid_range
    {
        internal uint start;
        internal uint end;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct fib_rule_port_range
    {
        internal ushort start;
        internal ushort end;
    }
}
