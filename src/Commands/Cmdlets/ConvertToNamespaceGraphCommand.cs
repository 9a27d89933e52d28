using System.Collections.Generic;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Graph;

namespace LinuxNamespaces.Commands;

/// <summary>Writes the relations of namespaces, and the interfaces of net namespaces with their peers, as text to draw.</summary>
[Cmdlet(VerbsData.ConvertTo, "NamespaceGraph")]
[OutputType(typeof(string))]
public sealed class ConvertToNamespaceGraphCommand : NamespaceCmdlet
{
    private readonly List<NamespaceInfo> _namespaces = [];
    private readonly List<NetNamespaceInterface> _interfaces = [];

    /// <summary>Specifies the output of Get-Namespace and Get-NetNamespaceInterface, also from other machines.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>Specifies the language of the graph.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    public GraphFormat Format { get; set; } = GraphFormat.Mermaid;

    /// <summary>Specifies the relation to draw.</summary>
    [Parameter]
    [ValidateNotNull]
    public NamespaceHierarchy Hierarchy { get; set; } = NamespaceHierarchy.Owner;

    /// <summary>Collects what is to be drawn.</summary>
    protected override void ProcessRecord()
    {
        foreach (PSObject item in InputObject)
        {
            if (DeserializedObject.ReadInterface(item) is NetNamespaceInterface link)
            {
                _interfaces.Add(link);
            }
            else if (DeserializedObject.ReadNamespace(item) is NamespaceInfo ns)
            {
                _namespaces.Add(ns);
            }
            else
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.NotDrawable,
                    $"'{SafeText.Escape($"{item}")}' is neither a namespace nor a network interface.",
                    "Give what Get-Namespace and Get-NetNamespaceInterface write.",
                    item));
            }
        }
    }

    /// <summary>Writes the text.</summary>
    protected override void EndProcessing()
    {
        NamespaceGraph graph = new();
        graph.Add(_namespaces, Hierarchy);
        graph.Add(_interfaces);
        WriteObject(GraphWriter.Write(graph, Format));
    }
}
