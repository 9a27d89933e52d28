using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The mounted /proc, held open for one scan.</summary>
internal sealed class ProcFileSystem : IDisposable
{
    /// <summary>Looks at one process, whose directory is open during the call only.</summary>
    /// <param name="processId">The PID.</param>
    /// <param name="process">Its directory.</param>
    internal delegate void Visitor(int processId, in ProcessDirectory process);

    private readonly Descriptor _directory;

    private ProcFileSystem(Descriptor directory) => _directory = directory;

    internal int Descriptor => _directory.Number;

    /// <summary>Our own number as this /proc counts; 0 where it shows another pid namespace than ours.</summary>
    internal int OwnProcessId { get; private init; }

    /// <summary>Opens /proc.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted: there is no /proc, or what lies there is not procfs.</exception>
    internal static ProcFileSystem Open()
    {
        Descriptor directory = Files.Descriptor.OpenAt(LibC.AT_FDCWD, "/proc\0"u8, LibC.O_PATH);
        if (!directory.IsOpen)
        {
            throw Missing(new LinuxException(Errno.Last, "open", "/proc"));
        }

        // A directory or tmpfs in its place (a container that hides or fakes /proc) has no such link.
        if (!FileStatus.TryGet(directory.Number, "self/ns\0"u8, out _))
        {
            LinuxException inner = new(Errno.Last, "stat", "/proc/self/ns");
            directory.Dispose();
            throw Missing(inner);
        }

        return new ProcFileSystem(directory) { OwnProcessId = ReadSelf(directory) };
    }

    /// <summary>The PIDs of all processes this /proc shows, in ascending order.</summary>
    internal List<int> ReadProcessIds()
    {
        if (!DirectoryReader.TryOpen(Descriptor, ".\0"u8, out DirectoryReader reader))
        {
            LinuxException.ThrowLast("open", "/proc");
        }

        List<int> ids = new(512);
        using (reader)
        {
            while (reader.TryReadNumber(out int id, out _))
            {
                ids.Add(id);
            }
        }

        ids.Sort();
        return ids;
    }

    /// <summary>Opens each process in turn, in ascending order of PIDs. A process that has gone, or may not be opened, is left out.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal void Visit(Visitor visitor, CancellationToken cancellation)
    {
        foreach (int processId in ReadProcessIds())
        {
            cancellation.ThrowIfCancellationRequested();
            if (ProcessDirectory.TryOpen(this, processId, out ProcessDirectory process))
            {
                using (process)
                {
                    visitor(processId, process);
                }
            }
        }
    }

    /// <summary>
    /// The inode of one namespace of a process, in one call; 0 where it has gone or may not be looked at.
    /// </summary>
    internal unsafe ulong ReadNamespaceInode(int processId, ReadOnlySpan<byte> link)
    {
        Span<byte> path = stackalloc byte[64];
        _ = Utf8Formatter.TryFormat(processId, path, out int length);
        path[length] = (byte)'/';
        link.CopyTo(path[(length + 1)..]);
        byte* text = stackalloc byte[64];
        fixed (byte* name = path)
        {
            nint read = LibC.readlinkat(Descriptor, name, text, 64);
            if (read > 0)
            {
                return NamespaceLink.ParseInode(new ReadOnlySpan<byte>(text, (int)read));
            }
        }

        // The main thread may have ended before the others.
        if (Errno.Last != LibC.ENOENT || !ProcessDirectory.TryOpen(this, processId, out ProcessDirectory process))
        {
            return 0;
        }

        using (process)
        {
            return process.ReadNamespaceInode(link);
        }
    }

    public void Dispose() => _directory.Dispose();

    private static unsafe int ReadSelf(Descriptor directory)
    {
        byte* text = stackalloc byte[16];
        fixed (byte* name = "self\0"u8)
        {
            nint length = LibC.readlinkat(directory.Number, name, text, 16);
            return length > 0 && System.Buffers.Text.Utf8Parser.TryParse(new ReadOnlySpan<byte>(text, (int)length), out int id, out _) ? id : 0;
        }
    }

    /// <summary>The error of a /proc that is not there, with what failed for it.</summary>
    internal static NamespaceException Missing(LinuxException inner) => new(
        ErrorIds.ProcNotMounted,
        "There is no usable /proc here. It is needed to find namespaces and to map ids.",
        "Mount it: mount -t proc proc /proc",
        inner);
}
