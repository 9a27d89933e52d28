using System;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>
/// Reads files that anybody may have put there, links followed: opening a FIFO would wait for its other end, and opening a
/// device may set something off.
/// </summary>
internal static class PlainFile
{
    /// <summary>Stores of thousands of containers are smaller by far.</summary>
    internal const int MaxSize = 16 * 1024 * 1024;

    /// <summary>Reads the bytes; null for a file that is missing, may not be read, is not a plain file, or is too large.</summary>
    internal static byte[]? TryRead(string path) => TryRead(path, out _);

    /// <summary>The same, with the owner of the very file that was read.</summary>
    internal static byte[]? TryRead(string path, out uint userId)
    {
        // Such a descriptor opens nothing yet: what it is of is looked at first.
        using Descriptor found = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_PATH);
        userId = 0;
        if (!found.IsOpen || !FileStatus.TryGet(found.Number, out FileStatus status) || !status.IsFile || status.Size > MaxSize)
        {
            return null;
        }

        // Not to wait where its owner holds a lease on it.
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes($"/proc/thread-self/fd/{found.Number}\0"), LibC.O_RDONLY | LibC.O_NONBLOCK);
        if (!file.IsOpen)
        {
            return null;
        }

        userId = status.UserId;
        byte[] bytes = new byte[status.Size];
        int length = file.Read(bytes);
        return length < 0 ? null : bytes.AsSpan(0, length).ToArray();
    }
}
