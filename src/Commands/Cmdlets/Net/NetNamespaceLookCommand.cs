using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Links;

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

    private protected override void Look()
    {
        _targets ??= new NetNamespaceTargets(Cancellation);
        if (All)
        {
            LookAtEach(NetInterfaceReader.OpenAll(Cancellation), target => target);
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
