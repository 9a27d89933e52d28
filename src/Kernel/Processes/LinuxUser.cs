using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The user ids of the calling process.</summary>
internal static class LinuxUser
{
    /// <summary>Whether the effective uid is 0 in the current user namespace; capabilities may still be missing.</summary>
    internal static bool IsRoot => LibC.geteuid() == 0;

    /// <summary>Whether the current user namespace is the first one.</summary>
    internal static bool IsInFirstNamespace
    {
        get
        {
            using ProcessDirectory own = ProcessDirectory.OpenOwnThread();
            return own.ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.User)) == LibC.USER_NS_INIT_INO;
        }
    }
}
