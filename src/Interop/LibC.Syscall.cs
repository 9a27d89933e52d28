using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/syscall.h>: calls without a wrapper in the oldest libc supported. From 424 on the numbers are
// the same on every architecture .NET runs on; older calls are never made by number.
internal static unsafe partial class LibC
{
    internal const int SYS_pidfd_send_signal = 424;
    internal const int SYS_open_tree = 428;
    internal const int SYS_move_mount = 429;
    internal const int SYS_fsopen = 430;
    internal const int SYS_fsconfig = 431;
    internal const int SYS_fsmount = 432;
    internal const int SYS_pidfd_open = 434;
    internal const int SYS_clone3 = 435;
    internal const int SYS_close_range = 436;
    internal const int SYS_openat2 = 437;
    internal const int SYS_pidfd_getfd = 438;
    internal const int SYS_mount_setattr = 442;
    internal const int SYS_statmount = 457;
    internal const int SYS_listmount = 458;
    internal const int SYS_listns = 470;
    internal const int SYS_fchroot = 472;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint syscall(nint number, nint arg1, nint arg2, nint arg3);

    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint syscall4(nint number, nint arg1, nint arg2, nint arg3, nint arg4);

    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint syscall5(nint number, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5);
}
