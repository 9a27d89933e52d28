using System;
using System.Diagnostics;
using System.Management.Automation;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>Reports namespaces as they come and go, beginning with those that are there.</summary>
[Cmdlet("Watch", "Namespace")]
[OutputType(typeof(NamespaceEvent))]
public sealed class WatchNamespaceCommand : PSCmdlet, IDisposable
{
    private NetNamespaceWatch? _watch;
    private volatile bool _stopped;

    /// <summary>The kind of namespaces: Net, for named ones and the ids ours has for others.</summary>
    [Parameter(Position = 0)]
    [NamespaceTypeTransform]
    [ValidateSet(nameof(NamespaceType.Net))]
    public NamespaceType Type { get; set; } = NamespaceType.Net;

    /// <summary>End after this many seconds.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    public double? TimeoutSec { get; set; }

    /// <summary>End after this many changes; those that are there at the start do not count.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Watches.</summary>
    protected override void ProcessRecord()
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        try
        {
            _watch = new NetNamespaceWatch();
            WriteObject(_watch.ReadExisting(), enumerateCollection: true);
            int seen = 0;
            for (int left = Remaining(elapsed); left != 0 && !_stopped; left = Remaining(elapsed))
            {
                foreach (NamespaceEvent happened in _watch.Wait(left))
                {
                    WriteObject(happened);
                    if (++seen == Count)
                    {
                        return;
                    }
                }
            }
        }
        catch (LinuxException exception)
        {
            ThrowTerminatingError(ErrorRecords.From(exception));
        }
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing()
    {
        _stopped = true;
        _watch?.Wake();
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _watch?.Dispose();

    // Milliseconds, -1 for ever; rounded up, so that it is 0 only when time is up.
    private int Remaining(Stopwatch elapsed) => TimeoutSec is double seconds
        ? (int)Math.Max(0, Math.Ceiling((seconds * 1000) - elapsed.Elapsed.TotalMilliseconds))
        : -1;
}
