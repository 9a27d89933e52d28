using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

/// <summary>
/// Addresses of libc functions, under their C names, for a child process that is a chain of calls. Looked up once, so that
/// nothing is resolved, and no lock of the dynamic linker is taken, in a child. 0 where the libc lacks one.
/// </summary>
internal static class LibCExports
{
    private static readonly nint s_program = NativeLibrary.GetMainProgramHandle();

    // Before the functions, as fields get their values in this order.
    private static readonly List<nint> s_found = [];

    internal static readonly nint setcontext = Find(nameof(setcontext));
    internal static readonly nint makecontext = Find(nameof(makecontext));
    internal static readonly nint clone = Find(nameof(clone));
    internal static readonly nint lfind = Find(nameof(lfind));
    internal static readonly nint memcpy = Find(nameof(memcpy));
    internal static readonly nint memset = Find(nameof(memset));
    internal static readonly nint syscall = Find(nameof(syscall));
    internal static readonly nint sigaction = Find(nameof(sigaction));
    internal static readonly nint prctl = Find(nameof(prctl));
    internal static readonly nint capset = Find(nameof(capset));
    internal static readonly nint setns = Find(nameof(setns));
    internal static readonly nint unshare = Find(nameof(unshare));
    internal static readonly nint mount = Find(nameof(mount));
    internal static readonly nint umount2 = Find(nameof(umount2));
    internal static readonly nint chroot = Find(nameof(chroot));
    internal static readonly nint chdir = Find(nameof(chdir));
    internal static readonly nint fchdir = Find(nameof(fchdir));
    internal static readonly nint sethostname = Find(nameof(sethostname));
    internal static readonly nint setdomainname = Find(nameof(setdomainname));
    internal static readonly nint socket = Find(nameof(socket));
    internal static readonly nint sendmsg = Find(nameof(sendmsg));
    internal static readonly nint ioctl = Find(nameof(ioctl));
    internal static readonly nint open = Find(nameof(open));
    internal static readonly nint openat = Find(nameof(openat));
    internal static readonly nint read = Find(nameof(read));
    internal static readonly nint write = Find(nameof(write));
    internal static readonly nint close = Find(nameof(close));
    internal static readonly nint dup2 = Find(nameof(dup2));
    internal static readonly nint fchmod = Find(nameof(fchmod));
    internal static readonly nint fchmodat = Find(nameof(fchmodat));
    internal static readonly nint fcntl = Find(nameof(fcntl));
    internal static readonly nint ftruncate = Find(nameof(ftruncate));
    internal static readonly nint readlinkat = Find(nameof(readlinkat));
    internal static readonly nint statx = Find(nameof(statx));
    internal static readonly nint uname = Find(nameof(uname));
    internal static readonly nint setpgid = Find(nameof(setpgid));
    internal static readonly nint setsid = Find(nameof(setsid));
    internal static readonly nint setrlimit = Find(nameof(setrlimit));
    internal static readonly nint setpriority = Find(nameof(setpriority));
    internal static readonly nint umask = Find(nameof(umask));
    internal static readonly nint fallocate = Find(nameof(fallocate));
    internal static readonly nint munmap = Find(nameof(munmap));
    internal static readonly nint poll = Find(nameof(poll));
    internal static readonly nint waitid = Find(nameof(waitid));
    internal static readonly nint kill = Find(nameof(kill));
    internal static readonly nint execve = Find(nameof(execve));
    internal static readonly nint _exit = Find(nameof(_exit));

    /// <summary>
    /// The addresses of all of them. The first library with the name serves it, which need not be libc: before glibc 2.34 it is libpthread
    /// for write and others, and it may be a preloaded library.
    /// </summary>
    internal static IReadOnlyList<nint> Addresses => s_found;

    private static nint Find(string name)
    {
        if (!NativeLibrary.TryGetExport(s_program, name, out nint address))
        {
            return 0;
        }

        s_found.Add(address);
        return address;
    }
}
