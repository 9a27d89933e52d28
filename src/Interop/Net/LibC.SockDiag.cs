namespace LinuxNamespaces.Interop;

// <linux/sock_diag.h>
internal static unsafe partial class LibC
{
    internal const ushort SOCK_DIAG_BY_FAMILY = 20;
    internal const ushort TCPDIAG_GETSOCK = 18;
}
