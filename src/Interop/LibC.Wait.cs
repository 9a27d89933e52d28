using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/wait.h>: siginfo_t is 128 opaque bytes.
internal static unsafe partial class LibC
{
    internal const int P_ALL = 0;
    internal const int P_PID = 1;
    internal const int P_PIDFD = 3;

    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;
    internal const int __WALL = 0x40000000;

    internal const int CLD_EXITED = 1;
    internal const int CLD_KILLED = 2;
    internal const int CLD_DUMPED = 3;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int waitid(int idtype, uint id, void* infop, int options);
}
