using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <unistd.h>
internal static unsafe partial class LibC
{
    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint pread(int fd, void* buf, nuint count, nint offset);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint write(int fd, void* buf, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int dup2(int oldfd, int newfd);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint readlinkat(int dirfd, byte* pathname, byte* buf, nuint bufsiz);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int fchdir(int fd);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int chroot(byte* path);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int unlinkat(int dirfd, byte* pathname, int flags);

    internal const int _SC_CLK_TCK = 2;

    [LibraryImport(Name)]
    internal static partial nint sysconf(int name);

    [LibraryImport(Name)]
    internal static partial uint geteuid();

    [LibraryImport(Name)]
    internal static partial uint getegid();

    [LibraryImport(Name)]
    internal static partial int getpgrp();

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int tcgetpgrp(int fd);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int tcsetpgrp(int fd, int pgrp);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int unlink(byte* pathname);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int pipe2(int* pipefd, int flags);
}
