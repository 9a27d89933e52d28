using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>One thread's share of a <see cref="ProcessScan"/>.</summary>
internal sealed class ProcessScanWorker(ProcFileSystem proc, InventoryOptions options) : IDisposable
{
    // By inode alone: all sockets are in one file system.
    private readonly HashSet<ulong> _sockets = [];
    private readonly FoundNamespaces _found = new(options);

    /// <summary>Hands over all it found.</summary>
    internal void MoveTo(ProcessScan scan) => _found.MoveTo(scan);

    /// <summary>Fills in a process's inodes, and notes what it holds besides.</summary>
    internal void Read(int processId, Span<ulong> inodes)
    {
        bool open = ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process);
        using (process)
        {
            if (!open)
            {
                _found.Report(InventoryProblemKind.ProcessEnded, InventoryProblemKind.ProcessHidden, processId, Errno.Last);
                return;
            }

            if (!ReadLinks(process, inodes))
            {
                return;
            }

            if (options.Searches(NamespaceSource.Child))
            {
                ReadChildLinks(process, inodes);
            }

            if (options.Searches(NamespaceSource.Thread))
            {
                ReadThreads(process, inodes);
            }

            if (options.Searches(NamespaceSource.Descriptor | NamespaceSource.Socket))
            {
                // Threads share their descriptors, which the main one has no more once it has ended.
                _ = process.TryOpenLivingThread(out ProcessDirectory living, out int threadId);
                using ProcessDirectory thread = living;
                ReadDescriptors(thread.IsOpen ? thread : process, thread.IsOpen ? $"task/{threadId}/" : string.Empty);
            }
        }
    }

    /// <summary>Fills in a process's inodes alone, and notes what its children will be in where that is asked for.</summary>
    internal void ReadNamespaces(int processId, Span<ulong> inodes, bool withChildren)
    {
        bool open = ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process);
        using (process)
        {
            if (!open)
            {
                _found.Report(InventoryProblemKind.ProcessEnded, InventoryProblemKind.ProcessHidden, processId, Errno.Last);
            }
            else if (ReadLinks(process, inodes) && withChildren)
            {
                ReadChildLinks(process, inodes);
            }
        }
    }

    /// <summary>Opens a namespace by a file of a process; the path has no NUL.</summary>
    internal void Open(int processId, string path, ulong inode, NamespaceSource source)
    {
        bool open = ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process);
        using (process)
        {
            if (open)
            {
                _found.Hold(process, System.Text.Encoding.ASCII.GetBytes(path + '\0'), inode, source, 0);
            }
        }
    }

    /// <summary>Opens the net namespace of a socket.</summary>
    internal void OpenSocket(int processId, int number, ulong inode)
    {
        if (_found.TryAddSource(inode, NamespaceSource.Socket))
        {
            return;
        }

        bool open = ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process);
        using (process)
        {
            using Descriptor pidfd = open ? PidDescriptor.Open(processId) : Descriptor.None;
            if (pidfd.IsOpen)
            {
                _found.HoldSocket(process, pidfd, number);
            }
        }
    }

    public void Dispose() => _found.Dispose();

    private bool ReadLinks(in ProcessDirectory process, Span<ulong> inodes)
    {
        for (int i = 0; i < NamespaceTypes.Count; i++)
        {
            if (!options.Reads((NamespaceType)i))
            {
                continue;
            }

            inodes[i] = process.ReadNamespaceInode(NamespaceLink.PathOf((NamespaceType)i));
            if (inodes[i] != 0)
            {
                continue;
            }

            // ENOENT: this kernel lacks the type, or a zombie has lost the namespace already.
            int errno = Errno.Last;
            if (errno != LibC.ENOENT)
            {
                _found.Report(InventoryProblemKind.ProcessEnded, InventoryProblemKind.ProcessHidden, process.ProcessId, errno);
                return false;
            }
        }

        return true;
    }

    private void ReadChildLinks(in ProcessDirectory process, ReadOnlySpan<ulong> inodes)
    {
        HoldIfOther(process, "ns/pid_for_children\0"u8, inodes[(int)NamespaceType.Pid], NamespaceSource.Child);
        HoldIfOther(process, "ns/time_for_children\0"u8, inodes[(int)NamespaceType.Time], NamespaceSource.Child);
    }

    private void ReadThreads(in ProcessDirectory process, ReadOnlySpan<ulong> inodes)
    {
        if (!DirectoryReader.TryOpen(process.Descriptor, "task\0"u8, out DirectoryReader tasks))
        {
            return;
        }

        Span<byte> path = stackalloc byte[64];
        using (tasks)
        {
            while (tasks.TryReadNumber(out int threadId, out ReadOnlySpan<byte> name))
            {
                for (int i = 0; i < NamespaceTypes.Count && threadId != process.ProcessId; i++)
                {
                    if (options.Wants((NamespaceType)i))
                    {
                        Concat(path, "task/"u8, name[..^1], "/"u8, NamespaceLink.PathOf((NamespaceType)i));
                        HoldIfOther(process, path, inodes[i], NamespaceSource.Thread, threadId);
                    }
                }
            }
        }
    }

    private void HoldIfOther(in ProcessDirectory process, ReadOnlySpan<byte> link, ulong own, NamespaceSource source, int number = 0)
    {
        ulong inode = process.ReadNamespaceInode(link);
        if (inode != 0 && inode != own)
        {
            _found.Hold(process, link, inode, source, number);
        }
    }

    private void ReadDescriptors(in ProcessDirectory process, string prefix)
    {
        if (!DirectoryReader.TryOpen(process.Descriptor, "fd\0"u8, out DirectoryReader descriptors))
        {
            _found.Report(InventoryProblemKind.ProcessEnded, InventoryProblemKind.DescriptorsHidden, process.ProcessId, Errno.Last);
            return;
        }

        bool isOwn = process.ProcessId == proc.OwnProcessId;
        Descriptor pidfd = Descriptor.None;
        Span<byte> path = stackalloc byte[32];
        try
        {
            while (descriptors.TryReadNumber(out int number, out ReadOnlySpan<byte> name))
            {
                Concat(path, "fd/"u8, name);
                if (!FileStatus.TryGet(process.Descriptor, path, out FileStatus status))
                {
                    continue;
                }

                if (status.Device == NsfsDevice.Value)
                {
                    if (isOwn && IsOfAnyScan(process, path, number))
                    {
                        continue;
                    }

                    _found.Hold(process, path, status.Inode, NamespaceSource.Descriptor, number, prefix);
                }
                else if (status.IsSocket && options.Searches(NamespaceSource.Socket) && (!_sockets.Contains(status.Inode) || options.HoldersOf is not null))
                {
                    pidfd = pidfd.IsOpen ? pidfd : PidDescriptor.Open(process.ProcessId);
                    if (_found.HoldSocket(process, pidfd, number))
                    {
                        _sockets.Add(status.Inode);
                    }
                }
            }
        }
        finally
        {
            pidfd.Dispose();
            descriptors.Dispose();
        }
    }

    /// <summary>Whether a descriptor of this process is a handle of a scan, or was one and is closed by now.</summary>
    internal static bool IsOfAnyScan(int number)
    {
        if (NamespaceHandle.IsHandle(number))
        {
            return true;
        }

        return !FileStatus.TryGet(number, out FileStatus status) || status.Device != NsfsDevice.Value;
    }

    // A handle of this scan or of one in another runspace, or one that was closed since we looked.
    private static bool IsOfAnyScan(in ProcessDirectory process, ReadOnlySpan<byte> path, int number) =>
        NamespaceHandle.IsHandle(number) || !FileStatus.TryGet(process.Descriptor, path, out FileStatus again) || again.Device != NsfsDevice.Value;

    private static void Concat(Span<byte> path, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third = default, ReadOnlySpan<byte> fourth = default)
    {
        first.CopyTo(path);
        second.CopyTo(path[first.Length..]);
        third.CopyTo(path[(first.Length + second.Length)..]);
        fourth.CopyTo(path[(first.Length + second.Length + third.Length)..]);
    }
}
