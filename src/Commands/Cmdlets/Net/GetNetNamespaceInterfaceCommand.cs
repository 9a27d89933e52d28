using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the network interfaces of net namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespaceInterface", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class GetNetNamespaceInterfaceCommand : NetNamespaceLookCommand
{
    private NetInterfaceReader? _reader;
    private WildcardPattern[]? _patterns;

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

    private protected override void LookAt(NetTarget target)
    {
        _reader ??= new NetInterfaceReader(Stop);
        _patterns ??= InterfaceName?.Select(NetNamespaceNames.ParsePattern).ToArray();
        foreach (NetNamespaceInterface found in _reader.Read(target))
        {
            if (_patterns is null || _patterns.Any(pattern => pattern.IsMatch(found.InterfaceName) || found.AltName.Any(pattern.IsMatch)))
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
