using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>The mounted /proc, held open for one scan.</summary>
internal sealed class ProcFileSystem : IDisposable
{
    private readonly Descriptor _directory;

    private ProcFileSystem(Descriptor directory) => _directory = directory;

    internal int Descriptor => _directory.Number;

    /// <summary>Opens /proc.</summary>
    /// <exception cref="LinuxException">There is no /proc, or what lies there is not procfs.</exception>
    internal static ProcFileSystem Open()
    {
        Descriptor directory = Kernel.Descriptor.OpenAt(LibC.AT_FDCWD, "/proc\0"u8, LibC.O_PATH);
        if (!directory.IsOpen)
        {
            LinuxException.ThrowLast("open", "/proc");
        }

        // A directory or tmpfs in its place (a container that hides or fakes /proc) has no such link.
        if (!FileStatus.TryGet(directory.Number, "self/ns\0"u8, out _))
        {
            int errno = Errno.Last;
            directory.Dispose();
            throw new LinuxException(errno, "stat", "/proc/self/ns");
        }

        return new ProcFileSystem(directory);
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

    /// <summary>The parent of a process; 0 for none, or where it has gone.</summary>
    internal int ParentIdOf(int processId)
    {
        if (!ProcessDirectory.TryOpen(this, processId, out ProcessDirectory process))
        {
            return 0;
        }

        using (process)
        {
            return process.TryReadStat(out ProcessStat stat) ? stat.ParentId : 0;
        }
    }

    public void Dispose() => _directory.Dispose();
}
