using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>Takes the names of net namespaces away, and with them the namespaces nobody else keeps.</summary>
[Cmdlet(VerbsCommon.Remove, "NetNamespace", SupportsShouldProcess = true, DefaultParameterSetName = NameSet)]
[OutputType(typeof(void))]
public sealed class RemoveNetNamespaceCommand : PSCmdlet, IDisposable
{
    private const string NameSet = "Name";
    private const string InputSet = "InputObject";

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<ulong, string> _removed = [];
    private NetNamespaceRemover? _remover;

    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Net namespaces with a name; a name that stands for another by now is left alone.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    public NamespaceInfo[] InputObject { get; set; } = [];

    /// <summary>Clean up a stale file that something unfinished has left behind.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Removes them, one by one.</summary>
    protected override void ProcessRecord()
    {
        _remover ??= new NetNamespaceRemover(_stop.Token);
        if (ParameterSetName == NameSet)
        {
            foreach (string name in new NetNamespaceNames(Name).Expand())
            {
                Remove(name, null);
            }
        }

        foreach (NamespaceInfo info in InputObject)
        {
            if (info.Name is string name)
            {
                Remove(name, info.Inode);
            }
            else
            {
                WriteError(ErrorRecords.Create(
                    ErrorRecords.NamespaceHasNoName, $"{info} has no name in {NetNamespaceDirectory.Location}.", null, info));
            }
        }
    }

    /// <summary>Says who keeps what was removed, to who wants to know.</summary>
    protected override void EndProcessing()
    {
        if (_removed.Count == 0 || !IsVerbose())
        {
            return;
        }

        try
        {
            foreach (NamespaceInfo held in NetNamespaceHolders.Find(new HashSet<ulong>(_removed.Keys), _stop.Token))
            {
                WriteVerbose($"{held}, '{_removed[held.Inode]}' until now, lives on: {NetNamespaceHolders.Describe(held)}.");
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (LinuxException exception)
        {
            WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"Who keeps them cannot be told: {exception.Message}"));
        }
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Ends the thread that goes into namespaces.</summary>
    public void Dispose()
    {
        _remover?.Dispose();
        _stop.Dispose();
    }

    private void Remove(string name, ulong? inode)
    {
        if (!ShouldProcess(name, "Remove net namespace"))
        {
            return;
        }

        try
        {
            ulong removed = _remover!.Remove(name, Force, inode);
            if (removed != 0)
            {
                _removed[removed] = name;
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, name));
        }
    }

    private bool IsVerbose() => MyInvocation.BoundParameters.TryGetValue("Verbose", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : GetVariableValue("VerbosePreference") is ActionPreference and not ActionPreference.SilentlyContinue;
}
