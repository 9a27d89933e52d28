using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Kernel.Bpf;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>
/// One look at every process: its namespaces, and the namespaces it holds by other means. Read by the kernel's task iterator
/// where that may be used, else from /proc; both give the same.
/// </summary>
internal sealed class ProcessScan : IDisposable
{
    private int[] _processIds = ArrayPool<int>.Shared.Rent(512);
    private int[] _sets = ArrayPool<int>.Shared.Rent(512);
    private readonly Dictionary<int, ProcessFacts> _processes = [];

    private ProcessScan(string engine) => Engine = engine;

    internal int Count { get; private set; }

    /// <summary>How the processes were read, and why so: a sentence.</summary>
    internal string Engine { get; }

    /// <summary>Whether the kernel showed the processes itself: then /proc hides none.</summary>
    internal bool IsByIterator { get; private init; }

    /// <summary>The combinations of namespaces that there are.</summary>
    internal NamespaceSets Sets { get; } = new();

    internal List<InventoryProblem> Problems { get; } = [];

    /// <summary>In the order of processes, and of what each holds.</summary>
    internal List<NamespaceHold> Holds { get; } = [];

    /// <summary>By inode, what was found besides the processes' own links.</summary>
    internal Dictionary<ulong, HeldNamespace> Held { get; } = [];

    /// <summary>By inode, what else keeps namespaces that have processes, where nothing was opened to learn it.</summary>
    internal Dictionary<ulong, NamespaceSource> AlsoHeld { get; } = [];

    /// <summary>The facts about namespaces from the kernel's structures, by inode; empty where /proc was read.</summary>
    internal Dictionary<ulong, NamespaceFacts> Facts { get; } = [];

    /// <summary>The mount namespaces in which a namespace is bound, where they were asked for and the kernel told; null where each has to be read.</summary>
    internal IReadOnlySet<ulong>? BoundIn { get; set; }

    internal int ProcessIdAt(int index) => _processIds[index];

    /// <summary>The inode, or 0 where the process has none or it could not be read.</summary>
    internal ulong InodeAt(int index, NamespaceType type) => Sets[_sets[index]].Inodes[(int)type];

    /// <summary>All inodes of a process, by type. Not to be changed.</summary>
    internal ulong[] InodesAt(int index) => Sets[_sets[index]].Inodes;

    /// <summary>Returns the facts about a process from the kernel's structures; null where it is not the first of its combination, or /proc was read.</summary>
    internal ProcessFacts? FactsOf(int processId) => _processes.GetValueOrDefault(processId);

    internal int IndexOf(int processId)
    {
        int index = Array.BinarySearch(_processIds, 0, Count, processId);
        return index < 0 ? -1 : index;
    }

    /// <summary>Reads all processes that the caller's /proc shows.</summary>
    /// <exception cref="LinuxException">The list of processes cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static ProcessScan Run(ProcFileSystem proc, InventoryOptions options, CancellationToken cancellation)
    {
        string reason = InventoryEngine.WhyProc(proc, options);
        if (reason.Length == 0)
        {
            ProcessScan scan = new("Processes were read by the task iterator of the kernel (BPF).") { IsByIterator = true };
            try
            {
                options.HasIterator = true;
                new TaskScan(scan, proc, options).Run(TaskIterators.Open(proc), cancellation);
                return scan;
            }
            catch (BpfException exception)
            {
                scan.Dispose();
                reason = exception.Message;
            }
            catch
            {
                scan.Dispose();
                throw;
            }
        }

        options.HasIterator = false;
        ProcessScan walked = new($"Processes were read from /proc: {reason}.");
        try
        {
            new ProcessWalk(proc, options).Run(walked, cancellation);
            return walked;
        }
        catch
        {
            walked.Dispose();
            throw;
        }
    }

    /// <summary>Adds a process; in ascending order of their numbers.</summary>
    /// <param name="processId">Its PID.</param>
    /// <param name="inodes">Its namespaces, by type.</param>
    /// <returns>Whether it is the first of its combination.</returns>
    internal bool Add(int processId, ReadOnlySpan<ulong> inodes)
    {
        if (Count == Math.Min(_processIds.Length, _sets.Length))
        {
            Grow(ref _processIds);
            Grow(ref _sets);
        }

        _processIds[Count] = processId;
        _sets[Count] = Sets.Add(inodes, Count, out bool isNew);
        Count++;
        return isNew;
    }

    internal void AddFacts(int processId, ProcessFacts facts) => _processes[processId] = facts;

    public void Dispose()
    {
        foreach (HeldNamespace held in Held.Values)
        {
            held.Dispose();
        }

        ArrayPool<int>.Shared.Return(_processIds);
        ArrayPool<int>.Shared.Return(_sets);
        (_processIds, _sets, Count) = ([], [], 0);
    }

    private void Grow(ref int[] array)
    {
        int[] larger = ArrayPool<int>.Shared.Rent(2 * Count);
        array.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<int>.Shared.Return(array);
        array = larger;
    }
}
