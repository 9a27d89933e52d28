using System;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Watch;

namespace LinuxNamespaces.Commands;

/// <summary>Reports namespaces as they come and go, beginning with those that are there.</summary>
[Cmdlet("Watch", "Namespace")]
[OutputType(typeof(NamespaceEvent))]
public sealed class WatchNamespaceCommand : NamespaceCmdlet
{
    private NamespaceWatcher? _watcher;

    /// <summary>Specifies the types to watch. The default is all. Net alone means names and ids, which are reported at once, unless -IntervalSec is given.</summary>
    [Parameter(Position = 0)]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    [ValidateNotNullOrEmpty]
    public NamespaceType[] Type { get; set; } = [.. NamespaceTypes.All];

    /// <summary>Specifies the seconds between two looks. The default is 0.05 where the kernel's task iterator is read, and 1 where /proc is.</summary>
    [Parameter]
    [ValidateRange(0.01, int.MaxValue / 1000)]
    public double? IntervalSec { get; set; }

    /// <summary>Specifies after how many seconds the watch ends.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    public double? TimeoutSec { get; set; }

    /// <summary>Specifies after how many changes the watch ends. Namespaces that are there at the start do not count.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    private bool Looks => Type.Any(type => type != NamespaceType.Net) || IntervalSec is not null;

    /// <summary>Watches.</summary>
    protected override void ProcessRecord()
    {
        // Ctrl+C may come late, so it stays open until the cmdlet is disposed of.
        NamespaceWatcher watcher = _watcher = new NamespaceWatcher(NamespaceTypeSet.Of(Type), Looks, Seconds(IntervalSec));
        Require(null, () =>
        {
            int seen = 0;
            foreach (NamespaceEvent happened in watcher.Watch(Seconds(TimeoutSec), Stop))
            {
                WriteObject(happened);
                if (happened.Change != NamespaceChange.Existing && ++seen == Count)
                {
                    return;
                }
            }
        });
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        _watcher?.Wake();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _watcher?.Dispose();
        base.Dispose(disposing);
    }

    private static TimeSpan? Seconds(double? seconds) => seconds is double value ? TimeSpan.FromSeconds(value) : null;
}
