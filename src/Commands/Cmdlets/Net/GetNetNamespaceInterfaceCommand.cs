using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the network interfaces of net namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespaceInterface", DefaultParameterSetName = NameSet)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class GetNetNamespaceInterfaceCommand : PSCmdlet, IDisposable
{
    private const string NameSet = "Name";
    private const string ProcessSet = "Process";
    private const string PathSet = "Path";
    private const string InputSet = "InputObject";
    private const string AllSet = "All";

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<ulong> _written = [];
    private NetInterfaceReader? _reader;
    private LateProgress? _progress;

    /// <summary>The names of the namespaces; without any target, the namespace we are in.</summary>
    [Parameter(Position = 0, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespacePatternCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The namespaces of these processes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProcessSet, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>The namespaces behind these files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>These namespaces.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    [ThisMachine]
    public NamespaceInfo[] InputObject { get; set; } = [];

    /// <summary>All net namespaces that can be found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter All { get; set; }

    /// <summary>Only interfaces with these names.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? InterfaceName { get; set; }

    /// <summary>Reads them, namespace by namespace.</summary>
    protected override void ProcessRecord()
    {
        try
        {
            _reader ??= new NetInterfaceReader(_stop.Token);
            _progress ??= new LateProgress(this, "Reading interfaces of net namespaces");
            switch (ParameterSetName)
            {
                case NameSet when Name.Length == 0: WriteFrom(() => new NetTarget(NamespaceFile.Open("/proc/thread-self/ns/net"), null), "/proc/thread-self/ns/net"); break;
                case NameSet: WriteEach(new NetNamespaceNames(Name).Expand(), name => new NetTarget(NetNamespaceList.Open(name), name)); break;
                case ProcessSet: WriteEach(ProcessId, NetTarget.OpenOf); break;
                case PathSet: WriteEach(LiteralPath, path => new NetTarget(NamespaceFile.Open(FileSystemPath.Resolve(SessionState, path)), null)); break;
                case InputSet: WriteEach(InputObject, NetTarget.Open); break;
                default: WriteEach(NetInterfaceReader.OpenAll(_stop.Token), target => target); break;
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception));
        }
    }

    /// <summary>All are read.</summary>
    protected override void EndProcessing() => _progress?.Complete();

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Ends the thread that goes into namespaces.</summary>
    public void Dispose()
    {
        _reader?.Dispose();
        _stop.Dispose();
    }

    private void WriteEach<T>(IEnumerable<T> items, Func<T, NetTarget> open)
    {
        foreach (T item in items)
        {
            _progress!.Report("net namespaces", _written.Count, 0);
            WriteFrom(() => open(item), item!);
        }
    }

    private void WriteFrom(Func<NetTarget> open, object item)
    {
        try
        {
            using NetTarget target = open();

            // Several processes, or several names, of one namespace.
            if (!_written.Add(target.Handle.Inode))
            {
                return;
            }

            WildcardPattern[]? patterns = InterfaceName?.Select(NetNamespaceNames.ParsePattern).ToArray();
            foreach (NetNamespaceInterface found in _reader!.Read(target))
            {
                if (patterns is null || patterns.Any(pattern => pattern.IsMatch(found.InterfaceName) || found.AltName.Any(pattern.IsMatch)))
                {
                    WriteObject(found);
                }
            }

            if (_reader.WasOvertaken)
            {
                WriteWarning($"The interfaces of {target.Name} changed while they were read: some may be missing, or gone already. Ask again when they hold still.");
            }
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, item));
        }
    }
}
