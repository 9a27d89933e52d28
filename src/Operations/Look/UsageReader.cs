using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Look;

/// <summary>Measures what processes use, by namespace or by container. One object is one look.</summary>
/// <param name="isFast">Whether proportional memory and descriptors are left out.</param>
/// <param name="interval">How long they are watched; null for not at all.</param>
/// <param name="cancellation">The caller gives up.</param>
internal sealed class UsageReader(bool isFast, TimeSpan? interval, CancellationToken cancellation)
{
    private const int MaxThreads = 4;
    private const int Portion = 32;

    private Dictionary<int, (ulong StartTime, ulong Ticks, long Time)>? _before;
    private long _start;

    /// <summary>Sums up the processes of each of these namespaces, by type and inode; all namespaces of the types where none is given.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    /// <exception cref="LinuxException">/proc cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<NamespaceUsage> Measure(IReadOnlyCollection<(NamespaceType Type, ulong Inode)>? wanted, NamespaceTypeSet types)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        Watch(proc);
        using ProcessScan scan = ProcessScan.Run(proc, new InventoryOptions { Sources = NamespaceSource.Process, HasContainers = false }, cancellation);

        // Many processes are in the same namespaces: each combination is summed up first.
        Dictionary<ulong[], UsageSum> sets = [];
        ReadAll(proc, scan, (index, usage, percent) => SumOf(sets, scan.InodesAt(index)).Add(scan.ProcessIdAt(index), usage, percent));
        Dictionary<(NamespaceType, ulong), UsageSum> sums = wanted?.Distinct().ToDictionary(each => each, _ => new UsageSum()) ?? [];
        foreach ((ulong[] inodes, UsageSum sum) in sets)
        {
            foreach (NamespaceType type in types.Where(type => inodes[(int)type] != 0))
            {
                if (wanted is null)
                {
                    SumOf(sums, (type, inodes[(int)type])).Add(sum);
                }
                else if (sums.TryGetValue((type, inodes[(int)type]), out UsageSum? found))
                {
                    found.Add(sum);
                }
            }
        }

        CurrentNamespaces current = new(proc);
        ContainerDetector containers = new(proc, current);
        Dictionary<int, string?> known = [];
        return [.. sums.OrderBy(each => each.Key.Item1).ThenBy(each => each.Key.Item2).Select(each => ToUsage(each.Key.Item1, each.Key.Item2, each.Value))];

        NamespaceUsage ToUsage(NamespaceType type, ulong inode, UsageSum sum)
        {
            if (!known.TryGetValue(sum.FirstProcess, out string? container))
            {
                container = sum.FirstProcess == 0 ? null : ContainerOf(proc, sum.FirstProcess, containers);
                known.Add(sum.FirstProcess, container);
            }

            string name = current.IsInitial(type, inode) ? "host" : container ?? string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}:[{inode}]");
            return sum.ToUsage(type, inode, name, container, isFast, interval is not null);
        }
    }

    /// <summary>Sums up the processes of each container whose name fits, by name.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    /// <exception cref="LinuxException">/proc cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<NamespaceUsage> MeasureContainers(Predicate<string> fits)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        Watch(proc);
        using ProcessScan scan = ProcessScan.Run(proc, new InventoryOptions { Sources = NamespaceSource.Process, HasContainers = false }, cancellation);
        ContainerDetector containers = new(proc, new CurrentNamespaces(proc));
        string?[] names = [.. Enumerable.Range(0, scan.Count).Select(index => ContainerOf(proc, scan.ProcessIdAt(index), containers))];
        Dictionary<string, UsageSum> sums = [];
        ReadAll(proc, scan, (index, usage, percent) =>
        {
            if (names[index] is string name && fits(name))
            {
                SumOf(sums, name).Add(scan.ProcessIdAt(index), usage, percent);
            }
        });
        return [.. sums.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => each.Value.ToUsage(null, null, null, each.Key, isFast, interval is not null))];
    }

    private static UsageSum SumOf<TKey>(Dictionary<TKey, UsageSum> sums, TKey key)
        where TKey : notnull
    {
        if (!sums.TryGetValue(key, out UsageSum? sum))
        {
            sum = new UsageSum();
            sums.Add(key, sum);
        }

        return sum;
    }

    private static string? ContainerOf(ProcFileSystem proc, int processId, ContainerDetector containers)
    {
        if (!ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            return containers.Find(process)?.ToString();
        }
    }

    // The times of all processes, and then the wait.
    private void Watch(ProcFileSystem proc)
    {
        if (interval is not TimeSpan time)
        {
            return;
        }

        _before = [];
        _start = Stopwatch.GetTimestamp();
        foreach (int processId in proc.ReadProcessIds())
        {
            // Taken before the times are read, and the other after: whoever has to wait in between gets less than was used, never more.
            long now = Stopwatch.GetTimestamp();
            if (ProcessUsage.TryReadTimes(proc, processId, out ProcessUsage usage))
            {
                _before[processId] = (usage.StartTime, usage.Ticks, now);
            }
        }

        cancellation.WaitHandle.WaitOne(time);
        cancellation.ThrowIfCancellationRequested();
    }

    // A process that has come since used all its time within it.
    private double PercentOf(int processId, in ProcessUsage usage)
    {
        if (_before is null)
        {
            return 0;
        }

        return _before.TryGetValue(processId, out (ulong StartTime, ulong Ticks, long Time) before) && before.StartTime == usage.StartTime
            ? UsageSum.PercentOf(usage.Ticks - before.Ticks, Stopwatch.GetElapsedTime(before.Time))
            : UsageSum.PercentOf(usage.Ticks, Stopwatch.GetElapsedTime(_start));
    }

    // Most of the time is the kernel's. The threads are made for this and end with it: they are where the caller is.
    private void ReadAll(ProcFileSystem proc, ProcessScan scan, Action<int, ProcessUsage, double> add)
    {
        int count = scan.Count;
        ProcessUsage[] usages = new ProcessUsage[count];
        double[] percents = new double[count];
        bool[] isThere = new bool[count];
        int next = 0;
        Thread[] threads = [.. Enumerable.Range(1, Math.Clamp(Math.Min(Environment.ProcessorCount, count / Portion), 1, MaxThreads) - 1)
            .Select(_ => new Thread(Work) { IsBackground = true, Name = "Usage" })];
        Array.ForEach(threads, thread => thread.UnsafeStart());
        Work();
        Array.ForEach(threads, thread => thread.Join());
        cancellation.ThrowIfCancellationRequested();
        for (int i = 0; i < count; i++)
        {
            if (isThere[i])
            {
                add(i, usages[i], percents[i]);
            }
        }

        void Work()
        {
            for (int start = Interlocked.Add(ref next, Portion) - Portion; start < count && !cancellation.IsCancellationRequested; start = Interlocked.Add(ref next, Portion) - Portion)
            {
                for (int i = start; i < Math.Min(start + Portion, count); i++)
                {
                    isThere[i] = ProcessUsage.TryRead(proc, scan.ProcessIdAt(i), isFast, out usages[i]);
                    percents[i] = isThere[i] ? PercentOf(scan.ProcessIdAt(i), usages[i]) : 0;
                }
            }
        }
    }
}
