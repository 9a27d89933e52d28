namespace LinuxNamespaces.Interop;

// <netinet/in.h>
internal static unsafe partial class LibC
{
    internal const int IPPROTO_TCP = 6;
    internal const int IPPROTO_UDP = 17;
    internal const int IPPROTO_SCTP = 132;
    internal const int IPPROTO_RAW = 255;
    internal const int IPPROTO_MPTCP = 262;
}
