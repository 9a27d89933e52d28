using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>One look at every process: its namespaces, and the namespaces it holds by other means.</summary>
internal sealed class ProcessScan : IDisposable
{
    private const int Batch = 32;

    // Starting a second thread costs as much as reading this many processes.
    private const int WorthASecondThread = 256;

    private readonly List<int> _processIds;
    private readonly ulong[] _inodes;

    private ProcessScan(List<int> processIds)
    {
        _processIds = processIds;
        _inodes = new ulong[processIds.Count * NamespaceTypes.Count];
    }

    internal int Count => _processIds.Count;

    internal List<InventoryProblem> Problems { get; } = [];

    /// <summary>In the order of processes, and of what each holds.</summary>
    internal List<NamespaceHold> Holds { get; } = [];

    /// <summary>By inode, what was found besides the processes' own links.</summary>
    internal Dictionary<ulong, HeldNamespace> Held { get; } = [];

    internal int ProcessIdAt(int index) => _processIds[index];

    /// <summary>The inode, or 0 where the process has none or it could not be read.</summary>
    internal ulong InodeAt(int index, NamespaceType type) => _inodes[(index * NamespaceTypes.Count) + (int)type];

    internal int IndexOf(int processId)
    {
        int index = _processIds.BinarySearch(processId);
        return index < 0 ? -1 : index;
    }

    /// <summary>Reads all processes of a /proc.</summary>
    /// <exception cref="LinuxException">The list of processes cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static ProcessScan Run(ProcFileSystem proc, InventoryOptions options, CancellationToken cancellation)
    {
        ProcessScan scan = new(proc.ReadProcessIds());
        int threads = scan.Count < WorthASecondThread ? 1 : Math.Min(Environment.ProcessorCount, 4);
        ProcessScanWorker[] workers = new ProcessScanWorker[threads];
        for (int i = 0; i < threads; i++)
        {
            workers[i] = new ProcessScanWorker(proc, options);
        }

        try
        {
            scan.RunAll(workers, proc.OwnProcessId, options.Progress, cancellation);
            foreach (ProcessScanWorker worker in workers)
            {
                scan.Take(worker);
            }
        }
        catch
        {
            foreach (ProcessScanWorker worker in workers)
            {
                worker.Dispose();
            }

            scan.Dispose();
            throw;
        }

        return scan;
    }

    public void Dispose()
    {
        foreach (HeldNamespace held in Held.Values)
        {
            held.Dispose();
        }
    }

    // Threads of our own, joined before we return: a pool thread would keep the namespaces of a caller that is
    // inside others for the moment.
    private void RunAll(ProcessScanWorker[] workers, int ownProcessId, Action<string, int, int>? progress, CancellationToken cancellation)
    {
        int next = 0;
        ExceptionDispatchInfo? failure = null;

        // Ourselves first, while nothing is opened: what the others open for the scan is no find.
        int own = IndexOf(ownProcessId);
        if (own >= 0)
        {
            Read(workers[0], own);
        }

        void Work(ProcessScanWorker worker)
        {
            try
            {
                int start;
                while ((start = Interlocked.Add(ref next, Batch) - Batch) < Count)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (worker == workers[0])
                    {
                        progress?.Invoke("processes", start, Count);
                    }

                    int end = Math.Min(start + Batch, Count);
                    for (int i = start; i < end; i++)
                    {
                        if (i != own)
                        {
                            Read(worker, i);
                        }
                    }
                }
            }
            catch (Exception exception)
            {
                // Whatever it is, it belongs to the caller's thread.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                Interlocked.Exchange(ref next, Count);
            }
        }

        Thread[] threads = new Thread[workers.Length - 1];
        for (int i = 0; i < threads.Length; i++)
        {
            ProcessScanWorker worker = workers[i + 1];
            threads[i] = new Thread(() => Work(worker), 256 * 1024) { IsBackground = true, Name = "Namespace inventory" };
            if (!TryStart(threads[i]))
            {
                Array.Resize(ref threads, i);
                break;
            }
        }

        Work(workers[0]);
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        failure?.Throw();
    }

    // Where no thread is to be had (a limit on processes), those there are do the work.
    private static bool TryStart(Thread thread)
    {
        try
        {
            thread.Start();
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
    }

    private void Read(ProcessScanWorker worker, int index) =>
        worker.Read(_processIds[index], _inodes.AsSpan(index * NamespaceTypes.Count, NamespaceTypes.Count));

    private void Take(ProcessScanWorker worker)
    {
        Problems.AddRange(worker.Problems);
        Holds.AddRange(worker.Holds);
        foreach ((ulong inode, HeldNamespace held) in worker.Held)
        {
            if (Held.TryAdd(inode, held))
            {
                continue;
            }

            Held[inode].Source |= held.Source;
            held.Dispose();
        }
    }
}
