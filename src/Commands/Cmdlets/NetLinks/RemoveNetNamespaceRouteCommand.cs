using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands;

/// <summary>Removes routes from net namespaces.</summary>
[Cmdlet(VerbsCommon.Remove, "NetNamespaceRoute", SupportsShouldProcess = true, DefaultParameterSetName = DestinationSet)]
[OutputType(typeof(void))]
public sealed class RemoveNetNamespaceRouteCommand : NetNamespaceRouteCommand
{
    private const string RouteSet = "Route";

    /// <summary>Specifies routes, as Get-NetNamespaceRoute writes them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = RouteSet)]
    public NetNamespaceRoute[] Route { get; set; } = [];

    /// <summary>Removes them one by one.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != RouteSet)
        {
            base.ProcessRecord();
            return;
        }

        foreach (NetNamespaceRoute route in Route)
        {
            Visit(DeserializedObject.ReadNetNamespace(PSObject.AsPSObject(route)), side => Change(side, NetRouteChanger.RequireSame(side, route)));
        }
    }

    // Neither scope nor origin is asked for where a route is named by its destination.
    private protected override RouteMessage Complete(RouteMessage route) => route with { Origin = 0, Scope = (byte)NetScope.Nowhere };

    private protected override void Change(NetConnectionSide side, RouteMessage route)
    {
        if (ShouldProcess($"{TextOf(route)} in {side.Name}", "Remove route"))
        {
            NetRouteChanger.Remove(side, route, TextOf(route));
        }
    }
}
