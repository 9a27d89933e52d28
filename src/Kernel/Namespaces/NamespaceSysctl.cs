using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>
/// The files of /proc/sys/user: how many namespaces of a type each user may have in the current user namespace. See
/// namespaces(7).
/// </summary>
internal static class NamespaceSysctl
{
    /// <summary>The name sysctl(8) knows it by, for example <c>user.max_net_namespaces</c>.</summary>
    internal static string NameOf(NamespaceType type) => $"user.max_{type.KernelName()}_namespaces";

    internal static string PathOf(NamespaceType type) => $"/proc/sys/user/max_{type.KernelName()}_namespaces";

    /// <summary>The limit; null where this kernel has no such type.</summary>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    internal static long? Read(NamespaceType type)
    {
        using Descriptor file = Open(type, LibC.O_RDONLY);
        if (!file.IsOpen && Errno.Last == LibC.ENOENT)
        {
            return null;
        }

        Span<byte> text = stackalloc byte[32];
        int length = file.IsOpen ? file.Read(text) : -1;
        if (length < 0)
        {
            LinuxException.ThrowLast("read", PathOf(type));
        }

        return Utf8Parser.TryParse(text[..length], out long limit, out _) ? limit : throw new LinuxException(LibC.EINVAL, "read", PathOf(type));
    }

    /// <summary>Sets the limit.</summary>
    /// <exception cref="LinuxException">EACCES without CAP_SYS_RESOURCE in the user namespace, EINVAL out of range.</exception>
    internal static unsafe void Write(NamespaceType type, long limit)
    {
        byte[] text = Encoding.ASCII.GetBytes(limit.ToString(CultureInfo.InvariantCulture));
        using Descriptor file = Open(type, LibC.O_WRONLY);
        fixed (byte* bytes = text)
        {
            if (!file.IsOpen || LibC.write(file.Number, bytes, (nuint)text.Length) < 0)
            {
                LinuxException.ThrowLast("write", PathOf(type));
            }
        }
    }

    private static Descriptor Open(NamespaceType type, int flags) =>
        Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.ASCII.GetBytes(PathOf(type) + '\0'), flags);
}
