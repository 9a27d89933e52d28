using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Look;

namespace LinuxNamespaces.Commands;

/// <summary>Measures what the processes of namespaces, or of containers, use.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Namespace", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NamespaceUsage))]
public sealed class MeasureNamespaceCommand : NamespaceCmdlet
{
    private const string InputSet = "InputObject";
    private const string AllSet = "All";
    private const string ContainerSet = "Container";

    private readonly List<(NamespaceType, ulong)> _wanted = [];

    /// <summary>Specifies the namespaces: PIDs, processes, namespaces, paths, containers (wildcards are understood), or names of net namespaces. Those of the session by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [NamespaceTargetTransform]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespacePlaceCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Indicates that all namespaces of the machine are measured that have processes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter All { get; set; }

    /// <summary>Specifies containers by name: one object for each, whatever namespaces its processes are in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ContainerSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespacePlaceCompleter))]
    public string[] Container { get; set; } = [];

    /// <summary>Specifies the types of namespaces; all by default.</summary>
    [Parameter(ParameterSetName = InputSet)]
    [Parameter(ParameterSetName = AllSet)]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    [ValidateNotNullOrEmpty]
    public NamespaceType[] Type { get; set; } = [.. NamespaceTypes.All];

    /// <summary>Specifies for how many seconds processes are watched, so that their share of a processor is known.</summary>
    [Parameter]
    [ValidateRange(0.01, int.MaxValue / 1000)]
    public double? IntervalSec { get; set; }

    /// <summary>Indicates that proportional memory and descriptors are left out, which take the kernel long.</summary>
    [Parameter]
    public SwitchParameter Fast { get; set; }

    /// <summary>Notes which namespaces are meant.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != InputSet)
        {
            return;
        }

        if (InputObject.Length == 0)
        {
            Note(NamespaceTarget.OfNumber(Environment.ProcessId));
        }

        foreach (NamespaceTarget target in InputObject)
        {
            Note(target);
        }
    }

    /// <summary>Measures them all at one time.</summary>
    protected override void EndProcessing()
    {
        UsageReader reader = new(Fast, IntervalSec is double seconds ? TimeSpan.FromSeconds(seconds) : null, Stop);
        Attempt(null, () =>
        {
            if (ParameterSetName == ContainerSet)
            {
                WildcardPattern[] patterns = [.. Container.Select(NamespacePatterns.Parse)];
                WriteObject(reader.MeasureContainers(name => LookTargets.Fits(name, part => patterns.Any(pattern => pattern.IsMatch(part)))), enumerateCollection: true);
            }
            else if (All || _wanted.Count > 0)
            {
                WriteObject(reader.Measure(All ? null : _wanted, NamespaceTypeSet.Of(Type)), enumerateCollection: true);
            }
        });
    }

    private void Note(NamespaceTarget target) =>
        Attempt(target, () => _wanted.AddRange(NamespacesOf.Find(target, NamespaceTypeSet.Of(Type), Stop).Select(ns => (ns.Type, ns.Inode))));
}
