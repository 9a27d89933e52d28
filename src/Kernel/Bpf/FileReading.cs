using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>Reads the descriptors by a second thread while the caller reads the tasks; the caller does it where that thread has not begun by then.</summary>
internal sealed class FileReading : IThreadPoolWorkItem
{
    private readonly TaskIterators _iterators;
    private int _isTaken;
    private FileRows? _rows;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isDone;

    private FileReading(TaskIterators iterators) => _iterators = iterators;

    /// <summary>Begins to read.</summary>
    /// <param name="iterators">By what to read.</param>
    /// <param name="isHurried">Whether a second thread is worth what it costs.</param>
    internal static FileReading Begin(TaskIterators iterators, bool isHurried)
    {
        FileReading reading = new(iterators);
        if (isHurried && Environment.ProcessorCount > 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(reading, preferLocal: false);
        }

        return reading;
    }

    /// <summary>The rows, when all have been read.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal FileRows End()
    {
        Read();
        SpinWait wait = default;
        while (!_isDone)
        {
            wait.SpinOnce();
        }

        _failure?.Throw();
        return _rows!;
    }

    void IThreadPoolWorkItem.Execute() => Read();

    private void Read()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            return;
        }

        try
        {
            _rows = _iterators.ReadFiles();
        }
        catch (Exception exception)
        {
            // On the thread that asks for them it is thrown again.
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            _isDone = true;
        }
    }
}
