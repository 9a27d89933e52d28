using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using LinuxNamespaces.Kernel.Bpf;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>
/// Reads every process by the kernel's task iterator. Only what no process is in is opened afterwards, through /proc, because
/// it has to be kept until it has been described.
/// </summary>
internal sealed class TaskScan(ProcessScan scan, ProcFileSystem proc, InventoryOptions options)
{
    private const int RowsBetweenChecks = 1024;
    private const int DescriptorsNeeded = 8;

    private readonly List<TaskRow> _threads = [];
    private readonly Dictionary<ulong, NamespaceSource> _found = [];
    private readonly List<(NamespaceHold Hold, int Thread)> _unknown = [];

    /// <summary>Adds all of them to the scan.</summary>
    /// <exception cref="BpfException">The kernel refused, or gave what cannot be.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal void Run(TaskIterators iterators, CancellationToken cancellation)
    {
        // Descriptors are needed later too. A scan that fails half-way for lack of them must not pass for an answer.
        Descriptor.Require(DescriptorsNeeded);
        FileReading? files = options.Searches(NamespaceSource.Descriptor | NamespaceSource.Socket) ? FileReading.Begin(iterators, isHurried: !options.IsRepeated) : null;
        using ProcessScanWorker worker = new(proc, new InventoryOptions { Sources = NamespaceSource.All, Types = options.Types, OtherMounts = options.OtherMounts });
        ReadTasks(iterators, worker, cancellation);
        ReadThreads();
        scan.BoundIn = options.OtherMounts ? iterators.TryReadMounts() : null;
        if (files is not null)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadFiles(files.End());
        }

        OpenUnknown(worker);
        foreach ((ulong inode, NamespaceSource source) in _found)
        {
            if (scan.Facts.ContainsKey(inode))
            {
                scan.AlsoHeld.Add(inode, source);
            }
        }

