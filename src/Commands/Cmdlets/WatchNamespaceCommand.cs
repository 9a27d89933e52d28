using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Watch;

namespace LinuxNamespaces.Commands;

/// <summary>Reports namespaces as they come and go, beginning with those that are there.</summary>
[Cmdlet("Watch", "Namespace")]
[OutputType(typeof(NamespaceEvent))]
public sealed class WatchNamespaceCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private NetNamespaceWatch? _names;
    private NamespacePoll? _poll;

    /// <summary>
    /// The kinds of namespaces; all without it. Names and ids of net namespaces are heard of at once, all else is
    /// looked for. Net alone means names and ids, unless -IntervalSec is given.
    /// </summary>
    [Parameter(Position = 0)]
    [NamespaceTypeTransform]
    [ValidateNotNullOrEmpty]
    public NamespaceType[] Type { get; set; } = [.. NamespaceTypes.All];

    /// <summary>
    /// Look after this many seconds, each look beginning no sooner after the end of the last. Without it, 0.05 where
    /// the kernel's task iterator is read, 1 where /proc is.
    /// </summary>
    [Parameter]
    [ValidateRange(0.01, int.MaxValue / 1000)]
    public double? IntervalSec { get; set; }

    /// <summary>End after this many seconds.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    public double? TimeoutSec { get; set; }

    /// <summary>End after this many changes; those that are there at the start do not count.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    private TimeSpan Interval => TimeSpan.FromSeconds(IntervalSec ?? (_poll is { IsCheap: true } ? 0.05 : 1));

    private bool WatchesNames => Type.Contains(NamespaceType.Net);

    private bool Polls => Type.Any(type => type != NamespaceType.Net) || MyInvocation.BoundParameters.ContainsKey(nameof(IntervalSec));

    /// <summary>Watches.</summary>
    protected override void ProcessRecord()
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        try
        {
            WriteObject(Begin(), enumerateCollection: true);
            int seen = 0;
            TimeSpan last = elapsed.Elapsed;
            for (int left = Remaining(elapsed); left != 0 && !_stop.IsCancellationRequested; left = Remaining(elapsed))
            {
                foreach (NamespaceEvent happened in Wait(elapsed, left, ref last))
                {
                    WriteObject(happened);
                    if (++seen == Count)
                    {
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            ThrowTerminatingError(ErrorRecords.From(exception));
        }
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing()
    {
        _stop.Cancel();
        _names?.Wake();
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        _names?.Dispose();
        _stop.Dispose();
    }

    private List<NamespaceEvent> Begin()
    {
        List<NamespaceEvent> events = [];
        if (WatchesNames)
        {
            _names = new NetNamespaceWatch();
            events.AddRange(_names.ReadExisting());
        }

        if (Polls)
        {
            _poll = new NamespacePoll(NamespaceTypeSet.Of(Type));
            events.AddRange(_poll.Look(_stop.Token));
        }

        return events;
    }

    // Until the next look is due, or a name or id is heard of.
    private IReadOnlyList<NamespaceEvent> Wait(Stopwatch elapsed, int left, ref TimeSpan last)
    {
        int due = _poll is null ? -1 : (int)Math.Max(0, Math.Ceiling((last + Interval - elapsed.Elapsed).TotalMilliseconds));
        int patience = left < 0 ? due : due < 0 ? left : Math.Min(left, due);
        IReadOnlyList<NamespaceEvent> heard = [];
        if (_names is not null)
        {
            heard = _names.Wait(patience);
        }
        else
        {
            _ = _stop.Token.WaitHandle.WaitOne(patience);
        }

        if (_poll is null || elapsed.Elapsed < last + Interval)
        {
            return heard;
        }

        List<NamespaceEvent> seen = _poll.Look(_stop.Token);
        last = elapsed.Elapsed;
        return [.. heard, .. seen];
    }

    // Milliseconds, -1 for ever; rounded up, so that it is 0 only when time is up.
    private int Remaining(Stopwatch elapsed) => TimeoutSec is double seconds
        ? (int)Math.Max(0, Math.Ceiling((seconds * 1000) - elapsed.Elapsed.TotalMilliseconds))
        : -1;
}
