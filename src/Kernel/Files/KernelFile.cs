using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>
/// Reads the small files in which the kernel answers: of /proc, of /sys and of control groups. For files that anybody may have put there is
/// <see cref="PlainFile"/>.
/// </summary>
internal static class KernelFile
{
    /// <summary>Reads the text; null with errno where it cannot be had.</summary>
    internal static string? TryRead(string path) => TryRead(LibC.AT_FDCWD, path);

    /// <summary>Reads the text of a file in an open directory; null with errno where it cannot be had.</summary>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal static string? TryRead(int directory, string path)
    {
        Descriptor file = Descriptor.OpenAt(directory, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_RDONLY);
        if (!file.IsOpen)
        {
            return null;
        }

        bool isRead = file.TryReadAll(out byte[] content);
        int errno = Errno.Last;
        file.Dispose();
        Marshal.SetLastPInvokeError(errno);
        return isRead ? Encoding.UTF8.GetString(content) : null;
    }
}
