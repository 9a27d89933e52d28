using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sched.h>
internal static unsafe partial class LibC
{
    internal const int CLONE_FS = 0x00000200;
    internal const int CLONE_VM = 0x00000100;
    internal const int CLONE_FILES = 0x400;
    internal const int CLONE_PIDFD = 0x00001000;
    internal const int CLONE_VFORK = 0x00004000;
    internal const int CLONE_PARENT = 0x00008000;
    internal const int CLONE_PARENT_SETTID = 0x00100000;
    internal const int CLONE_CHILD_SETTID = 0x01000000;

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

    // Variadic in C from the fifth argument on; see makecontext.
    [LibraryImport(Name, SetLastError = true)]
    internal static partial int clone(nint fn, void* stack, int flags, void* arg, int* parent_tid, void* tls, int* child_tid);
}
