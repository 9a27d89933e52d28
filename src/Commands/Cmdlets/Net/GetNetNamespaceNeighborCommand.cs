using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Net.Tables;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the neighbours of net namespaces: their ARP and NDP tables.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespaceNeighbor", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NetNamespaceNeighbor))]
public sealed class GetNetNamespaceNeighborCommand : NetNamespaceLookCommand
{
    private NetTableReader? _reader;
    private WildcardPattern[]? _interfaces;

    /// <summary>Specifies the interfaces behind which the neighbours are; all by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string[]? InterfaceName { get; set; }

    /// <summary>Specifies the family of addresses; both by default.</summary>
    [Parameter]
    [ValidateSet(nameof(NetAddressFamily.IPv4), nameof(NetAddressFamily.IPv6))]
    public NetAddressFamily? AddressFamily { get; set; }

    /// <summary>Specifies states, one of which an entry must have. By default all but NoArp, which ip leaves out too.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public NetNeighborState[]? State { get; set; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reader?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void LookAt(NetTarget target)
    {
        _reader ??= new NetTableReader(Stop);
        _interfaces ??= InterfaceName?.Select(NetNamespaceNames.ParsePattern).ToArray();
        WriteObject(_reader.ReadNeighbors(target).Where(Fits), enumerateCollection: true);
        if (_reader.WasOvertaken)
        {
            WarnOvertaken(target, "neighbours");
        }
    }

    private bool Fits(NetNamespaceNeighbor entry) => (AddressFamily is null || entry.AddressFamily == AddressFamily)
        && (State is null ? entry.State != NetNeighborState.NoArp : State.Any(state => state == entry.State || (entry.State & state) != 0))
        && (_interfaces is null || _interfaces.Any(pattern => pattern.IsMatch(entry.InterfaceName ?? string.Empty)));
}
