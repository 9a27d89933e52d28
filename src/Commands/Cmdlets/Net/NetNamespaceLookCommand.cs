using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>What cmdlets share that look into net namespaces, from outside: which ones, each once.</summary>
public abstract class NetNamespaceLookCommand : PSCmdlet, IDisposable
{
    /// <summary>The parameter set with single targets.</summary>
    protected const string InputSet = "InputObject";

    /// <summary>The parameter set of all net namespaces.</summary>
    protected const string AllSet = "All";

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<ulong> _seen = [];
    private NetNamespaceTargets? _targets;
    private LateProgress? _progress;

    /// <summary>Specifies the net namespaces: names (wildcards are understood), PIDs, processes, namespaces, paths or containers. The session's own by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [NamespaceTargetTransform]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Indicates that all net namespaces of the machine are looked into.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter All { get; set; }

    private protected CancellationToken Cancellation => _stop.Token;

    /// <summary>Looks into each namespace.</summary>
    protected override void ProcessRecord()
    {
        try
        {
            _targets ??= new NetNamespaceTargets(_stop.Token);
            _progress ??= new LateProgress(this, "Looking into net namespaces");
            if (All)
            {
                LookAt(NetInterfaceReader.OpenAll(_stop.Token), target => target);
            }
            else if (InputObject.Length == 0)
            {
                LookAt<NamespaceTarget?>([null], _targets.Open);
            }
            else
            {
                LookAt(NetNamespaceTargets.Expand(InputObject), _targets.Open);
            }
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

    /// <summary>Reads one namespace, and writes or keeps what is there.</summary>
    private protected abstract void LookAt(NetTarget target);

    /// <summary>Says that what was read may not be complete.</summary>
    private protected void WarnOvertaken(NetTarget target, string what) =>
        WriteWarning($"The {what} of {target.Name} changed while they were read: some may be missing, or gone already. Ask again when they hold still.");

    private void LookAt<T>(IEnumerable<T> items, Func<T, NetTarget> open)
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
