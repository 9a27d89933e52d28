using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Errors;

/// <summary>Error numbers, and what they mean to a caller.</summary>
internal static class Errno
{
    /// <summary>The error number the last libc call left on this thread.</summary>
    internal static int Last => Marshal.GetLastPInvokeError();

    /// <summary>The process or thread asked about is no more.</summary>
    internal static bool IsGone(int errno) => errno is LibC.ENOENT or LibC.ESRCH;

    internal static bool IsDenied(int errno) => errno is LibC.EACCES or LibC.EPERM;

    /// <summary>The kernel is too old for the call or the ioctl.</summary>
    internal static bool IsUnsupported(int errno) => errno is LibC.ENOSYS or LibC.ENOTTY or LibC.EOPNOTSUPP;
}
