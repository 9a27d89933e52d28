using System;
using System.Buffers;
using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>The namespaces bind-mounted in a mount namespace: the nsfs lines of a mountinfo file.</summary>
internal static class MountTable
{
    /// <summary>Of the calling thread's mount namespace.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    /// <exception cref="LinuxException">The table cannot be read.</exception>
    internal static List<NamespaceMount> ReadNamespaceMounts() => ReadNamespaceMounts(out _);

    /// <summary>The same, and what the /proc among the mounts hides.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    /// <exception cref="LinuxException">The table cannot be read.</exception>
    internal static List<NamespaceMount> ReadNamespaceMounts(out ProcessHiding hiding) => TryReadNamespaceMounts(LibC.AT_FDCWD, "/proc/thread-self/mountinfo\0"u8, out hiding)
        ?? throw Unreadable(new LinuxException(Errno.Last, "read", "/proc/thread-self/mountinfo"));

    /// <summary>Of a process's mount namespace; null with errno where that may not be read or the process has gone.</summary>
    internal static List<NamespaceMount>? TryReadNamespaceMounts(in ProcessDirectory process) =>
        TryReadNamespaceMounts(process.Descriptor, "mountinfo\0"u8, out _);

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

    private static List<NamespaceMount>? TryReadNamespaceMounts(int directory, ReadOnlySpan<byte> path, out ProcessHiding hiding)
    {
        using Descriptor file = Descriptor.OpenAt(directory, path, LibC.O_RDONLY);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int length = file.IsOpen ? ReadWhole(file, ref buffer) : -1;
            hiding = length < 0 ? default : ProcessHiding.Parse(buffer.AsSpan(0, length));
            return length < 0 ? null : ParseNamespaceMounts(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Exception Unreadable(LinuxException failure) => failure.NativeErrorCode == LibC.ENOENT ? ProcFileSystem.Missing(failure) : failure;

    // -1 with errno where a read fails.
    private static int ReadWhole(Descriptor file, ref byte[] buffer)
    {
        int length = 0;
        while (true)
        {
            int got = file.Read(buffer.AsSpan(length));
            if (got < 0)
            {
                return -1;
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
