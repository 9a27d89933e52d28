namespace LinuxNamespaces.Interop;

// <linux/magic.h>
internal static unsafe partial class LibC
{
    internal const uint NSFS_MAGIC = 0x6e736673;
}
