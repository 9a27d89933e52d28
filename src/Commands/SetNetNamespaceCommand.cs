using System;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Kernel;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>Gives named net namespaces ids, as our net namespace sees them.</summary>
[Cmdlet(VerbsCommon.Set, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(NetNamespaceInfo))]
public sealed class SetNetNamespaceCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly NetNsIds _ids = new();

    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespacePatternCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The id: a number, or Auto for the next one that is free.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(NetNsIdCompleter))]
    public NetNsIdChoice NetNsId { get; set; }

    /// <summary>Sets them, one by one.</summary>
    protected override void ProcessRecord()
    {
        try
        {
            foreach (string name in new NetNamespaceNames(Name).Expand())
            {
                Set(name);
            }
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, Name));
        }
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Closes the socket.</summary>
    public void Dispose()
    {
        _ids.Dispose();
        _stop.Dispose();
    }

    private void Set(string name)
    {
        if (!ShouldProcess(name, $"Set the id of the net namespace to {NetNsId}"))
        {
            return;
        }

        try
        {
            using (NamespaceHandle handle = NetNamespaceList.Open(name))
            {
                _ids.Assign(handle, name, NetNsId);
            }

            WriteObject(NetNamespaceList.Read(other => other == name, _ids, _stop.Token).Namespaces, enumerateCollection: true);
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
}
