using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Look;

namespace LinuxNamespaces.Commands;

/// <summary>The base of cmdlets that take any target for a namespace of one type to look into.</summary>
public abstract class NamespaceLookCommand : TargetCommand
{
    /// <summary>The parameter set with single targets.</summary>
    protected const string InputSet = "InputObject";

    /// <summary>The parameter set of all namespaces of the type.</summary>
    protected const string AllSet = "All";

    private LookTargets? _targets;

    /// <summary>
    /// Specifies the namespaces: PIDs, processes, namespaces, paths, containers (wildcards are understood), or names of net
    /// namespaces where those are meant. The session's own by default.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [NamespaceTargetTransform]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespacePlaceCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Indicates that all namespaces of the type are looked into.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter All { get; set; }

    /// <summary>The type that is looked into.</summary>
    private protected abstract NamespaceType Type { get; }

    private protected override string Subject => $"{Type.KernelName()} namespaces";

    /// <summary>Reads one namespace, and writes what is there.</summary>
    private protected abstract void LookAt(LookTarget target);

    private protected override void Look()
    {
        _targets ??= new LookTargets(Type, Stop);
        if (All)
        {
            LookAtEach(_targets.OpenAll(), target => target, LookAt);
            InventoryReport.Write(this, _targets.Inventory, warn: true);
            return;
        }

        if (InputObject.Length == 0)
        {
            LookAtEach<LookTargets, LookTarget>([_targets], targets => targets.OpenOwn(), LookAt);
        }

        foreach (NamespaceTarget target in InputObject)
        {
            if (NamespacePatterns.IsPattern(target))
            {
                WildcardPattern pattern = NamespacePatterns.Parse(target.ToString());
                LookAtEach(_targets.OpenMatching(pattern.IsMatch), found => found, LookAt);
            }
            else
            {
                LookAtEach<NamespaceTarget, LookTarget>([target], _targets.Open, LookAt);
            }
        }
    }

    /// <summary>Whether one of the texts fits one of the patterns; all do where none was given.</summary>
    private protected static bool Fits(IReadOnlyCollection<WildcardPattern>? patterns, params string?[] values) =>
        patterns is null || values.Any(value => value is not null && patterns.Any(pattern => pattern.IsMatch(value)));
}
