using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Net;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Tables;

namespace LinuxNamespaces.Commands;

/// <summary>The base of cmdlets that change routes: it selects the route and its namespace.</summary>
public abstract class NetNamespaceRouteCommand : NamespaceCmdlet
{
    /// <summary>The parameter set with a destination.</summary>
    protected const string DestinationSet = "Destination";

    private NamespaceThread? _thread;
    private NetNamespaceTargets? _targets;
    private NetRouteTables? _tables;

    /// <summary>Specifies the net namespaces: names, PIDs, processes, namespaces, paths or containers. The session's own by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = DestinationSet)]
    [NamespaceTargetTransform]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Specifies the network, such as 10.2.0.0/16, or default.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = DestinationSet)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = string.Empty;

    /// <summary>Specifies the gateway.</summary>
    [Parameter(Position = 2, ParameterSetName = DestinationSet)]
    [ValidateNotNullOrEmpty]
    public string? Gateway { get; set; }

    /// <summary>Specifies the interface.</summary>
    [Parameter(ParameterSetName = DestinationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string? InterfaceName { get; set; }

    /// <summary>Specifies the metric: the lower, the earlier a route is chosen.</summary>
    [Parameter(ParameterSetName = DestinationSet)]
    [ValidateNotNull]
    public uint? Metric { get; set; }

    /// <summary>Specifies the table by name or number; main by default.</summary>
    [Parameter(ParameterSetName = DestinationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RouteTableCompleter))]
    public string Table { get; set; } = "main";

    /// <summary>Specifies what it does with a packet; Unicast by default.</summary>
    [Parameter(ParameterSetName = DestinationSet)]
    [ValidateSet(nameof(NetRouteType.Unicast), nameof(NetRouteType.Blackhole), nameof(NetRouteType.Unreachable), nameof(NetRouteType.Prohibit), nameof(NetRouteType.Throw))]
    public NetRouteType Type { get; set; } = NetRouteType.Unicast;

    private protected NetRouteTables Tables => _tables ??= NetRouteTables.Read();

    /// <summary>Takes the namespaces one by one.</summary>
    protected override void ProcessRecord()
    {
        Attempt(Destination, () =>
        {
            IEnumerable<NamespaceTarget?> targets = NetNamespaceTargets.ExpandOrOwn(InputObject);
            foreach (NamespaceTarget? target in targets)
            {
                Visit(target, side => Change(side, CreateRoute(side)));
            }
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _thread?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Adds or removes the route.</summary>
    private protected abstract void Change(NetConnectionSide side, RouteMessage route);

    /// <summary>Goes to a namespace, and writes an error where that fails.</summary>
    private protected void Visit(NamespaceTarget? target, Action<NetConnectionSide> work)
    {
        Attempt(target?.ToString() ?? Destination, () =>
        {
            _targets ??= new NetNamespaceTargets(Stop);
            _thread ??= new NamespaceThread();
            using NetConnectionSide side = NetConnectionSide.Open(_targets.Open(target), _thread);
            work(side);
        });
    }

    /// <summary>The text of a route, for people.</summary>
    private protected static string TextOf(RouteMessage route) => $"{(route.PrefixLength == 0 ? "default" : $"{route.Destination}/{route.PrefixLength}")}{(route.Gateway is null ? string.Empty : $" via {route.Gateway}")}";

    /// <summary>Sets what only one of the cmdlets has a parameter for.</summary>
    private protected virtual RouteMessage Complete(RouteMessage route) => route;

    private RouteMessage CreateRoute(NetConnectionSide side)
    {
        IPAddress? gateway = Gateway is null ? null : InterfaceAddress.ParseAddress(Gateway);
        NetRoute route = NetRoute.ParseAny(Destination, gateway);
        return Complete(new RouteMessage(route.Destination, route.PrefixLength, gateway, InterfaceName is null ? 0 : side.RequireNamed(InterfaceName).Index)
        {
            Table = Tables.Parse(Table),
            Type = (byte)Type,
            Metric = Metric,
        });
    }
}
