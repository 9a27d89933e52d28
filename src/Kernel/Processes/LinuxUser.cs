using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The user ids of the calling process.</summary>
internal static class LinuxUser
{
    /// <summary>Whether the effective uid is 0 in the current user namespace; capabilities may still be missing.</summary>
    internal static bool IsRoot => LibC.geteuid() == 0;

    /// <summary>Whether the current user namespace is known to be the first one: without /proc it is not.</summary>
    internal static bool IsInFirstNamespace
    {
        get
        {
            using Descriptor own = Descriptor.OpenAt(LibC.AT_FDCWD, "/proc/thread-self\0"u8, LibC.O_PATH);
            return own.IsOpen && new ProcessDirectory(own, 0).ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.User)) == LibC.USER_NS_INIT_INO;
        }
    }
}