        worker.MoveTo(scan);
    }

    private void ReadTasks(TaskIterators iterators, ProcessScanWorker worker, CancellationToken cancellation)
    {
        Span<ulong> inodes = stackalloc ulong[NamespaceTypes.Count];
        int last = 0;
        using BpfRows<TaskRow> rows = iterators.ReadTasks();
        while (rows.MoveNext())
        {
            ref readonly TaskRow row = ref rows.Current;
            if (row.ThreadId != row.ProcessId)
            {
                _threads.Add(row);
                continue;
            }

            if (row.ProcessId <= last)
            {
                throw new BpfException($"the task iterator gave process {row.ProcessId} after {last}");
            }

            last = row.ProcessId;
            if (scan.Count % RowsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ReadTask(row, inodes, worker, iterators.HasIds);
        }
    }

    private unsafe void ReadTask(in TaskRow row, Span<ulong> inodes, ProcessScanWorker worker, bool hasIds)
    {
        for (int i = 0; i < NamespaceTypes.Count; i++)
        {
            inodes[i] = row.Inodes[i];
        }

        // It went somewhere else, or ended, just then; or it has ended, and another of its threads may live.
        if (row.IsChanged != 0 || row.Inodes[(int)NamespaceType.Mnt] == 0)
        {
            worker.ReadNamespaces(row.ProcessId, inodes, options.Searches(NamespaceSource.Child));
            scan.Add(row.ProcessId, inodes);
            return;
        }

        if (scan.Add(row.ProcessId, inodes))
        {
            AddFacts(row, hasIds);
        }

        if (options.Searches(NamespaceSource.Child))
        {
            FindIfOther(row.ChildPid, inodes[(int)NamespaceType.Pid], new NamespaceHold(row.ChildPid, NamespaceSource.Child, row.ProcessId, (int)NamespaceType.Pid));
            FindIfOther(row.ChildTime, inodes[(int)NamespaceType.Time], new NamespaceHold(row.ChildTime, NamespaceSource.Child, row.ProcessId, (int)NamespaceType.Time));
        }
    }

    private unsafe void AddFacts(in TaskRow row, bool hasIds)
    {
        fixed (byte* text = row.Name)
        {
            scan.AddFacts(row.ProcessId, new ProcessFacts(row.ParentId, row.UserId, row.Cgroups, SafeText.FromUtf8(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text))));
        }

        for (int i = 0; i < NamespaceTypes.Count; i++)
        {
            NamespaceType type = (NamespaceType)i;

            // A pid namespace that was reached by a number alone has nothing but its inode.
            if (row.Inodes[i] != 0 && (row.Owners[i] != 0 || type != NamespaceType.Pid))
            {
                scan.Facts.TryAdd(row.Inodes[i], new NamespaceFacts(
                    hasIds ? row.Ids[i] : null,
                    row.Owners[i],
                    row.OwnerUserIds[i],
                    type == NamespaceType.Pid ? row.PidParent : type == NamespaceType.User ? row.Owners[i] : 0));
            }
        }
    }

    private unsafe void ReadThreads()
    {
        if (!options.Searches(NamespaceSource.Thread))
        {
            return;
        }

        foreach (TaskRow row in _threads)
        {
            int index = scan.IndexOf(row.ProcessId);
            for (int i = 0; i < NamespaceTypes.Count && index >= 0 && row.IsChanged == 0; i++)
            {
                if (options.Wants((NamespaceType)i))
                {
                    FindIfOther(row.Inodes[i], scan.InodeAt(index, (NamespaceType)i), new NamespaceHold(row.Inodes[i], NamespaceSource.Thread, row.ProcessId, row.ThreadId));
                }
            }
        }
    }

    private void ReadFiles(FileRows rows)
    {
        Dictionary<int, int> living = [];
        for (int i = 0; i < rows.Count; i++)
        {
            ref readonly FileRow row = ref rows[i];

            // Where the main thread has ended, the first of the others; sockets cannot be asked of such a process by /proc either.
            if (row.ThreadId != row.ProcessId && (row.IsSocket != 0 || !IsFirst(living, row)))
            {
                continue;
            }

            NamespaceSource source = row.IsSocket != 0 ? NamespaceSource.Socket : NamespaceSource.Descriptor;
            if (options.Searches(source) && !(row.ProcessId == proc.OwnProcessId && row.IsSocket == 0 && ProcessScanWorker.IsOfAnyScan(row.Number)))
            {
                Find(new NamespaceHold(row.Inode, source, row.ProcessId, row.Number), row.ThreadId);
            }
        }
    }

    private static bool IsFirst(Dictionary<int, int> living, in FileRow row)
    {
        _ = living.TryAdd(row.ProcessId, row.ThreadId);
        return living[row.ProcessId] == row.ThreadId;
    }

    private void FindIfOther(ulong inode, ulong own, NamespaceHold hold)
    {
        if (inode != 0 && inode != own)
        {
            Find(hold);
        }
    }

    private void Find(NamespaceHold hold, int thread = 0)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_found, hold.Inode, out _) |= hold.Source;
        if (options.HoldersOf?.Contains(hold.Inode) == true)
        {
            scan.Holds.Add(hold.Source == NamespaceSource.Child ? hold with { Number = 0 } : hold);
        }

        // While tasks are read, another may yet turn out to be in it.
        if (!scan.Facts.ContainsKey(hold.Inode))
        {
            _unknown.Add((hold, thread));
        }
    }

    private void OpenUnknown(ProcessScanWorker worker)
    {
        foreach ((NamespaceHold hold, int thread) in _unknown)
        {
            if (scan.Facts.ContainsKey(hold.Inode))
            {
                continue;
            }

            if (hold.Source == NamespaceSource.Socket)
            {
                worker.OpenSocket(hold.ProcessId, hold.Number, hold.Inode);
            }
            else
            {
                worker.Open(hold.ProcessId, PathOf(hold, thread), hold.Inode, hold.Source);
            }
        }
    }

    // The type of a thread's namespace is not noted, as few are looked for: its links are tried.
    private string PathOf(NamespaceHold hold, int thread) => hold.Source switch
    {
        NamespaceSource.Descriptor => thread == hold.ProcessId ? $"fd/{hold.Number}" : $"task/{thread}/fd/{hold.Number}",
        NamespaceSource.Child => hold.Number == (int)NamespaceType.Pid ? "ns/pid_for_children" : "ns/time_for_children",
        _ => $"task/{hold.Number}/{Encoding.ASCII.GetString(NamespaceLink.PathOf(TypeOf(hold))[..^1])}",
    };

    private unsafe NamespaceType TypeOf(NamespaceHold hold)
    {
        foreach (TaskRow row in _threads)
        {
            for (int i = 0; i < NamespaceTypes.Count && row.ThreadId == hold.Number; i++)
            {
                if (row.Inodes[i] == hold.Inode)
                {
                    return (NamespaceType)i;
                }
            }
        }

        return default;
    }
}
