using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Operations.Net.Internet;

/// <summary>Networks of IPv4: which are in use, and one that is not.</summary>
internal static class FreeNetwork
{
    /// <summary>The length of the prefix of what is chosen: a network of two ends.</summary>
    internal const byte PrefixLength = 30;

    private const byte BlockLength = 16;

    // Private networks that routers and engines do not choose by themselves, then whatever else there is.
    private static readonly uint[] s_blocks = [Number(10, 213), Number(172, 29), Number(192, 168), Number(100, 99)];

    /// <summary>The address of the first network that overlaps with no route and no address of either side.</summary>
    /// <exception cref="NamespaceException">NoFreeNetwork.</exception>
    /// <exception cref="LinuxException">The kernel refused to tell.</exception>
    internal static IPAddress Find(params NetConnectionSide[] sides)
    {
        List<(uint Start, uint End)> used = [.. sides.SelectMany(InUse).Order()];
        foreach (uint block in s_blocks)
        {
            uint end = EndOf(block, BlockLength);
            for (uint network = block; network < end;)
            {
                uint last = EndOf(network, PrefixLength);
                (uint Start, uint End)? hit = used.Where(each => each.Start <= last && each.End >= network).Select(each => ((uint, uint)?)each).FirstOrDefault();
                if (hit is null)
                {
                    return ToAddress(network);
                }

                // Behind what is in the way, at a boundary of such networks.
                uint next = Math.Max(hit.Value.End, last);
                if (next >= end)
                {
                    break;
                }

                network = (next + 4) & ~3u;
            }
        }

        throw new NamespaceException(ErrorIds.NoFreeNetwork, "Every private network that could be used has a route on the host or in the net namespace.", "Give -Address and -PeerAddress.");
    }

    /// <summary>The network of an address, as text.</summary>
    internal static string NetworkOf(InterfaceAddress address) =>
        new InterfaceAddress(ToAddress(ToNumber(address.Address) & MaskOf(address.PrefixLength)), address.PrefixLength).ToString();

    /// <summary>An address by its number in a network.</summary>
    internal static IPAddress At(IPAddress network, uint number) => ToAddress(ToNumber(network) + number);

    private static IEnumerable<(uint Start, uint End)> InUse(NetConnectionSide side) => side.ReadRoutes()
        .Select(route => (Address: route.Destination, route.PrefixLength))
        .Concat(side.ReadAddresses().Select(address => (address.Address, address.PrefixLength)))
        .Where(each => each.Address.AddressFamily == AddressFamily.InterNetwork && each.PrefixLength > 0)
        .Select(each => (ToNumber(each.Address) & MaskOf(each.PrefixLength), EndOf(ToNumber(each.Address), each.PrefixLength)));

    private static uint Number(byte first, byte second) => ((uint)first << 24) | ((uint)second << 16);

    private static uint MaskOf(byte length) => length == 0 ? 0 : uint.MaxValue << (32 - length);

    private static uint EndOf(uint address, byte length) => address | ~MaskOf(length);

    private static uint ToNumber(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static IPAddress ToAddress(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
