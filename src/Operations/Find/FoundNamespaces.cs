using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>The namespaces that one thread has found besides the links of processes, what holds them, and what could not be read.</summary>
internal sealed class FoundNamespaces(InventoryOptions options) : IDisposable
{
    private readonly Dictionary<ulong, HeldNamespace> _held = [];
    private readonly List<InventoryProblem> _problems = [];

    // Every hold on the inodes of options.HoldersOf but those of processes themselves.
    private readonly List<NamespaceHold> _holds = [];

    /// <summary>Adds a source to a namespace that was found before; false for one that was not.</summary>
    internal bool TryAddSource(ulong inode, NamespaceSource source)
    {
        if (!_held.TryGetValue(inode, out HeldNamespace? known))
        {
            return false;
        }

        known.Source |= source;
        return true;
    }

    /// <summary>Notes a hold by a file of a process (its path ends in NUL), and opens the namespace where it is the first.</summary>
    internal void Hold(in ProcessDirectory process, ReadOnlySpan<byte> file, ulong inode, NamespaceSource source, int number, string prefix = "")
    {
        NoteHold(process, inode, source, number);
        if (!TryAddSource(inode, source) && options.Searches(source) && process.OpenNamespace(file) is NamespaceHandle handle)
        {
            Add(handle, source, process.ProcessId, string.Create(CultureInfo.InvariantCulture, $"/proc/{process.ProcessId}/{prefix}{FileName(file)}"));
        }
    }

    /// <summary>Notes a hold by a socket. False where the socket could not be asked: another process may share it and may be asked.</summary>
    internal bool HoldSocket(in ProcessDirectory process, Descriptor pidfd, int number)
    {
        using Descriptor socket = PidDescriptor.Duplicate(pidfd, number);
        NamespaceHandle? handle = socket.IsOpen ? ProcessNamespaces.OpenOfSocket(socket) : null;
        if (handle is null)
        {
            int errno = Errno.Last;
            if (Errno.IsDenied(errno))
            {
                _problems.Add(new(InventoryProblemKind.SocketHidden, process.ProcessId, errno));
            }

            return false;
        }

        // The pidfd was opened by number: what came through it counts only if the process is still there.
        if (!_held.ContainsKey(handle.Inode) && !process.TryReadStat(out _))
        {
            handle.Dispose();
            return false;
        }

        NoteHold(process, handle.Inode, NamespaceSource.Socket, number);
        if (TryAddSource(handle.Inode, NamespaceSource.Socket))
        {
            handle.Dispose();
            return true;
        }

        Add(handle, NamespaceSource.Socket, process.ProcessId, string.Empty);
        return true;
    }

    private void NoteHold(in ProcessDirectory process, ulong inode, NamespaceSource source, int number)
    {
        if (options.HoldersOf?.Contains(inode) == true && options.Searches(source))
        {
            _holds.Add(new NamespaceHold(inode, source, process.ProcessId, number));
        }
    }

    // The inode of the opened file counts: the descriptor may have been closed and used again since.
    private void Add(NamespaceHandle handle, NamespaceSource source, int processId, string path)
    {
        if (!_held.TryAdd(handle.Inode, new HeldNamespace(handle, source, processId, path)))
        {
            handle.Dispose();
        }
    }

    /// <summary>Notes what could not be read of a process.</summary>
    internal void Report(InventoryProblemKind gone, InventoryProblemKind denied, int processId, int errno) =>
        _problems.Add(new(Errno.IsGone(errno) ? gone : denied, processId, errno));

    /// <summary>Hands over all it found.</summary>
    internal void MoveTo(ProcessScan scan)
    {
        scan.Problems.AddRange(_problems);
        scan.Holds.AddRange(_holds);
        foreach ((ulong inode, HeldNamespace held) in _held)
        {
            if (!scan.Held.TryAdd(inode, held))
            {
                scan.Held[inode].Source |= held.Source;
                held.Dispose();
            }
        }

        _held.Clear();
    }

    public void Dispose()
    {
        foreach (HeldNamespace held in _held.Values)
        {
            held.Dispose();
        }
    }

    private static string FileName(ReadOnlySpan<byte> path) =>
        Encoding.ASCII.GetString(path[..path.IndexOf((byte)0)]);
}
