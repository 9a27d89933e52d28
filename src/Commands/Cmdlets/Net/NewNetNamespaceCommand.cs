using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>Makes named net namespaces, or names those of processes.</summary>
[Cmdlet(VerbsCommon.New, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(NetNamespaceInfo))]
public sealed class NewNetNamespaceCommand : NamespaceCmdlet
{
    // As many as a person waits for before there is something to see.
    private const int NamesInOneGo = 64;

    private NetNamespaceFactory? _factory;
    private LateProgress? _progress;
    private int _done;

    /// <summary>Specifies the names of the new net namespaces.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    /// <summary>Specifies a process whose net namespace gets the name. Nothing is created then.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int? ProcessId { get; set; }

    /// <summary>Specifies the id by which the session's net namespace knows the new one: a number, or Auto.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NetNsIdCompleter))]
    [ValidateNotNull]
    public NetNsIdChoice? NetNsId { get; set; }

    /// <summary>Indicates that the loopback interface is switched on.</summary>
    [Parameter]
    public SwitchParameter LoopbackUp { get; set; }

    /// <summary>Indicates that a stale file is replaced, which an interrupted command has left.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Makes them.</summary>
    protected override void ProcessRecord()
    {
        _factory ??= new NetNamespaceFactory(Stop);
        _progress ??= new LateProgress(this, "Making net namespaces");
        NetNamespaceSettings settings = new()
        {
            ProcessId = ProcessId,
            NetNsId = NetNsId,
            LoopbackUp = LoopbackUp,
            Force = Force,
        };
        string action = ProcessId is null ? "Create net namespace" : $"Name the net namespace of process {ProcessId}";
        // Not of one name: there is no /proc, or no thread to make them with.
        Attempt(Name, () =>
        {
            foreach (string[] names in Name.Where(name => ShouldProcess(name, action)).Chunk(NamesInOneGo))
            {
                _progress.Report("net namespaces", _done, MyInvocation.ExpectingInput ? 0 : Name.Length);
                foreach (NameResult<NetNamespaceInfo> result in _factory.CreateAll(names, settings))
                {
                    _done++;
                    if (result.Problem is null)
                    {
                        WriteObject(result.Value);
                    }
                    else
                    {
                        WriteError(ErrorRecords.From(result.Problem, result.Name));
                    }
                }
            }
        });
    }

    /// <summary>All are made.</summary>
    protected override void EndProcessing()
    {
        _progress?.Complete();
        if (_factory?.HiddenText is string hidden)
        {
            InventoryReport.WarnOnce(this, $"{hidden} Had one of them used a file that was cleaned up, it would have lost it.");
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _factory?.Dispose();
        base.Dispose(disposing);
    }
}
