using System.Net;
using System.Net.Sockets;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>A route over the interface that is being made.</summary>
internal sealed record NetRoute(IPAddress Destination, byte PrefixLength, IPAddress? Gateway)
{
    /// <summary>The default route over a gateway.</summary>
    /// <exception cref="NamespaceException">InvalidAddress.</exception>
    internal static NetRoute Default(string gateway)
    {
        IPAddress address = InterfaceAddress.ParseAddress(gateway);
        return new NetRoute(address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0, address);
    }

    /// <summary>A network, or <c>default</c>, and the gateway to it; null or empty for one on the link itself.</summary>
    /// <exception cref="NamespaceException">InvalidAddress or InvalidRoute.</exception>
    internal static NetRoute Parse(string destination, string? gateway)
    {
        IPAddress? via = string.IsNullOrEmpty(gateway) ? null : InterfaceAddress.ParseAddress(gateway);
        if (destination == "default" && via is not null)
        {
            return Default(gateway!);
        }

        // IPNetwork is of no use: .NET 8 refuses bits behind the prefix, .NET 10 drops them.
        InterfaceAddress? network = destination.Contains('/') ? InterfaceAddress.Parse(destination) : null;
        if (network is null || HasBitsBehind(network) || (via is not null && via.AddressFamily != network.Address.AddressFamily))
        {
            throw new NamespaceException(
                ErrorIds.InvalidRoute,
                $"'{SafeText.Escape(destination)}'{(via is null ? string.Empty : $" with the gateway '{via}'")} is not a route.",
                "Write it like @{ '10.2.0.0/16' = '10.1.0.1' }: a network with no bits behind its prefix, or default, and a gateway of the same family.");
        }

        return new NetRoute(network.Address, network.PrefixLength, via);
    }

    /// <summary>A network or <c>default</c>, of the family of the gateway where one is given, otherwise IPv4.</summary>
    /// <exception cref="NamespaceException">InvalidAddress or InvalidRoute.</exception>
    internal static NetRoute ParseAny(string destination, IPAddress? gateway) => destination switch
    {
        "default" => new NetRoute(gateway?.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0, gateway),
        "::/0" => new NetRoute(IPAddress.IPv6Any, 0, gateway),
        "0.0.0.0/0" => new NetRoute(IPAddress.Any, 0, gateway),
        _ => Parse(destination.Contains('/') ? destination : InterfaceAddress.Parse(destination).ToString(), null) with { Gateway = gateway },
    };

    /// <summary>The kernel's form of a route that was read.</summary>
    internal static RouteMessage ToMessage(NetNamespaceRoute route)
    {
        IPAddress any = route.AddressFamily == NetAddressFamily.IPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        NetRoute parsed = route.Destination == "default" ? new NetRoute(any, 0, null) : Parse(route.Destination, null);
        return new RouteMessage(parsed.Destination, parsed.PrefixLength, route.Gateway is null ? null : IPAddress.Parse(route.Gateway), route.InterfaceIndex ?? 0)
        {
            Table = (uint)route.TableId,
            Type = (byte)route.Type,
            Scope = (byte)route.Scope,
            Origin = (byte)route.Protocol,
            Metric = (uint?)route.Metric,
            Tos = (byte)(route.Tos ?? 0),
        };
    }

    private static bool HasBitsBehind(InterfaceAddress network)
    {
        byte[] bytes = network.Address.GetAddressBytes();
        for (int bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0)
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => PrefixLength == 0 ? $"default via {Gateway}" : $"{Destination}/{PrefixLength}";
}
