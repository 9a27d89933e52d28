using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/wait.h>
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

    /// <summary>The state of a child from waitid(2); a union in C, of which other calls use other fields.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct siginfo_t
    {
        [FieldOffset(0)]
        internal int si_signo;

        [FieldOffset(4)]
        internal int si_errno;

        [FieldOffset(8)]
        internal int si_code;

        [FieldOffset(16)]
        internal int si_pid;

        [FieldOffset(24)]
        internal int si_status;
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int waitid(int idtype, uint id, siginfo_t* infop, int options);
}
