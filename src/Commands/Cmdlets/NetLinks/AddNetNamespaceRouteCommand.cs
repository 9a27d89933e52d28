using System.Management.Automation;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands;

/// <summary>Adds a route in net namespaces.</summary>
[Cmdlet(VerbsCommon.Add, "NetNamespaceRoute", SupportsShouldProcess = true, DefaultParameterSetName = DestinationSet)]
[OutputType(typeof(void))]
public sealed class AddNetNamespaceRouteCommand : NetNamespaceRouteCommand
{
    /// <summary>Specifies the address that packets get as theirs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PreferredSource { get; set; }

    /// <summary>Specifies the largest packet, in bytes.</summary>
    [Parameter]
    [ValidateRange(68, 65535)]
    public int? Mtu { get; set; }

    /// <summary>Indicates that the gateway is on the link, whatever the addresses of the interface say.</summary>
    [Parameter]
    public SwitchParameter OnLink { get; set; }

    private protected override RouteMessage Complete(RouteMessage route)
    {
        bool leadsOn = Gateway is not null || InterfaceName is not null;
        if (leadsOn != (Type == NetRouteType.Unicast))
        {
            throw leadsOn
                ? new NamespaceException(ErrorIds.InvalidRoute, $"A route of the type {Type} drops packets: it takes neither a gateway nor an interface.", "Leave out -Gateway and -InterfaceName.")
                : new NamespaceException(ErrorIds.InvalidRoute, $"The route {TextOf(route)} leads nowhere.", "Give -Gateway or -InterfaceName.");
        }

        return route with
        {
            PreferredSource = PreferredSource is null ? null : InterfaceAddress.ParseAddress(PreferredSource),
            Mtu = (uint?)Mtu,
            Flags = OnLink ? (uint)NetRouteState.OnLink : 0,
        };
    }

    private protected override void Change(NetConnectionSide side, RouteMessage route)
    {
        if (ShouldProcess($"{TextOf(route)} in {side.Name}", "Add route"))
        {
            NetRouteChanger.Add(side, route, TextOf(route));
        }
    }
}
