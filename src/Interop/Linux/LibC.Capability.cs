namespace LinuxNamespaces.Interop;

// <linux/capability.h>
internal static unsafe partial class LibC
{
    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
}
