namespace LinuxNamespaces.Interop;

// <linux/veth.h>
internal static unsafe partial class LibC
{
    internal const ushort VETH_INFO_PEER = 1;
}
