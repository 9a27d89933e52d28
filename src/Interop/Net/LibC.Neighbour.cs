using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/neighbour.h>
internal static unsafe partial class LibC
{
    internal const ushort NDA_DST = 1;
    internal const ushort NDA_LLADDR = 2;
    internal const ushort NDA_CACHEINFO = 3;
    internal const ushort NDA_PROBES = 4;

    internal const byte NTF_PROXY = 0x08;
    internal const byte NTF_EXT_LEARNED = 0x10;
    internal const byte NTF_ROUTER = 0x80;

    internal const ushort NUD_NOARP = 0x40;

    [StructLayout(LayoutKind.Sequential)]
    internal struct ndmsg
    {
        internal byte ndm_family;
        private readonly byte ndm_pad1;
        private readonly ushort ndm_pad2;
        internal int ndm_ifindex;
        internal ushort ndm_state;
        internal byte ndm_flags;
        internal byte ndm_type;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct nda_cacheinfo
    {
        internal uint ndm_confirmed;
        internal uint ndm_used;
        internal uint ndm_updated;
        internal uint ndm_refcnt;
    }
}
