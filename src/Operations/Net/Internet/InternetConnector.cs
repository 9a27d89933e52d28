using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Operations.Net.Internet;

/// <summary>
/// Gives a net namespace a way out by the host: a veth pair with a default route, forwarding, and masquerading in a table of the module's own. Each wholly or
/// not at all; nothing but that table and the forwarding of the interfaces that lead out is touched, and both are put back with the last connection.
/// </summary>
internal sealed class InternetConnector
{
    /// <summary>The remark on the host's end, by which a connection is known again.</summary>
    internal const string Alias = "way out by Connect-NetNamespace -Internet";

    private readonly NetConnectionSide _side;
    private readonly NetConnectionSide _host;
    private readonly MasqueradeTable _table;
    private readonly string[] _uplinks;
    private readonly string _network;
    private readonly bool _isKnown;

    /// <summary>Makes the plan: of the addresses given, those of the connection that is there, or free ones.</summary>
    /// <param name="plan">The names and addresses that were asked for.</param>
    /// <param name="side">The net namespace.</param>
    /// <param name="host">The net namespace of the calling thread.</param>
    /// <exception cref="NamespaceException">NoWayOut, NoFreeNetwork, ProgramNotFound, InternetRefused, InvalidInterface.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal InternetConnector(NetConnectionPlan plan, NetConnectionSide side, NetConnectionSide host)
    {
        _side = side;
        _host = host;
        if (side.Handle.Inode == host.Handle.Inode)
        {
            throw new NamespaceException(ErrorIds.InvalidInterface, "The net namespace is the host's own: it has the way out already.", "Name another net namespace.");
        }

        Lock(host);
        _table = MasqueradeTable.Read();
        _uplinks = FindUplinks(host);
        KnownConnection? known = FindKnown();
        _isKnown = known is not null;
        (InterfaceAddress address, InterfaceAddress hostAddress) = Choose(plan, known);
        _network = FreeNetwork.NetworkOf(hostAddress);
        NetRoute way = NetRoute.Default(hostAddress.Address.ToString());
        Plan = plan with
        {
            End = plan.End with
            {
                InterfaceName = plan.End.InterfaceName ?? known?.End,
                Addresses = plan.End.Addresses.Count > 0 ? plan.End.Addresses : [address],
                Routes = plan.End.Routes.Any(route => route.PrefixLength == 0 && route.Destination.AddressFamily == AddressFamily.InterNetwork) ? plan.End.Routes : [.. plan.End.Routes, way],
            },
            Peer = plan.Peer with
            {
                InterfaceName = plan.Peer.InterfaceName ?? known?.Connection.InterfaceName,
                Addresses = plan.Peer.Addresses.Count > 0 ? plan.Peer.Addresses : [hostAddress],
            },
        };
    }

    /// <summary>The veth pair with its addresses and routes.</summary>
    internal NetConnectionPlan Plan { get; }

    /// <summary>The steps of Connect, for people.</summary>
    /// <exception cref="LinuxException">The kernel refused to tell.</exception>
    internal IEnumerable<string> Describe()
    {
        foreach (string step in NetConnector.Describe(Plan, _side, _host))
        {
            yield return step;
        }

        yield return $"Switch on forwarding for the host's end{string.Concat(ToSwitchOn().Select(name => $", and for {name}"))}.";
        if (!_isKnown)
        {
            yield return $"Masquerade what comes from {_network}, in the table ip {MasqueradeTable.Name} of nftables.";
        }

        foreach (string name in ToSwitchOn())
        {
            yield return $"Forward by {name} answers alone, in the same table: nothing that begins there.";
        }
    }

    /// <summary>Makes the connection, or completes it.</summary>
    /// <returns>The names of the two interfaces.</returns>
    /// <exception cref="NamespaceException">Something that the connection needs is refused or missing; nothing is left behind.</exception>
    /// <exception cref="LinuxException">The kernel refused; nothing is left behind.</exception>
    internal (string Name, string PeerName) Connect()
    {
        bool isNew = NetConnectionFinder.Find(Plan, _side, _host) is null;
        (string name, string peerName) = NetConnector.Connect(Plan, _side, _host);
        UndoStack undo = new();
        try
        {
            LinkMessage end = _host.RequireNamed(peerName);
            if (isNew)
            {
                undo.Push(() => _host.Execute(LinkMessage.Delete(end.Index), peerName));
            }

            _host.Execute(LinkMessage.SetAlias(end.Index, Alias), peerName);
            undo.Push(() => _host.Execute(LinkMessage.SetAlias(end.Index, end.Alias ?? string.Empty), peerName));
            List<string> switched = ToSwitchOn();
            foreach (string each in switched.Append(peerName))
            {
                bool wasOn = Forwarding.IsOn(each);
                Forwarding.Set(each, isOn: true);
                undo.Push(() => Forwarding.Set(each, wasOn));
            }

            HashSet<int> there = [.. _host.ReadLinks().Select(link => link.Index)];
            _table.Add(new MasqueradedConnection(peerName, end.Index, _network), switched, each => !there.Contains(each.InterfaceIndex));
            return (name, peerName);
        }
        catch
        {
            undo.Undo();
            throw;
        }
    }

