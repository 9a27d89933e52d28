using System.Collections.Generic;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>The base of cmdlets that take any target for a net namespace to look into.</summary>
public abstract class NetNamespaceLookCommand : NetTargetCommand
{
    /// <summary>The parameter set with single targets.</summary>
    protected const string InputSet = "InputObject";

    /// <summary>The parameter set of all net namespaces.</summary>
    protected const string AllSet = "All";

    private NetNamespaceTargets? _targets;

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

    /// <summary>Makes ready for all that are to be looked into, where that is quicker than one by one.</summary>
    private protected virtual void Prepare(IReadOnlyList<NetTarget> targets)
    {
    }

    private protected override void Look()
    {
        _targets ??= new NetNamespaceTargets(Stop);
        if (All)
        {
            List<NetTarget> all = NetInterfaceReader.OpenAll(Stop, out InventoryResult inventory);
            try
            {
                Prepare(all);
                LookAtEach(all, target => target);
            }
            finally
            {
                // Those that nobody came to, because the caller gave up.
                all.ForEach(target => target.Dispose());
            }

            InventoryReport.Write(this, inventory, warn: true);
        }
        else if (InputObject.Length == 0)
        {
            LookAtEach<NamespaceTarget?>([null], _targets.Open);
        }
        else
        {
            LookAtEach(NetNamespaceTargets.Expand(InputObject), _targets.Open);
        }
    }
}
