namespace LinuxNamespaces.Interop;

// <net/if.h>
internal static unsafe partial class LibC
{
    internal const short IFF_UP = 1;
    internal const int IFNAMSIZ = 16;
}