    /// <summary>The side of a pair that is the host of a way out; null where the pair is none, or where its host is not the net namespace of the calling thread.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static NetConnectionSide? HostOf(NetConnectionSide side, NetConnectionSide peerSide, LinkMessage link)
    {
        NetConnectionSide? host = link.Alias == Alias ? side
            : peerSide.ReadLinks().Exists(other => other.Index == link.LinkIndex && other.Alias == Alias) ? peerSide : null;
        return host?.IsOwn() == true ? host : null;
    }

    /// <summary>The step of Forget, for people.</summary>
    internal static string DescribeForget() =>
        $"Remove its rule from the table ip {MasqueradeTable.Name} of nftables; with the last one, the table and the forwarding that was switched on.";

    /// <summary>
    /// Takes back what connections had that are gone by now: their rules, and with the last one the table and the forwarding that was switched on for it.
    /// Forwarding is left on where it is on for the whole machine by now: somebody else needs it.
    /// </summary>
    /// <exception cref="NamespaceException">ProgramNotFound, InternetRefused.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static void Forget(NetConnectionSide host)
    {
        Lock(host);
        MasqueradeTable table = MasqueradeTable.Read();
        if (!table.Exists)
        {
            return;
        }

        HashSet<int> there = [.. host.ReadLinks().Select(link => link.Index)];
        if (table.Connections.Any(each => there.Contains(each.InterfaceIndex)))
        {
            table.Remove(each => !there.Contains(each.InterfaceIndex));
            return;
        }

        foreach (string name in table.Forwarding.Where(_ => !Forwarding.IsOnForAll))
        {
            Forwarding.Set(name, isOn: false);
        }

        table.RemoveAll();
    }

    // Held as long as the host's side is open: two sessions would take the same network, or one would undo what the other needs.
    private static void Lock(NetConnectionSide host)
    {
        if (LibC.flock(host.Handle.Descriptor, LibC.LOCK_EX) != 0)
        {
            LinuxException.ThrowLast("flock", "/proc/thread-self/ns/net");
        }
    }

    private List<string> ToSwitchOn() => [.. _uplinks.Where(name => !Forwarding.IsOn(name))];

    private static string[] FindUplinks(NetConnectionSide host)
    {
        HashSet<int> ways = [.. host.ReadRoutes()
            .Where(route => route.Destination.AddressFamily == AddressFamily.InterNetwork && route.Type == LibC.RTN_UNICAST && (route.PrefixLength == 0 || route.Gateway is not null))
            .SelectMany(route => route.NextHops.Select(hop => hop.InterfaceIndex).Append(route.InterfaceIndex))];
        string[] uplinks = [.. host.ReadLinks().Where(link => ways.Contains(link.Index) && !link.IsLoopback).Select(link => link.Name)];
        return uplinks.Length > 0 ? uplinks : throw new NamespaceException(
            ErrorIds.NoWayOut,
            "The host has no default route and no other route of IPv4 by a gateway: there is no way out to share.",
            "Connect the host first.");
    }

    // By the host's end, which has the number that the rule knows.
    private KnownConnection? FindKnown()
    {
        foreach (LinkMessage link in NetConnectionFinder.Pairs(_side, _host))
        {
            if (_table.Connections.FirstOrDefault(each => each.InterfaceIndex == link.LinkIndex) is MasqueradedConnection connection)
            {
                return new KnownConnection(connection, link.Name, link.Index);
            }
        }

        return null;
    }

    private (InterfaceAddress End, InterfaceAddress Host) Choose(NetConnectionPlan plan, KnownConnection? known)
    {
        InterfaceAddress? end = FirstOf(plan.End);
        InterfaceAddress? host = FirstOf(plan.Peer);
        if (end is not null && host is not null)
        {
            return (end, host);
        }

        if (plan.End.Addresses.Count > 0 || plan.Peer.Addresses.Count > 0)
        {
            throw new NamespaceException(
                ErrorIds.InvalidInterface, "-Internet needs an address of IPv4 on both sides.", "Give both -Address and -PeerAddress, or neither: free addresses are chosen then.");
        }

        if (known is not null
            && AddressOf(_side, known.EndIndex, known.Connection.Network) is InterfaceAddress ofEnd
            && AddressOf(_host, known.Connection.InterfaceIndex, known.Connection.Network) is InterfaceAddress ofHost)
        {
            return (ofEnd, ofHost);
        }

        IPAddress network = FreeNetwork.Find(_host, _side);
        return (new InterfaceAddress(FreeNetwork.At(network, 2), FreeNetwork.PrefixLength), new InterfaceAddress(FreeNetwork.At(network, 1), FreeNetwork.PrefixLength));
    }

    private static InterfaceAddress? AddressOf(NetConnectionSide side, int index, string network) => side.ReadAddresses()
        .Where(address => address.Index == index && address.Address.AddressFamily == AddressFamily.InterNetwork)
        .Select(address => new InterfaceAddress(address.Address, address.PrefixLength))
        .FirstOrDefault(address => FreeNetwork.NetworkOf(address) == network);

    private static InterfaceAddress? FirstOf(NetConnectionEnd end) => end.Addresses.FirstOrDefault(address => address.Address.AddressFamily == AddressFamily.InterNetwork);

    private sealed record KnownConnection(MasqueradedConnection Connection, string End, int EndIndex);
}
