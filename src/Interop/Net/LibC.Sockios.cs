namespace LinuxNamespaces.Interop;

// <linux/sockios.h>
internal static unsafe partial class LibC
{
    internal const uint SIOCGSKNS = 0x894C;
    internal const uint SIOCSIFFLAGS = 0x8914;
}
