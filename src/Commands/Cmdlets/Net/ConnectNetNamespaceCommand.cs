using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Net.Internet;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands;

/// <summary>Joins two net namespaces, or one and the host, by a veth pair.</summary>
[Cmdlet(VerbsCommunications.Connect, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class ConnectNetNamespaceCommand : NetConnectionCommand
{
    private const string InternetAction = "Connect to the internet by the host";

    /// <summary>Specifies addresses of the first side, for example 10.0.0.1/24 or fd00::1/64.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] Address { get; set; } = [];

    /// <summary>Specifies addresses of the second side; with -Bridge, of the bridge.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] PeerAddress { get; set; } = [];

    /// <summary>Specifies the name of the interface of the first side. The default is the first free vethN.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? InterfaceName { get; set; }

    /// <summary>Specifies the name of the interface of the second side.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PeerInterfaceName { get; set; }

    /// <summary>Specifies the hardware address of the first side.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MacAddress { get; set; }

    /// <summary>Specifies the hardware address of the second side.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PeerMacAddress { get; set; }

    /// <summary>Specifies the size of the largest packet, on both sides.</summary>
    [Parameter]
    [ValidateRange(68, 65535)]
    public int? Mtu { get; set; }

    /// <summary>Specifies the default gateways of the first side, one per family.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] DefaultGateway { get; set; } = [];

    /// <summary>Specifies the default gateways of the second side.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] PeerDefaultGateway { get; set; } = [];

    /// <summary>Specifies routes of the first side: networks and the gateways to them.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Route { get; set; } = new Hashtable();

    /// <summary>Specifies routes of the second side.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary PeerRoute { get; set; } = new Hashtable();

    /// <summary>Specifies a bridge on the second side, of which the interface there becomes a port. A missing bridge is created.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Bridge { get; set; }

    /// <summary>
    /// Indicates that the net namespace gets a way out by the host. For root it is a default route, forwarding, and masquerading by the program nft, in a table of the
    /// module's own. For an ordinary user, whose net namespace it is, the program pasta gives it.
    /// </summary>
    [Parameter]
    public SwitchParameter Internet { get; set; }

    /// <summary>Indicates that the cmdlet writes the two interfaces.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    // They belong to a veth pair, and none is made where pasta gives the way out.
    private static readonly string[] s_onlyForRoot =
        [nameof(Address), nameof(PeerAddress), nameof(PeerInterfaceName), nameof(MacAddress), nameof(PeerMacAddress), nameof(DefaultGateway), nameof(Route), nameof(PeerRoute)];

    private bool IsByPasta => Internet && !LinuxUser.IsRoot;

    private protected override string? TrialAction => "Connect by a veth pair";

    /// <summary>Checks what does not go together, and goes to work.</summary>
    protected override void ProcessRecord()
    {
        if (Internet && (PeerName is not null || Bridge is not null || PeerDefaultGateway.Length > 0))
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.InvalidInterface, "-Internet leads by the host: -PeerName, -Bridge and -PeerDefaultGateway do not go with it.", "Leave them out.", null));
        }

        string[] given = [.. s_onlyForRoot.Where(MyInvocation.BoundParameters.ContainsKey)];
        if (IsByPasta && given.Length > 0)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.InvalidInterface,
                $"-Internet of an ordinary user is by pasta, which takes the addresses and the routes of the host: -{string.Join(", -", given)} cannot be given.",
                "Leave it out, or run PowerShell as root.",
                null));
        }

        base.ProcessRecord();
    }

    private protected override void Process(NetConnectionSide side, NetConnectionSide peerSide)
    {
        if (side.Handle.Inode == peerSide.Handle.Inode)
        {
            throw new NamespaceException(ErrorIds.InvalidRequest, $"{side.Name} and {peerSide.Name} are the same net namespace.", "Name two different ones. New-NetNamespaceInterface makes a pair with both ends in one.");
        }

        if (IsByPasta)
        {
            ConnectByPasta(side, peerSide);
            return;
        }

        NetConnectionPlan plan = CreatePlan();
        InternetConnector? internet = Internet ? new InternetConnector(plan, side, peerSide) : null;
        IEnumerable<string> steps = internet?.Describe() ?? NetConnector.Describe(plan, side, peerSide);
        if (!ShouldProcessSteps($"{side.Name} - {peerSide.Name}", internet is null ? TrialAction! : InternetAction, steps))
        {
            return;
        }

        foreach (string bare in Address.Concat(PeerAddress).Where(address => !address.Contains('/')))
        {
            WriteWarning($"{bare} is given no length of a prefix and becomes {InterfaceAddress.Parse(bare)}: nothing else is in its network. Write {bare}/24, for example, to reach others.");
        }

        (string name, string peerName) = internet?.Connect() ?? NetConnector.Connect(plan, side, peerSide);
        if (PassThru)
        {
            Write(side, name);
            Write(peerSide, peerName);
        }
    }

    private void ConnectByPasta(NetConnectionSide side, NetConnectionSide host)
    {
        using PastaConnector pasta = new(side, host, InterfaceName, Mtu);
        if (!ShouldProcessSteps($"{side.Name} - {host.Name}", InternetAction, pasta.Describe()))
        {
            return;
        }

        string name = pasta.Connect();
        if (PassThru)
        {
            Write(side, name);
        }
    }

    private NetConnectionPlan CreatePlan() => new(
        new NetConnectionEnd
        {
            InterfaceName = InterfaceName,
            Addresses = [.. Address.Select(InterfaceAddress.Parse)],
            HardwareAddress = MacAddressText.Parse(MacAddress),
            Routes = [.. ParseRoutes(Route), .. DefaultGateway.Select(NetRoute.Default)],
        },
        new NetConnectionEnd
        {
            InterfaceName = PeerInterfaceName,
            Addresses = [.. PeerAddress.Select(InterfaceAddress.Parse)],
            HardwareAddress = MacAddressText.Parse(PeerMacAddress),
            Routes = [.. ParseRoutes(PeerRoute), .. PeerDefaultGateway.Select(NetRoute.Default)],
        },
        (uint?)Mtu,
        Bridge);

    private static IEnumerable<NetRoute> ParseRoutes(IDictionary routes) =>
        routes.Cast<DictionaryEntry>().Select(route => NetRoute.Parse($"{route.Key}", route.Value?.ToString()));

    private void Write(NetConnectionSide side, string interfaceName) =>
        WriteObject(NetInterfaceReader.ReadBack(side, interfaceName, NameOf(side), Stop), enumerateCollection: true);
}
