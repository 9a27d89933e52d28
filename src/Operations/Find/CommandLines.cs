using System;
using System.Threading;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>
/// The command lines of the processes that come first in a combination of namespaces. The iterator does not give them, and each costs a file of /proc: a second
/// thread reads them while the namespaces are described. The caller reads by itself where that thread has not begun yet.
/// </summary>
internal sealed class CommandLines : IThreadPoolWorkItem, IDisposable
{
    // For fewer a second thread is not worth its start.
    private const int Fewest = 16;

    private const int Open = 0;
    private const int Taken = 1;
    private const int Known = 2;
    private const int Failed = 3;

    private readonly object _gate = new();
    private readonly ProcFileSystem _proc;
    private readonly ProcessScan _scan;
    private readonly int[] _rows;
    private readonly int[] _states;
    private readonly string?[] _texts;
    private bool _isClosed;

    private CommandLines(ProcFileSystem proc, ProcessScan scan, int count)
    {
        _proc = proc;
        _scan = scan;
        _rows = new int[count];
        _states = new int[count];
        _texts = new string?[count];
        for (int i = 0; i < count; i++)
        {
            // In the order of the rows already.
            _rows[i] = scan.Sets[i].FirstProcess;
        }
    }

    /// <summary>Begins to read.</summary>
    /// <param name="proc">Where to read. It must be open until this object is disposed of.</param>
    /// <param name="scan">The processes.</param>
    /// <param name="isForAll">Whether the command lines of all of them will be asked for.</param>
    internal static CommandLines Read(ProcFileSystem proc, ProcessScan scan, bool isForAll)
    {
        bool isWorthIt = isForAll && scan.IsByIterator && scan.Sets.Count >= Fewest && Environment.ProcessorCount > 1;
        CommandLines lines = new(proc, scan, isWorthIt ? scan.Sets.Count : 0);
        if (isWorthIt)
        {
            ThreadPool.UnsafeQueueUserWorkItem(lines, preferLocal: false);
        }

        return lines;
    }

    /// <summary>The command line of a process; null where it has gone.</summary>
    /// <param name="row">Its row in the scan.</param>
    /// <param name="facts">The known facts.</param>
    internal string? Find(int row, ProcessFacts facts)
    {
        int slot = Array.BinarySearch(_rows, row);
        if (slot < 0 || Interlocked.CompareExchange(ref _states[slot], Taken, Open) == Open)
        {
            return Read(row, facts);
        }

        SpinWait wait = default;
        while (Volatile.Read(ref _states[slot]) == Taken)
        {
            wait.SpinOnce();
        }

        return _states[slot] == Known ? _texts[slot] : Read(row, facts);
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (int slot = 0; slot < _rows.Length; slot++)
        {
            lock (_gate)
            {
                if (_isClosed)
                {
                    return;
                }

                Read(slot);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    private void Read(int slot)
    {
        int row = _rows[slot];
        if (_scan.FactsOf(_scan.ProcessIdAt(row)) is not ProcessFacts facts || Interlocked.CompareExchange(ref _states[slot], Taken, Open) != Open)
        {
            return;
        }

        int state = Failed;
        try
        {
            _texts[slot] = Read(row, facts);
            state = Known;
        }
        catch (LinuxException)
        {
            // No descriptor is left: the caller learns it for itself.
            state = Failed;
        }
        finally
        {
            Volatile.Write(ref _states[slot], state);
        }
    }

    private string? Read(int row, ProcessFacts facts) => ProcessDirectory.ReadCommandLine(_proc, _scan.ProcessIdAt(row), facts.Name);
}
