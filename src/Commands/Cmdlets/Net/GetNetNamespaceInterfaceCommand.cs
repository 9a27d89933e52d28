using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the network interfaces of net namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespaceInterface", DefaultParameterSetName = NameSet)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class GetNetNamespaceInterfaceCommand : NetTargetCommand
{
    private const string NameSet = "Name";
    private const string ProcessSet = "Process";
    private const string PathSet = "Path";
    private const string InputSet = "InputObject";
    private const string AllSet = "All";

    private NetInterfaceReader? _reader;

    /// <summary>Specifies the names of the net namespaces. Without any target, the interfaces of the session's are listed.</summary>
    [Parameter(Position = 0, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespacePatternCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Specifies processes whose net namespaces are meant.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProcessSet, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Specifies namespace files by paths that are taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Specifies net namespaces in any form.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    [ThisMachine]
    public NamespaceInfo[] InputObject { get; set; } = [];

    /// <summary>Indicates that the interfaces of all net namespaces are listed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter All { get; set; }

    /// <summary>Specifies the names of the interfaces to list.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? InterfaceName { get; set; }

    private protected override string Activity => "Reading interfaces of net namespaces";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reader?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void Look()
    {
        _reader ??= new NetInterfaceReader(Stop);
        switch (ParameterSetName)
        {
            case NameSet when Name.Length == 0: LookAtEach(["/proc/thread-self/ns/net"], path => new NetTarget(NamespaceFile.Open(path), null)); break;
            case NameSet: LookAtEach(new NetNamespaceNames(Name).Expand(), name => new NetTarget(NetNamespaceList.Open(name), name)); break;
            case ProcessSet: LookAtEach(ProcessId, NetTarget.OpenOf); break;
            case PathSet: LookAtEach(LiteralPath, path => new NetTarget(NamespaceFile.Open(FileSystemPath.Resolve(SessionState, path)), null)); break;
            case InputSet: LookAtEach(InputObject, NetTarget.Open); break;
            default: LookAtEach(NetInterfaceReader.OpenAll(Stop), target => target); break;
        }
    }

    private protected override void LookAt(NetTarget target)
    {
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
            WarnOvertaken(target, "interfaces");
        }
    }
}
