using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>The base of cmdlets that change existing interfaces: it selects them.</summary>
public abstract class NetNamespaceInterfaceCommand : NamespaceCmdlet
{
    /// <summary>The parameter set with names.</summary>
    protected const string NameSet = "Name";

    /// <summary>The parameter set with objects.</summary>
    protected const string InterfaceSet = "Interface";

    private NamespaceThread? _thread;
    private NetNamespaceTargets? _targets;

    /// <summary>Specifies the net namespaces the interfaces are in: names, PIDs, processes, namespaces, paths or containers. The session's own by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = NameSet)]
    [NamespaceTargetTransform]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Specifies the interfaces by name or alternative name.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>Specifies interfaces, as Get-NetNamespaceInterface writes them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InterfaceSet)]
    [NetInterfaceTransform]
    public NetNamespaceInterface[] Interface { get; set; } = [];

    private protected NamespaceThread Thread => _thread ??= new NamespaceThread();

    private protected NetNamespaceTargets Targets => _targets ??= new NetNamespaceTargets(Stop);

    /// <summary>Takes the interfaces one by one.</summary>
    protected override void ProcessRecord()
    {
        Attempt(null, () =>
        {
            Prepare();
            if (ParameterSetName == InterfaceSet)
            {
                foreach (NetNamespaceInterface item in Interface)
                {
                    Try(DeserializedObject.ReadNetNamespace(PSObject.AsPSObject(item)), side => [side.RequireSame(item)], item);
                }

                return;
            }

            IEnumerable<NamespaceTarget?> targets = NetNamespaceTargets.ExpandOrOwn(InputObject);
            foreach (NamespaceTarget? target in targets)
            {
                Try(target, Find, target);
            }
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _thread?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Checks what was given, before anything is changed.</summary>
    private protected virtual void Prepare()
    {
    }

    /// <summary>Changes one interface.</summary>
    private protected abstract void Change(NetConnectionSide side, LinkMessage link);

    /// <summary>Writes the interface of a name, as Get-NetNamespaceInterface does.</summary>
    private protected void WriteInterface(NetConnectionSide side, string name)
    {
        using NetInterfaceReader reader = new(Stop);
        using NetTarget target = Targets.Open(new NamespaceTarget($"net:[{side.Handle.Inode}]"));
        WriteObject(reader.Read(target).Where(found => found.InterfaceName == name), enumerateCollection: true);
    }

    private void Try(NamespaceTarget? target, Func<NetConnectionSide, IEnumerable<LinkMessage>> find, object? item)
    {
        Attempt(item, () =>
        {
            using NetConnectionSide side = NetConnectionSide.Open(Targets.Open(target), Thread);
            foreach (LinkMessage link in find(side))
            {
                Stop.ThrowIfCancellationRequested();
                TryChange(side, link, item);
            }
        });
    }

    private void TryChange(NetConnectionSide side, LinkMessage link, object? item)
    {
        Attempt(item ?? link.Name, () =>
        {
            Change(side, link);
        });
    }

    private List<LinkMessage> Find(NetConnectionSide side)
    {
        List<LinkMessage>? links = null;
        List<LinkMessage> found = [];
        foreach (string name in InterfaceName)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name))
            {
                found.Add(side.RequireNamed(name));
                continue;
            }

            WildcardPattern pattern = NetNamespaceNames.ParsePattern(name);
            links ??= side.ReadLinks();
            found.AddRange(links.Where(link => pattern.IsMatch(link.Name) || link.AlternativeNames.Any(pattern.IsMatch)));
        }

        return [.. found.DistinctBy(link => link.Index)];
    }
}
