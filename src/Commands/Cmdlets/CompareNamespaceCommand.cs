using System;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Compare;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Shows which namespaces processes share.</summary>
[Cmdlet(VerbsData.Compare, "Namespace")]
[OutputType(typeof(NamespaceComparison))]
public sealed class CompareNamespaceCommand : NamespaceCmdlet
{
    private readonly NamespaceComparer _comparer = new();
    private ResolvedTarget? _reference;

    /// <summary>Specifies the process that the others are compared with.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [NamespaceTargetTransform]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget ReferenceObject { get; set; } = null!;

    /// <summary>Specifies the processes to compare. The default is this PowerShell.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true)]
    [NamespaceTargetTransform]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    [ValidateNotNullOrEmpty]
    public NamespaceTarget[] DifferenceObject { get; set; } = [new NamespaceTarget(Environment.ProcessId)];

    /// <summary>Specifies the types to compare. By default, all are compared.</summary>
    [Parameter]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    public NamespaceType[]? Type { get; set; }

    /// <summary>Indicates that types in which both are in the same namespace are left out.</summary>
    [Parameter]
    public SwitchParameter ExcludeEqual { get; set; }

    private NamespaceTypeSet Types => NamespaceTypeSet.OfOrAll(Type);

    /// <summary>Opens what the others are compared with.</summary>
    protected override void BeginProcessing()
    {
        Require(ReferenceObject, () =>
        {
            _reference = ReferenceObject.Resolve(Types, Stop);
        });
    }

    /// <summary>Compares, one by one.</summary>
    protected override void ProcessRecord()
    {
        foreach (NamespaceTarget target in DifferenceObject)
        {
            Attempt(target, () =>
            {
                using ResolvedTarget difference = target.Resolve(Types, Stop);
                WriteObject(_comparer.Compare(_reference!, difference).Where(row => !(ExcludeEqual && row.IsEqual)), enumerateCollection: true);
            });
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reference?.Dispose();
        base.Dispose(disposing);
    }
}
