using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>Makes named net namespaces, or names those of processes.</summary>
[Cmdlet(VerbsCommon.New, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(NetNamespaceInfo))]
public sealed class NewNetNamespaceCommand : PSCmdlet, IDisposable
{
    // As many as a person waits for before there is something to see.
    private const int NamesInOneGo = 64;

    private readonly CancellationTokenSource _stop = new();
    private NetNamespaceFactory? _factory;
    private LateProgress? _progress;
    private int _done;

    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    /// <summary>Name the net namespace of this process instead of making one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int? ProcessId { get; set; }

    /// <summary>The id our net namespace shall have for it: a number, or Auto.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NetNsIdCompleter))]
    public NetNsIdChoice? NetNsId { get; set; }

    /// <summary>Switch the loopback interface on.</summary>
    [Parameter]
    public SwitchParameter LoopbackUp { get; set; }

    /// <summary>Replace a stale file that something unfinished has left behind.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Makes them.</summary>
    protected override void ProcessRecord()
    {
        _factory ??= new NetNamespaceFactory(_stop.Token);
        _progress ??= new LateProgress(this, "Making net namespaces");
        NetNamespaceSettings settings = new()
        {
            ProcessId = ProcessId,
            NetNsId = NetNsId,
            LoopbackUp = LoopbackUp,
            Force = Force,
        };
        string action = ProcessId is null ? "Create net namespace" : $"Name the net namespace of process {ProcessId}";
        try
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
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            // Not of one name: there is no /proc, or no thread to make them with.
            WriteError(ErrorRecords.From(exception, Name));
        }
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

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Ends the thread that goes into namespaces.</summary>
    public void Dispose()
    {
        _factory?.Dispose();
        _stop.Dispose();
    }
}
