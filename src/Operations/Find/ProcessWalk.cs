using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Reads every process from /proc, shared out between a few threads.</summary>
internal sealed class ProcessWalk(ProcFileSystem proc, InventoryOptions options)
{
    private const int Batch = 32;

    // Starting a second thread costs as much as reading this many processes.
    private const int WorthASecondThread = 256;

    private readonly List<int> _processIds = proc.ReadProcessIds();
    private ulong[] _inodes = [];

    /// <summary>Adds them all.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal void Run(ProcessScan scan, CancellationToken cancellation)
    {
        int threads = _processIds.Count < WorthASecondThread ? 1 : Math.Min(Environment.ProcessorCount, 4);
        ProcessScanWorker[] workers = new ProcessScanWorker[threads];
        for (int i = 0; i < threads; i++)
        {
            workers[i] = new ProcessScanWorker(proc, options);
        }

        _inodes = ArrayPool<ulong>.Shared.Rent(_processIds.Count * NamespaceTypes.Count);
        Array.Clear(_inodes);
        try
        {
            ReadAll(workers, cancellation);
            for (int i = 0; i < _processIds.Count; i++)
            {
                scan.Add(_processIds[i], InodesOf(i));
            }

            foreach (ProcessScanWorker worker in workers)
            {
                worker.MoveTo(scan);
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(_inodes);
            foreach (ProcessScanWorker worker in workers)
            {
                worker.Dispose();
            }
        }
    }

    // Threads of our own, joined before we return: a pool thread would keep the namespaces of a caller that is
    // inside others for the moment.
    private void ReadAll(ProcessScanWorker[] workers, CancellationToken cancellation)
    {
        int next = 0;
        ExceptionDispatchInfo? failure = null;

        // Ourselves first, while nothing is opened: descriptors that the scan itself opens must not be found.
        int own = _processIds.BinarySearch(proc.OwnProcessId);
        if (own >= 0)
        {
            Read(workers[0], own);
        }

        void Work(ProcessScanWorker worker)
        {
            try
            {
                int start;
                while ((start = Interlocked.Add(ref next, Batch) - Batch) < _processIds.Count)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (worker == workers[0])
                    {
                        options.Progress?.Invoke("processes", start, _processIds.Count);
                    }

                    int end = Math.Min(start + Batch, _processIds.Count);
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
                Interlocked.Exchange(ref next, _processIds.Count);
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

    private void Read(ProcessScanWorker worker, int index) => worker.Read(_processIds[index], InodesOf(index));

    private Span<ulong> InodesOf(int index) => _inodes.AsSpan(index * NamespaceTypes.Count, NamespaceTypes.Count);
}
