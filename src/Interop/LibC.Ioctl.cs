using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/ioctl.h>: the variadic argument travels like a named one on every 64-bit Linux ABI.
internal static unsafe partial class LibC
{
    [LibraryImport(Name, SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, void* argp);
}
