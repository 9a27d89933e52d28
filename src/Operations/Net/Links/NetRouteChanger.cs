using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Adds and removes routes.</summary>
internal static class NetRouteChanger
{
    /// <summary>Adds a route.</summary>
    /// <exception cref="NamespaceException">RouteExists or GatewayUnreachable.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static void Add(NetConnectionSide side, RouteMessage route, string text)
    {
        try
        {
            side.Execute(route.Add(), text);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST)
        {
            throw new NamespaceException(ErrorIds.RouteExists, $"There is a route {text} in {side.Name} already.", "Leave it out, or remove that one first.", exception);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.ENETUNREACH or LibC.EHOSTUNREACH)
        {
            throw new NamespaceException(
                ErrorIds.GatewayUnreachable,
                $"The gateway of the route {text} cannot be reached from {side.Name}.",
                "Give the interface an address in the network of the gateway.",
                exception);
        }
    }

    /// <summary>
    /// The route that was seen before. The kernel takes what a request does not say for a wildcard, so it is asked only about a route that is
    /// there with all that was seen of it.
    /// </summary>
    /// <exception cref="NamespaceException">RouteNotFound.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static RouteMessage RequireSame(NetConnectionSide side, NetNamespaceRoute seen)
    {
        RouteMessage wanted = NetRoute.ToMessage(seen);
        return side.ReadRoutes().Find(route => route.Table == wanted.Table && route.Destination.Equals(wanted.Destination) && route.PrefixLength == wanted.PrefixLength
            && route.Type == wanted.Type && route.Scope == wanted.Scope && route.Origin == wanted.Origin && route.Tos == wanted.Tos && route.Metric == wanted.Metric
            && route.InterfaceIndex == wanted.InterfaceIndex && Equals(route.Gateway, wanted.Gateway) && route.NextHopId == (uint?)seen.NextHopId
            && route.PreferredSource?.ToString() == seen.PreferredSource
            && route.NextHops.Select(hop => (hop.Gateway?.ToString(), hop.Weight)).SequenceEqual(seen.NextHop.Select(hop => (hop.Gateway, hop.Weight))))
            ?? throw NotFound(side, seen.ToString(), null);
    }

    /// <summary>Removes a route.</summary>
    /// <exception cref="NamespaceException">RouteNotFound.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static void Remove(NetConnectionSide side, RouteMessage route, string text)
    {
        try
        {
            side.Execute(route.Delete(), text);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.ESRCH)
        {
            throw NotFound(side, text, exception);
        }
    }

    private static NamespaceException NotFound(NetConnectionSide side, string text, LinuxException? cause) =>
        new(ErrorIds.RouteNotFound, $"There is no route {text} in {side.Name}.", "Get-NetNamespaceRoute lists the routes there are.", cause);
}
