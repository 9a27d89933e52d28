using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <net/if.h> and <linux/if.h>
internal static unsafe partial class LibC
{
    /// <summary>The argument of ioctl(2) for an interface; a union in C, of which other calls use other fields.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct ifreq
    {
        [FieldOffset(16)]
        internal short ifr_flags;
    }

    internal const int IFNAMSIZ = 16;

    internal const uint IFF_UP = 0x1;
    internal const uint IFF_LOOPBACK = 0x8;
    internal const uint IFF_LOWER_UP = 0x10000;

    internal const byte IF_OPER_UNKNOWN = 0;
    internal const byte IF_OPER_NOTPRESENT = 1;
    internal const byte IF_OPER_DOWN = 2;
    internal const byte IF_OPER_LOWERLAYERDOWN = 3;
    internal const byte IF_OPER_TESTING = 4;
    internal const byte IF_OPER_DORMANT = 5;
    internal const byte IF_OPER_UP = 6;
}
