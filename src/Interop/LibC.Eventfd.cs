using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/eventfd.h>
internal static unsafe partial class LibC
{
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int eventfd(uint initval, int flags);
}
