namespace LinuxNamespaces.Interop;

// <sys/prctl.h>: called by children only, through its address.
internal static unsafe partial class LibC
{
    internal const int PR_SET_PDEATHSIG = 1;
    internal const int PR_SET_DUMPABLE = 4;
    internal const int PR_SET_KEEPCAPS = 8;
    internal const int PR_SET_NAME = 15;
    internal const int PR_CAP_AMBIENT = 47;
    internal const int PR_CAP_AMBIENT_RAISE = 2;
}
