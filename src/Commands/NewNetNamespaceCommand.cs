using System;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>Makes named net namespaces, or names those of processes.</summary>
[Cmdlet(VerbsCommon.New, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(NetNamespaceInfo))]
public sealed class NewNetNamespaceCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private NetNamespaceFactory? _factory;

    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    /// <summary>Name the net namespace of this process instead of making one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
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

    /// <summary>Makes them, one by one.</summary>
    protected override void ProcessRecord()
    {
        _factory ??= new NetNamespaceFactory(_stop.Token);
        NetNamespaceSettings settings = new()
        {
            ProcessId = ProcessId,
            NetNsId = NetNsId,
            LoopbackUp = LoopbackUp,
            Force = Force,
        };
        foreach (string name in Name)
        {
            if (!ShouldProcess(name, ProcessId is null ? "Create net namespace" : $"Name the net namespace of process {ProcessId}"))
            {
                continue;
            }

            try
            {
                WriteObject(_factory.Create(name, settings));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is NamespaceException or LinuxException)
            {
                WriteError(ErrorRecords.From(exception, name));
            }
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
