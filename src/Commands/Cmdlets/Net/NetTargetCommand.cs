using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>What cmdlets share that look into net namespaces, from outside: each namespace once, with stop, progress and errors.</summary>
public abstract class NetTargetCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<ulong> _seen = [];
    private LateProgress? _progress;

    private protected CancellationToken Cancellation => _stop.Token;

    /// <summary>The activity that the progress names.</summary>
    private protected virtual string Activity => "Looking into net namespaces";

    /// <summary>Looks into each namespace.</summary>
    protected override void ProcessRecord()
    {
        try
        {
            _progress ??= new LateProgress(this, Activity);
            Look();
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception));
        }
    }

    /// <summary>Takes the progress away.</summary>
    protected override void EndProcessing() => _progress?.Complete();

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Ends the thread that goes into namespaces.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    /// <param name="disposing">False in a finalizer.</param>
    protected virtual void Dispose(bool disposing) => _stop.Dispose();

    /// <summary>Calls <see cref="LookAtEach"/> with the targets that the parameters name.</summary>
    private protected abstract void Look();

    /// <summary>Reads one namespace, and writes or keeps what is there.</summary>
    private protected abstract void LookAt(NetTarget target);

    /// <summary>Says that what was read may not be complete.</summary>
    private protected void WarnOvertaken(NetTarget target, string what) =>
        WriteWarning($"The {what} of {target.Name} changed while they were read: some may be missing, or gone already. Ask again when they hold still.");

    /// <summary>Opens the targets one by one, and looks at each namespace once. An error of one leaves the others.</summary>
    private protected void LookAtEach<T>(IEnumerable<T> items, Func<T, NetTarget> open)
    {
        foreach (T item in items)
        {
            _progress!.Report("net namespaces", _seen.Count, 0);
            try
            {
                using NetTarget target = open(item);

                // Several processes, or several names, of one namespace.
                if (_seen.Add(target.Handle.Inode))
                {
                    LookAt(target);
                }
            }
            catch (Exception exception) when (exception is NamespaceException or LinuxException)
            {
                WriteError(ErrorRecords.From(exception, item is NetTarget one ? one.Name : item));
            }
        }
    }
}
