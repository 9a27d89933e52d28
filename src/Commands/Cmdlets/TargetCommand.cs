using System;
using System.Collections.Generic;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>The base of cmdlets that look into namespaces from outside: each namespace once, with stop, progress and errors.</summary>
public abstract class TargetCommand : NamespaceCmdlet
{
    private readonly HashSet<ulong> _seen = [];
    private LateProgress? _progress;

    /// <summary>The noun for the namespaces, in the plural.</summary>
    private protected abstract string Subject { get; }

    /// <summary>The activity that the progress names.</summary>
    private protected virtual string Activity => $"Looking into {Subject}";

    /// <summary>Looks into each namespace.</summary>
    protected override void ProcessRecord()
    {
        Attempt(null, () =>
        {
            _progress ??= new LateProgress(this, Activity);
            Look();
        });
    }

    /// <summary>Takes the progress away.</summary>
    protected override void EndProcessing() => _progress?.Complete();

    /// <summary>Looks at each of the targets that the parameters name.</summary>
    private protected abstract void Look();

    /// <summary>Opens the targets one by one, and looks at each namespace once. An error of one leaves the others.</summary>
    private protected void LookAtEach<TItem, TPlace>(IEnumerable<TItem> items, Func<TItem, TPlace> open, Action<TPlace> look)
        where TPlace : INamespacePlace
    {
        foreach (TItem item in items)
        {
            _progress!.Report(Subject, _seen.Count, 0);
            Attempt(item is INamespacePlace one ? one.Name : item, () =>
            {
                using TPlace place = open(item);

                // Several processes, or several names, of one namespace.
                if (_seen.Add(place.Inode))
                {
                    look(place);
                }
            });
        }
    }
}
