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
    /// <summary>Reads those of the calling thread's mount namespace.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    /// <exception cref="LinuxException">The table cannot be read.</exception>
    internal static List<NamespaceMount> ReadNamespaceMounts() => ReadNamespaceMounts(out _);

    /// <summary>The same, and what the /proc among the mounts hides.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    /// <exception cref="LinuxException">The table cannot be read.</exception>
    internal static List<NamespaceMount> ReadNamespaceMounts(out ProcessHiding hiding) => TryReadNamespaceMounts(LibC.AT_FDCWD, MountInfo.OwnTable, out hiding)
        ?? throw Unreadable(new LinuxException(Errno.Last, "read", "/proc/thread-self/mountinfo"));

    /// <summary>Reads those of a process's mount namespace; null with errno where that may not be read or the process has gone.</summary>
    internal static List<NamespaceMount>? TryReadNamespaceMounts(in ProcessDirectory process) =>
        TryReadNamespaceMounts(process.Descriptor, "mountinfo\0"u8, out _);

    /// <summary>The nsfs lines of a table; lines that are not of the documented form are passed over.</summary>
    internal static List<NamespaceMount> ParseNamespaceMounts(ReadOnlySpan<byte> table)
    {
        List<NamespaceMount> mounts = [];
        foreach (MountInfo line in MountInfo.Of(table))
        {
            if (line.Type.SequenceEqual("nsfs"u8) && NamespaceMount.Create(line) is NamespaceMount mount)
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
            int length = file.IsOpen ? MountInfo.ReadWhole(file, ref buffer) : -1;
            hiding = length < 0 ? default : ProcessHiding.Parse(buffer.AsSpan(0, length));
            return length < 0 ? null : ParseNamespaceMounts(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Exception Unreadable(LinuxException failure) => failure.NativeErrorCode == LibC.ENOENT ? ProcFileSystem.Missing(failure) : failure;
}
