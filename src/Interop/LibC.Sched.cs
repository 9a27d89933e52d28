using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sched.h>
internal static unsafe partial class LibC
{
    internal const int CLONE_FS = 0x00000200;
    internal const int CLONE_NEWTIME = 0x00000080;
    internal const int CLONE_NEWNS = 0x00020000;
    internal const int CLONE_NEWCGROUP = 0x02000000;
    internal const int CLONE_NEWUTS = 0x04000000;
    internal const int CLONE_NEWIPC = 0x08000000;
    internal const int CLONE_NEWUSER = 0x10000000;
    internal const int CLONE_NEWPID = 0x20000000;
    internal const int CLONE_NEWNET = 0x40000000;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int setns(int fd, int nstype);
}
