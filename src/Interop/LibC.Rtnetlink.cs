using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/rtnetlink.h>
internal static unsafe partial class LibC
{
    internal const ushort RTM_NEWNSID = 88;
    internal const ushort RTM_GETNSID = 90;

    [StructLayout(LayoutKind.Sequential)]
    internal struct rtgenmsg
    {
        internal byte rtgen_family;
    }
}
