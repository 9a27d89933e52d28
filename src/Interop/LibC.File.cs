using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/file.h>
internal static unsafe partial class LibC
{
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int flock(int fd, int operation);
}
