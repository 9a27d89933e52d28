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
            side.Socket.Execute(route.Add(), text);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST)
        {
            throw new NamespaceException("RouteExists", $"There is a route {text} in {side.Name} already.", "Leave it out, or remove that one first.", exception);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.ENETUNREACH or LibC.EHOSTUNREACH)
        {
            throw new NamespaceException(
                "GatewayUnreachable",
                $"The gateway of the route {text} cannot be reached from {side.Name}.",
                "Give the interface an address in the network of the gateway.",
                exception);
        }
    }

    /// <summary>Removes a route.</summary>
    /// <exception cref="NamespaceException">RouteNotFound.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static void Remove(NetConnectionSide side, RouteMessage route, string text)
    {
        try
        {
            side.Socket.Execute(route.Delete(), text);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.ESRCH)
        {
            throw new NamespaceException("RouteNotFound", $"There is no route {text} in {side.Name}.", "Get-NetNamespaceRoute lists the routes there are.", exception);
        }
    }
}
