namespace LinuxNamespaces.Interop;

// <linux/close_range.h>
internal static unsafe partial class LibC
{
    internal const int CLOSE_RANGE_UNSHARE = 2;
    internal const int CLOSE_RANGE_CLOEXEC = 4;
}
