using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces;

/// <summary>
/// A system call that failed. <see cref="Win32Exception.NativeErrorCode"/> is the errno; the message is
/// <c>call argument: text (NAME)</c>.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "An errno is always known.")]
public sealed class LinuxException : Win32Exception
{
    /// <summary>Records that <paramref name="syscall"/> failed with <paramref name="errno"/>.</summary>
    /// <param name="errno">The error number of errno.h.</param>
    /// <param name="syscall">The call as in its manual page, for example <c>setns</c>.</param>
    /// <param name="path">The file, or other argument, it failed on.</param>
    /// <param name="detail">Further text from the kernel, for example a netlink extended ack.</param>
    public LinuxException(int errno, string syscall, string? path = null, string? detail = null)
        : base(errno, Describe(errno, syscall, path, detail))
    {
        Syscall = syscall;
        Path = path;
    }

    /// <summary>The call that failed, as in its manual page.</summary>
    public string Syscall { get; }

    /// <summary>The file or other argument it failed on, where there is one.</summary>
    public string? Path { get; }

    /// <summary>Throws what the last libc call of this thread left in errno.</summary>
    [DoesNotReturn]
    internal static void ThrowLast(string syscall, string? path = null) =>
        throw new LinuxException(Marshal.GetLastPInvokeError(), syscall, path);

    private static string Describe(int errno, string syscall, string? path, string? detail)
    {
        string call = path is null ? syscall : $"{syscall} {path}";
        string text = $"{call}: {Marshal.GetPInvokeErrorMessage(errno)} ({ErrnoName.Of(errno)})";
        return detail is null ? text : $"{text}: {detail}";
    }
}
