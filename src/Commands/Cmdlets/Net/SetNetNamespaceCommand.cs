using System.Collections.Generic;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>Gives net namespaces ids, as our net namespace sees them.</summary>
[Cmdlet(VerbsCommon.Set, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(NetNamespaceInfo), typeof(NamespaceInfo))]
public sealed class SetNetNamespaceCommand : NamespaceCmdlet
{
    private readonly NetNsIds _ids = new();

    /// <summary>Specifies the net namespaces: names, PIDs, processes, namespaces, paths or containers.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [NamespaceTargetTransform]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [Alias("Name")]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Specifies the id: a number, or Auto for the next one that is free.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(NetNsIdCompleter))]
    public NetNsIdChoice NetNsId { get; set; }

    /// <summary>Indicates that the namespaces are written with their ids.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Sets them, one by one.</summary>
    protected override void ProcessRecord()
    {
        Attempt(InputObject, () =>
        {
            // The names anew for each object of the pipeline: the command before may have made one.
            NetNamespaceTargets targets = new(Stop);
            foreach (NamespaceTarget target in NetNamespaceTargets.Expand(InputObject))
            {
                Set(targets, target);
            }
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _ids.Dispose();
        base.Dispose(disposing);
    }

    // The id is of the namespace, whatever it is called.
    private void Set(NetNamespaceTargets targets, NamespaceTarget given)
    {
        Attempt(given, () =>
        {
            using NetTarget target = targets.Open(given);
            if (!ShouldProcess(target.Name, $"Set the id of the net namespace to {NetNsId}"))
            {
                return;
            }

            _ids.Assign(target.Handle, target.Name, NetNsId);
            if (PassThru)
            {
                Write(target);
            }
        });
    }

    private void Write(NetTarget target)
    {
        IEnumerable<NamespaceInfo> found = NetNamespaceDirectory.Has(target.Name)
            ? NetNamespaceList.Read(name => name == target.Name, _ids, Stop).Namespaces
            : NamespaceInventory.Read(new InventoryOptions { Inodes = new HashSet<ulong> { target.Handle.Inode }, Sources = NamespaceSource.All }, Stop).Namespaces;
        WriteObject(found, enumerateCollection: true);
    }
}
