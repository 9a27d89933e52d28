using System.Globalization;

namespace LinuxNamespaces.Interop;

/// <summary>Error numbers as people write them.</summary>
internal static class ErrnoName
{
    /// <summary>The symbol of &lt;errno.h&gt;, or the number where it is a rare one.</summary>
    internal static string Of(int errno) => errno switch
    {
        LibC.EPERM => nameof(LibC.EPERM),
        LibC.ENOENT => nameof(LibC.ENOENT),
        LibC.ESRCH => nameof(LibC.ESRCH),
        LibC.EINTR => nameof(LibC.EINTR),
        LibC.EIO => nameof(LibC.EIO),
        LibC.ENXIO => nameof(LibC.ENXIO),
        LibC.E2BIG => nameof(LibC.E2BIG),
        LibC.ENOEXEC => nameof(LibC.ENOEXEC),
        LibC.EBADF => nameof(LibC.EBADF),
        LibC.ECHILD => nameof(LibC.ECHILD),
        LibC.EAGAIN => nameof(LibC.EAGAIN),
        LibC.ENOMEM => nameof(LibC.ENOMEM),
        LibC.EACCES => nameof(LibC.EACCES),
        LibC.EFAULT => nameof(LibC.EFAULT),
        LibC.EBUSY => nameof(LibC.EBUSY),
        LibC.EEXIST => nameof(LibC.EEXIST),
        LibC.EXDEV => nameof(LibC.EXDEV),
        LibC.ENODEV => nameof(LibC.ENODEV),
        LibC.ENOTDIR => nameof(LibC.ENOTDIR),
        LibC.EISDIR => nameof(LibC.EISDIR),
        LibC.EINVAL => nameof(LibC.EINVAL),
        LibC.ENFILE => nameof(LibC.ENFILE),
        LibC.EMFILE => nameof(LibC.EMFILE),
        LibC.ENOTTY => nameof(LibC.ENOTTY),
        LibC.ETXTBSY => nameof(LibC.ETXTBSY),
        LibC.EFBIG => nameof(LibC.EFBIG),
        LibC.ENOSPC => nameof(LibC.ENOSPC),
        LibC.EROFS => nameof(LibC.EROFS),
        LibC.EMLINK => nameof(LibC.EMLINK),
        LibC.EPIPE => nameof(LibC.EPIPE),
        LibC.ERANGE => nameof(LibC.ERANGE),
        LibC.ENAMETOOLONG => nameof(LibC.ENAMETOOLONG),
        LibC.ENOSYS => nameof(LibC.ENOSYS),
        LibC.ENOTEMPTY => nameof(LibC.ENOTEMPTY),
        LibC.ELOOP => nameof(LibC.ELOOP),
        LibC.EBADMSG => nameof(LibC.EBADMSG),
        LibC.EOVERFLOW => nameof(LibC.EOVERFLOW),
        LibC.EUSERS => nameof(LibC.EUSERS),
        LibC.ENOTSOCK => nameof(LibC.ENOTSOCK),
        LibC.EOPNOTSUPP => nameof(LibC.EOPNOTSUPP),
        LibC.EADDRINUSE => nameof(LibC.EADDRINUSE),
        LibC.EADDRNOTAVAIL => nameof(LibC.EADDRNOTAVAIL),
        LibC.ENETDOWN => nameof(LibC.ENETDOWN),
        LibC.ENETUNREACH => nameof(LibC.ENETUNREACH),
        LibC.ENOBUFS => nameof(LibC.ENOBUFS),
        LibC.ETIMEDOUT => nameof(LibC.ETIMEDOUT),
        LibC.EHOSTUNREACH => nameof(LibC.EHOSTUNREACH),
        LibC.ESTALE => nameof(LibC.ESTALE),
        _ => string.Create(CultureInfo.InvariantCulture, $"errno {errno}"),
    };
}
