using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>Gives named net namespaces ids, as our net namespace sees them.</summary>
[Cmdlet(VerbsCommon.Set, "NetNamespace", SupportsShouldProcess = true, DefaultParameterSetName = NameSet)]
[OutputType(typeof(NetNamespaceInfo), typeof(NamespaceInfo))]
public sealed class SetNetNamespaceCommand : PSCmdlet, IDisposable
{
    private const string NameSet = "Name";
    private const string InputSet = "InputObject";

    private readonly CancellationTokenSource _stop = new();
    private readonly NetNsIds _ids = new();

    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    [TextOnly]
    [ArgumentCompleter(typeof(NamespacePatternCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Net namespaces, with a name or without; one that has been replaced since is left alone.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    public NamespaceInfo[] InputObject { get; set; } = [];

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
                Set(name, null);
            }

            foreach (NamespaceInfo info in InputObject)
            {
                SetOf(info);
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

    private void SetOf(NamespaceInfo info)
    {
        if (info.Name is string name)
        {
            Set(name, info);
        }
        else
        {
            SetUnnamed(info);
        }
    }

    // The id is of the namespace, whatever it is called.
    private void SetUnnamed(NamespaceInfo info)
    {
        try
        {
            using NetTarget target = NetTarget.Open(info);
            if (!ShouldProcess(target.Name, $"Set the id of the net namespace to {NetNsId}"))
            {
                return;
            }

            _ids.Assign(target.Handle, target.Name, NetNsId);
            WriteObject(NamespaceInventory.Read(new InventoryOptions { Inodes = new HashSet<ulong> { info.Inode }, Sources = NamespaceSource.All }, _stop.Token).Namespaces, enumerateCollection: true);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, info));
        }
    }

    private void Set(string name, NamespaceInfo? expected)
    {
        if (!ShouldProcess(name, $"Set the id of the net namespace to {NetNsId}"))
        {
            return;
        }

        try
        {
            using (NamespaceHandle handle = NetNamespaceList.Open(name))
            {
                NetNamespaceList.RequireSame(name, handle, expected);
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
