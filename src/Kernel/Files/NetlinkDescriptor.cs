using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Bare netlink sockets.</summary>
internal static class NetlinkDescriptor
{
    /// <summary>One of a protocol (NETLINK_*), of the calling thread's net namespace; -1 with errno.</summary>
    internal static int Open(int protocol) => LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, protocol);
}
