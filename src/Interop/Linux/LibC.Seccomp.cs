namespace LinuxNamespaces.Interop;

// <linux/seccomp.h>
internal static unsafe partial class LibC
{
    internal const int SECCOMP_MODE_FILTER = 2;
}
