using System;
using System.Buffers;
using System.Collections.Generic;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>The namespaces bind-mounted in a mount namespace: the nsfs lines of a mountinfo file.</summary>
internal static class MountTable
{
    /// <summary>Of the calling thread's mount namespace.</summary>
    /// <exception cref="LinuxException">The table cannot be read.</exception>
    internal static List<NamespaceMount> ReadNamespaceMounts()
    {
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, "/proc/thread-self/mountinfo\0"u8, LibC.O_RDONLY);
        if (!file.IsOpen)
        {
            LinuxException.ThrowLast("open", "/proc/thread-self/mountinfo");
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int length = ReadWhole(file, ref buffer);
            return ParseNamespaceMounts(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The nsfs lines of a table; lines that are not of the documented form are passed over.</summary>
    internal static List<NamespaceMount> ParseNamespaceMounts(ReadOnlySpan<byte> table)
    {
        List<NamespaceMount> mounts = [];
        while (!table.IsEmpty)
        {
            int end = table.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? table : table[..end];
            table = end < 0 ? default : table[(end + 1)..];

            // The type stands behind any number of optional fields and a lone dash.
            if (line.IndexOf(" - nsfs "u8) >= 0 && NamespaceMount.TryParse(line, out NamespaceMount? mount))
            {
                mounts.Add(mount);
            }
        }

        return mounts;
    }

    private static int ReadWhole(Descriptor file, ref byte[] buffer)
    {
        int length = 0;
        while (true)
        {
            int got = file.Read(buffer.AsSpan(length));
            if (got < 0)
            {
                LinuxException.ThrowLast("read", "/proc/thread-self/mountinfo");
            }

            length += got;
            if (length < buffer.Length)
            {
                return length;
            }

            byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }
    }
}
