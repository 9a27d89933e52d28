namespace LinuxNamespaces.Interop;

// <linux/magic.h>
internal static unsafe partial class LibC
{
    internal const uint NSFS_MAGIC = 0x6e736673;
    internal const uint SOCKFS_MAGIC = 0x534f434b;
}
