namespace LinuxNamespaces.Interop;

// <linux/net_namespace.h>
internal static unsafe partial class LibC
{
    internal const ushort NETNSA_NSID = 1;
    internal const ushort NETNSA_FD = 3;
    internal const int NETNSA_NSID_NOT_ASSIGNED = -1;
}
