using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>Runs invocations side by side, no more than a limit, and brings what they write to the pipeline's thread.</summary>
/// <param name="limit">How many at a time.</param>
/// <param name="sink">Where to it is written.</param>
/// <param name="report">Told now and then how many have ended, and how many have been added.</param>
internal sealed class InvocationQueue(int limit, InvocationSink sink, Action<int, int> report) : IDisposable
{
    // A writer that is faster than the pipeline has to wait.
    private const int Capacity = 512;

    /// <summary>How long what is to end may take for it, before it is killed.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private const int ReportMilliseconds = 250;
    private const int PumpMilliseconds = 20;

    private readonly int _limit = limit;
    private readonly InvocationSink _sink = sink;
    private readonly Action<int, int> _report = report;
    private readonly Queue<Invocation> _waiting = new();
    private readonly List<Invocation> _running = [];
    private readonly BlockingCollection<(StreamItem Item, Invocation From)> _output = new(Capacity);
    private readonly CancellationTokenSource _stop = new();
    private int _added;
    private int _ended;

    /// <summary>How long each may take; null for ever.</summary>
    internal TimeSpan? Timeout { get; init; }

    /// <summary>Takes one more; returns when its turn has come, and what is there has been written.</summary>
    internal void Add(Invocation invocation)
    {
        _waiting.Enqueue(invocation);
        _added++;
        while (!TryStart())
        {
            HandleNext();
        }

        while (_output.TryTake(out (StreamItem Item, Invocation From) next))
        {
            Handle(next.Item, next.From);
        }
    }

    /// <summary>Runs one on the pipeline's own thread: where it is the only one, no other is needed.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It becomes an error record.")]
    internal void RunHere(Invocation invocation)
    {
        using (invocation)
        {
            _stop.Token.ThrowIfCancellationRequested();
            Timer? killer = null;
            bool isWriting = false;
            CancellationTokenRegistration stopping = _stop.Token.Register(() =>
            {
                // The rest of the pipeline is waiting to hear of it too.
                invocation.Stop();
                killer = new Timer(_ => invocation.Kill(), null, Grace, System.Threading.Timeout.InfiniteTimeSpan);
            });
            try
            {
                RunInTime(invocation, item =>
                {
                    isWriting = true;
                    _sink.Write(item);
                    isWriting = false;
                });
            }
            catch (Exception exception) when (!isWriting)
            {
                _sink.Write(StreamItem.Failed(invocation.Label, exception));
            }
            finally
            {
                // Waits for the callback, if it is running.
                stopping.Dispose();
                killer?.Dispose();
            }
        }

        _stop.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Writes until all have ended.</summary>
    internal void Finish()
    {
        while (_running.Count > 0)
        {
            HandleNext();
        }
    }

    /// <summary>From any thread: nothing more is written, and all that runs is to end.</summary>
    internal void Stop() => _stop.Cancel();

    /// <summary>Ends what still runs.</summary>
    public void Dispose()
    {
        _running.ForEach(invocation => invocation.Stop());
        Drain(Grace);
        _running.ForEach(invocation => invocation.Kill());
        Drain(System.Threading.Timeout.InfiniteTimeSpan);
        while (_waiting.TryDequeue(out Invocation? invocation))
        {
            invocation.Dispose();
        }

        _output.Dispose();
        _stop.Dispose();
    }

    private bool TryStart()
    {
        if (_running.Count >= _limit)
        {
            return false;
        }

        Invocation invocation = _waiting.Dequeue();
        try
        {
            BackgroundThread.Start(() => Run(invocation), 512 * 1024, "LinuxNamespaces invocation");
        }
        catch
        {
            invocation.Dispose();
            throw;
        }

        _running.Add(invocation);
        return true;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It becomes an error record.")]
    private void Run(Invocation invocation)
    {
        try
        {
            RunInTime(invocation, item => _output.Add((item, invocation)));
        }
        catch (Exception exception)
        {
            _output.Add((StreamItem.Failed(invocation.Label, exception), invocation));
        }

        _output.Add((new StreamItem(StreamItemKind.End, invocation.Label), invocation));
    }

    // To its end, or to that of its time.
    private void RunInTime(Invocation invocation, Action<StreamItem> emit)
    {
        if (Timeout is not TimeSpan timeout)
        {
            invocation.Run(emit);
            return;
        }

        bool isOver = false;
        Timer? killer = null;
        using (new Timer(
            _ =>
            {
                isOver = true;
                killer = new Timer(_ => invocation.Kill(), null, Grace, System.Threading.Timeout.InfiniteTimeSpan);
                invocation.Stop();
            },
            null,
            timeout,
            System.Threading.Timeout.InfiniteTimeSpan))
        {
            try
            {
                invocation.Run(emit);
            }
            catch (Exception exception) when (Volatile.Read(ref isOver) && exception is NamespaceException or LinuxException)
            {
                // It was made to end.
            }
        }

        killer?.Dispose();
        if (Volatile.Read(ref isOver))
        {
            throw new NamespaceException(
                ErrorIds.ProcessTimedOut, $"The command in {invocation.Label} did not end within {timeout.TotalSeconds} seconds and was terminated.", "Give more time with -TimeoutSec.");
        }
    }

    // A target that is silent for long is still at work.
    private void HandleNext()
    {
        if (_output.TryTake(out (StreamItem Item, Invocation From) next, _sink.HasErrors ? PumpMilliseconds : ReportMilliseconds, _stop.Token))
        {
            Handle(next.Item, next.From);
        }
        else
        {
            _sink.Pump();
        }

        _report(_ended, _added);
    }

    private void Handle(in StreamItem item, Invocation from)
    {
        if (item.Kind == StreamItemKind.End)
        {
            _running.Remove(from);
            _ended++;
            from.Dispose();
            return;
        }

        _sink.Write(item);
    }

    // Output is discarded from now on; only the ends count.
    private void Drain(TimeSpan time)
    {
        long deadline = time == System.Threading.Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)time.TotalMilliseconds;
        while (_running.Count > 0 && Environment.TickCount64 < deadline)
        {
            if (_output.TryTake(out (StreamItem Item, Invocation From) next, 50) && next.Item.Kind == StreamItemKind.End)
            {
                Handle(next.Item, next.From);
            }
        }
    }
}
