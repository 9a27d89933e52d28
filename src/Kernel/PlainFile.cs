using System;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>Reads files that anybody may have put there: a FIFO in their place must not make us wait for its other end.</summary>
internal static class PlainFile
{
    /// <summary>Stores of thousands of containers are smaller by far.</summary>
    internal const int MaxSize = 16 * 1024 * 1024;

    /// <summary>The bytes; null for what is missing, may not be read, is no plain file or too large to be meant.</summary>
    internal static byte[]? TryRead(string path)
    {
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_RDONLY | LibC.O_NONBLOCK);
        if (!file.IsOpen || !FileStatus.TryGet(file.Number, out FileStatus status) || !status.IsFile || status.Size > MaxSize)
        {
            return null;
        }

        byte[] bytes = new byte[status.Size];
        int length = file.Read(bytes);
        return length < 0 ? null : bytes.AsSpan(0, length).ToArray();
    }
}
