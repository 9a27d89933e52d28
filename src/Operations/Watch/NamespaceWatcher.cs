using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Watch;

/// <summary>Watches namespaces: the kernel reports names and ids of net namespaces, repeated looks find everything else.</summary>
/// <param name="types">The types to watch.</param>
/// <param name="looks">Whether to look for what the kernel does not report.</param>
/// <param name="interval">The time between two looks; null for 0.05 seconds with the kernel's task iterator and 1 second with /proc.</param>
internal sealed class NamespaceWatcher(NamespaceTypeSet types, bool looks, TimeSpan? interval) : IDisposable
{
    private static readonly TimeSpan s_cheap = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_dear = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private NetNamespaceWatch? _names;
    private NamespacePoll? _poll;
    private TimeSpan _last;

    private TimeSpan Interval => interval ?? (_poll is { IsCheap: true } ? s_cheap : s_dear);

    /// <summary>Gives the namespaces that exist, and then each change, until the time is up or the caller gives up.</summary>
    /// <param name="timeout">The time since the watcher was made; null for no limit.</param>
    /// <param name="cancellation">Ends the watch together with <see cref="Wake"/>.</param>
    /// <exception cref="LinuxException">There is no usable /proc, or no inotify.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up during a look.</exception>
    internal IEnumerable<NamespaceEvent> Watch(TimeSpan? timeout, CancellationToken cancellation)
    {
        foreach (NamespaceEvent existing in Begin(cancellation))
        {
            yield return existing;
        }

        _last = _elapsed.Elapsed;
        for (int left = Remaining(timeout); left != 0 && !cancellation.IsCancellationRequested; left = Remaining(timeout))
        {
            foreach (NamespaceEvent happened in Wait(left, cancellation))
            {
                yield return happened;
            }
        }
    }

    /// <summary>Ends a wait, from another thread.</summary>
    internal void Wake() => _names?.Wake();

    public void Dispose() => _names?.Dispose();

    private List<NamespaceEvent> Begin(CancellationToken cancellation)
    {
        List<NamespaceEvent> events = [];
        if (types.Contains(NamespaceType.Net))
        {
            _names = new NetNamespaceWatch();
            events.AddRange(_names.ReadExisting());
        }

        if (looks)
        {
            _poll = new NamespacePoll(types);
            events.AddRange(_poll.Look(cancellation));
        }

        return events;
    }

    // Until the next look is due, or the kernel reports a name or an id.
    private IReadOnlyList<NamespaceEvent> Wait(int left, CancellationToken cancellation)
    {
        int due = _poll is null ? -1 : (int)Math.Max(0, Math.Ceiling((_last + Interval - _elapsed.Elapsed).TotalMilliseconds));
        int patience = left < 0 ? due : due < 0 ? left : Math.Min(left, due);
        IReadOnlyList<NamespaceEvent> heard = [];
        if (_names is not null)
        {
            heard = _names.Wait(patience);
        }
        else
        {
            _ = cancellation.WaitHandle.WaitOne(patience);
        }

        if (_poll is null || _elapsed.Elapsed < _last + Interval)
        {
            return heard;
        }

        List<NamespaceEvent> seen = _poll.Look(cancellation);
        _last = _elapsed.Elapsed;
        return [.. heard, .. seen];
    }

    // Milliseconds, -1 for ever; rounded up, so that it is 0 only when time is up.
    private int Remaining(TimeSpan? timeout) => timeout is TimeSpan time ? (int)Math.Max(0, Math.Ceiling((time - _elapsed.Elapsed).TotalMilliseconds)) : -1;
}
