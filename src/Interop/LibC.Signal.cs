using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <signal.h>: sigset_t is 128 opaque bytes.
internal static unsafe partial class LibC
{
    internal const int SIGHUP = 1;
    internal const int SIGINT = 2;
    internal const int SIGQUIT = 3;
    internal const int SIGKILL = 9;
    internal const int SIGPIPE = 13;
    internal const int SIGTERM = 15;
    internal const int SIGCHLD = 17;
    internal const int SIGSTOP = 19;
    internal const int SIGTTOU = 22;

    internal const int SIG_SETMASK = 2;

    /// <summary>A C# method has the name of the struct. Only the handler is looked at.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 152)]
    internal struct sigaction_t
    {
        [FieldOffset(0)]
        internal nint sa_handler;

        [FieldOffset(136)]
        internal int sa_flags;
    }

    /// <summary>A stack for signals, or of a context.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct stack_t
    {
        internal void* ss_sp;
        internal int ss_flags;
        internal nuint ss_size;
    }

    // It sets the mask of the calling thread. Before glibc 2.32 pthread_sigmask is in libpthread, where the runtime does not look. The call
    // never blocks, so the runtime need not know of it.
    [LibraryImport(Name)]
    [SuppressGCTransition]
    internal static partial int sigprocmask(int how, void* set, void* oldset);

    // Called for each signal at every start.
    [LibraryImport(Name)]
    [SuppressGCTransition]
    internal static partial int sigaction(int signum, void* act, void* oldact);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int kill(int pid, int sig);
}
