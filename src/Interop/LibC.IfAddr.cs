using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/if_addr.h>
internal static unsafe partial class LibC
{
    internal const ushort IFA_ADDRESS = 1;
    internal const ushort IFA_LOCAL = 2;
    internal const ushort IFA_FLAGS = 8;

    internal const uint IFA_F_NODAD = 0x02;

    [StructLayout(LayoutKind.Sequential)]
    internal struct ifaddrmsg
    {
        internal byte ifa_family;
        internal byte ifa_prefixlen;
        internal byte ifa_flags;
        internal byte ifa_scope;
        internal uint ifa_index;
    }
}
