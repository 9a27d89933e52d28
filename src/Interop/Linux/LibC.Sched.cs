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
    internal const int CLONE_CHILD_CLEARTID = 0x00200000;

    // These are for clone3(2) only.
    internal const ulong CLONE_AUTOREAP = 1UL << 34;
    internal const ulong CLONE_NNP = 1UL << 35;
    internal const ulong CLONE_PIDFD_AUTOKILL = 1UL << 36;

    internal const int CLONE_NEWTIME = 0x00000080;
    internal const int CLONE_NEWNS = 0x00020000;
    internal const int CLONE_NEWCGROUP = 0x02000000;
    internal const int CLONE_NEWUTS = 0x04000000;
    internal const int CLONE_NEWIPC = 0x08000000;
    internal const int CLONE_NEWUSER = 0x10000000;
    internal const int CLONE_NEWPID = 0x20000000;
    internal const int CLONE_NEWNET = 0x40000000;

    // <linux/sched.h>
    [StructLayout(LayoutKind.Sequential)]
    internal struct clone_args
    {
        internal ulong flags;
        internal ulong pidfd;
        internal ulong child_tid;
        internal ulong parent_tid;
        internal ulong exit_signal;
        internal ulong stack;
        internal ulong stack_size;
        internal ulong tls;
        internal ulong set_tid;
        internal ulong set_tid_size;
        internal ulong cgroup;
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int setns(int fd, int nstype);

    // Variadic in C from the fifth argument on; see makecontext.
    [LibraryImport(Name, SetLastError = true)]
    internal static partial int clone(nint fn, void* stack, int flags, void* arg, int* parent_tid, void* tls, int* child_tid);
}
