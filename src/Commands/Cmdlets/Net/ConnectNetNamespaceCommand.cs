using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Joins two net namespaces, or one and the host, by a veth pair.</summary>
[Cmdlet(VerbsCommunications.Connect, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class ConnectNetNamespaceCommand : PSCmdlet
{
    /// <summary>The first net namespace; the host where it is left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    public string? Name { get; set; }

    /// <summary>The second net namespace; the host where it is left out.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    public string? PeerName { get; set; }

    /// <summary>Addresses of the first side, for example 10.0.0.1/24 or fd00::1/64.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] Address { get; set; } = [];

    /// <summary>Addresses of the second side; with -Bridge, of the bridge.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] PeerAddress { get; set; } = [];

    /// <summary>What the interface of the first side is called; the first free vethN where it is left out.</summary>
    [Parameter]
    public string? InterfaceName { get; set; }

    /// <summary>What the interface of the second side is called.</summary>
    [Parameter]
    public string? PeerInterfaceName { get; set; }

    /// <summary>The hardware address of the first side.</summary>
    [Parameter]
    public string? MacAddress { get; set; }

    /// <summary>The hardware address of the second side.</summary>
    [Parameter]
    public string? PeerMacAddress { get; set; }

    /// <summary>The largest packet, on both sides.</summary>
    [Parameter]
    [ValidateRange(68, 65535)]
    public int? Mtu { get; set; }

    /// <summary>Default gateways of the first side, one of a family.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] DefaultGateway { get; set; } = [];

    /// <summary>Default gateways of the second side.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] PeerDefaultGateway { get; set; } = [];

    /// <summary>Routes of the first side: networks and the gateways to them.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Route { get; set; } = new Hashtable();

    /// <summary>Routes of the second side.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary PeerRoute { get; set; } = new Hashtable();

    /// <summary>The bridge on the second side that the interface there is put under; made where it is missing.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string? Bridge { get; set; }

    /// <summary>Write the two interfaces.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Makes the connection.</summary>
    protected override void ProcessRecord()
    {
        if (Name is null && PeerName is null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorRecords.NoNetNamespaceGiven, "Both sides would be the host.", "Give -Name, -PeerName or both.", null));
        }

        if (!ShouldProcess($"{Name ?? "the host"} - {PeerName ?? "the host"}", "Connect by a veth pair"))
        {
            return;
        }

        try
        {
            NetConnectionPlan plan = CreatePlan();
            using NetConnector connector = new();
            (string name, string peerName) = connector.Connect(plan);
            if (PassThru)
            {
                Write(Name, name);
                Write(PeerName, peerName);
            }
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, Name ?? PeerName));
        }
    }

    private NetConnectionPlan CreatePlan() => new(
        new NetConnectionEnd
        {
            Namespace = Name,
            InterfaceName = InterfaceName,
            Addresses = [.. Address.Select(InterfaceAddress.Parse)],
            HardwareAddress = MacAddressText.Parse(MacAddress),
            Routes = [.. ParseRoutes(Route), .. DefaultGateway.Select(NetRoute.Default)],
        },
        new NetConnectionEnd
        {
            Namespace = PeerName,
            InterfaceName = PeerInterfaceName,
            Addresses = [.. PeerAddress.Select(InterfaceAddress.Parse)],
            HardwareAddress = MacAddressText.Parse(PeerMacAddress),
            Routes = [.. ParseRoutes(PeerRoute), .. PeerDefaultGateway.Select(NetRoute.Default)],
        },
        (uint?)Mtu,
        Bridge);

    private static IEnumerable<NetRoute> ParseRoutes(IDictionary routes) =>
        routes.Cast<DictionaryEntry>().Select(route => NetRoute.Parse($"{route.Key}", route.Value?.ToString()));

    private void Write(string? name, string interfaceName)
    {
        using NetInterfaceReader reader = new(default);
        using NetTarget target = name is null
            ? new NetTarget(NamespaceFile.Open("/proc/thread-self/ns/net"), null)
            : new NetTarget(NetNamespaceList.Open(name), name);
        WriteObject(reader.Read(target).Where(found => found.InterfaceName == interfaceName), enumerateCollection: true);
    }
}
