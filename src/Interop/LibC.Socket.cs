using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/socket.h>
internal static unsafe partial class LibC
{
    internal const int AF_INET = 2;
    internal const int AF_NETLINK = 16;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x80000;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint send(int sockfd, void* buf, nuint len, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint recv(int sockfd, void* buf, nuint len, int flags);
}
