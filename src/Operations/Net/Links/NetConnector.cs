using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Joins net namespaces by veth pairs: each wholly or not at all.</summary>
internal static class NetConnector
{
    /// <summary>The remark on a bridge made here, by which it is known again.</summary>
    internal const string BridgeAlias = "made by Connect-NetNamespace";

    // Somebody else may take the free name that was found.
    private const int MaxNameAttempts = 16;

    // The kernel takes a removed namespace's interfaces away within milliseconds, on a busy machine within seconds.
    private const int DyingTimeoutMilliseconds = 5_000;
    private const int DyingPollMilliseconds = 5;

    /// <summary>
    /// Makes a connection, or completes one that is there. When a step fails, those before it are undone. The same plan twice is the same
    /// state.
    /// </summary>
    /// <returns>The names of the two interfaces.</returns>
    /// <exception cref="NamespaceException">Something the plan names is missing, taken, or of the wrong kind.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static (string Name, string PeerName) Connect(NetConnectionPlan plan, NetConnectionSide side, NetConnectionSide peerSide)
    {
        ValidateNames(plan);
        UndoStack undo = new();
        try
        {
            LinkMessage? bridge = plan.Bridge is null ? null : EnsureBridge(peerSide, plan.Bridge, undo);
            (LinkMessage Link, LinkMessage Peer)? found = NetConnectionFinder.Find(plan, side, peerSide);
            (LinkMessage link, LinkMessage peer) = found ?? CreatePair(plan, side, peerSide, undo);
            if (found is not null)
            {
                Complete(plan, side, link, plan.End, undo);
                Complete(plan, peerSide, peer, plan.Peer, undo);
            }

            if (bridge is not null && peer.MasterIndex != bridge.Index)
            {
                peerSide.Execute(LinkMessage.SetMaster(peer.Index, bridge.Index), peer.Name);
                undo.Push(() => peerSide.Execute(LinkMessage.SetMaster(peer.Index, peer.MasterIndex), peer.Name));
            }

            side.SwitchOn(link, undo);
            peerSide.SwitchOn(peer, undo);
            AddAddresses(side, link, plan.End, undo);
            AddAddresses(peerSide, bridge ?? peer, plan.Peer, undo);
            AddRoutes(side, link, plan.End, found is not null, undo);
            AddRoutes(peerSide, bridge ?? peer, plan.Peer, found is not null, undo);

            // Last, because it cannot wholly be undone: lo keeps the address it gets.
            SwitchLoopbackOn(side, undo);
            SwitchLoopbackOn(peerSide, undo);
            return (link.Name, peer.Name);
        }
        catch
        {
            undo.Undo();
            throw;
        }
    }

    /// <summary>Describes what Connect will do, step by step, for people.</summary>
    /// <exception cref="LinuxException">The kernel refused to tell.</exception>
    internal static IEnumerable<string> Describe(NetConnectionPlan plan, NetConnectionSide side, NetConnectionSide peerSide)
    {
        if (plan.Bridge is not null && peerSide.FindLink(plan.Bridge) is null)
        {
            yield return $"Make the bridge {plan.Bridge} in {peerSide.Name} and switch it on.";
        }

        (LinkMessage Link, LinkMessage Peer)? found = NetConnectionFinder.Find(plan, side, peerSide);
        string name = found?.Link.Name ?? plan.End.InterfaceName ?? "the first free vethN";
        string peerName = found?.Peer.Name ?? plan.Peer.InterfaceName ?? "the first free vethN";
        yield return found is null
            ? $"Make a veth pair: {name} in {side.Name}, {peerName} in {peerSide.Name}."
            : $"Keep the veth pair that is there: {name} in {side.Name}, {peerName} in {peerSide.Name}.";
        if (plan.Bridge is not null)
        {
            yield return $"Put {peerName} under the bridge {plan.Bridge}.";
        }

        yield return $"Switch on both ends, and lo in {side.Name} and {peerSide.Name}.";
        foreach ((NetConnectionSide where, NetConnectionEnd end, string what) in new[] { (side, plan.End, name), (peerSide, plan.Peer, plan.Bridge ?? peerName) })
        {
            foreach (InterfaceAddress address in end.Addresses)
            {
                yield return $"Give {what} in {where.Name} the address {address}.";
            }

            foreach (NetRoute route in end.Routes)
            {
                yield return $"Add the route {route} in {where.Name}.";
            }
        }
    }

    // MTU and hardware address of a pair that is there; the rest is added as to a new one.
    private static void Complete(NetConnectionPlan plan, NetConnectionSide side, LinkMessage link, NetConnectionEnd end, UndoStack undo)
    {
        NetInterfaceChanges changes = new() { Mtu = plan.Mtu, HardwareAddress = end.HardwareAddress };
        NetInterfaceChanger.Change(side, link, changes);
        undo.Push(() => side.Execute(LinkMessage.SetMtu(link.Index, link.Mtu), link.Name));
        undo.Push(() => side.Execute(LinkMessage.SetHardwareAddress(link.Index, link.HardwareAddress), link.Name));
    }

    private static void ValidateNames(NetConnectionPlan plan)
    {
        foreach (string? name in (string?[])[plan.End.InterfaceName, plan.Peer.InterfaceName, plan.Bridge])
        {
            if (name is not null)
            {
                InterfaceName.Validate(name);
            }
        }
    }

    private static (LinkMessage Link, LinkMessage Peer) CreatePair(
        NetConnectionPlan plan, NetConnectionSide side, NetConnectionSide peerSide, UndoStack undo)
    {
        for (int attempt = 1; ; attempt++)
        {
            (string name, string peerName) = ChooseNames(plan, side, peerSide);
            try
            {
                side.Execute(
                    LinkMessage.NewVeth(
                        new VethEnd(side.Handle, name, plan.Mtu, plan.End.HardwareAddress),
                        new VethEnd(peerSide.Handle, peerName, plan.Mtu, plan.Peer.HardwareAddress)),
                    $"{name} - {peerName}");
            }
            catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST)
            {
                RequireFree(plan.End.InterfaceName, side, exception);
                RequireFree(plan.Peer.InterfaceName, peerSide, exception);

                // Free by now: what had the name has gone in between.
                if (attempt == MaxNameAttempts)
                {
                    throw;
                }

                continue;
            }

            // One end takes the other with it, and its addresses and routes.
            LinkMessage link = RequireLink(side, name);
            undo.Push(() => side.Execute(LinkMessage.Delete(link.Index), name));
            return (link, RequireLink(peerSide, peerName));
        }
    }

    private static (string Name, string PeerName) ChooseNames(NetConnectionPlan plan, NetConnectionSide side, NetConnectionSide peerSide)
    {
        HashSet<string> taken = plan.End.InterfaceName is null ? NamesIn(side) : [];
        string name = plan.End.InterfaceName ?? InterfaceName.TakeFree(taken);
        if (plan.Peer.InterfaceName is string peerName)
        {
            return (name, peerName);
        }

        HashSet<string> peerTaken = NamesIn(peerSide);
        if (side.Handle.Inode == peerSide.Handle.Inode)
        {
            peerTaken.Add(name);
        }

        return (name, InterfaceName.TakeFree(peerTaken));
    }

    private static HashSet<string> NamesIn(NetConnectionSide side) => [.. side.ReadLinks().Select(link => link.Name)];

    private static LinkMessage RequireLink(NetConnectionSide side, string name) =>
        side.FindLink(name) ?? throw new LinuxException(LibC.ENODEV, "RTM_GETLINK", name);

    // The other end of what Remove-NetNamespace has just taken away keeps its name for a moment.
    private static void RequireFree(string? name, NetConnectionSide side, LinuxException exception)
    {
        if (name is null)
        {
            return;
        }

        long deadline = Environment.TickCount64 + DyingTimeoutMilliseconds;
        while (side.FindLink(name) is LinkMessage link)
        {
            if (side.IsDying(link, default) && Environment.TickCount64 < deadline)
            {
                Thread.Sleep(DyingPollMilliseconds);
                continue;
            }

            throw new NamespaceException(
                ErrorIds.InterfaceExists,
                $"There is an interface '{name}' in {side.Name} already.",
                "Choose another name, or leave it out: the first free vethN is taken then.",
                exception);
        }
    }

    private static LinkMessage EnsureBridge(NetConnectionSide side, string name, UndoStack undo)
    {
        LinkMessage? bridge = side.FindLink(name);
        if (bridge is null)
        {
            side.Execute(LinkMessage.NewBridge(name), name);
            bridge = RequireLink(side, name);
            undo.Push(() => side.Execute(LinkMessage.Delete(bridge.Index), name));
            side.Execute(LinkMessage.SetAlias(bridge.Index, BridgeAlias), name);
        }

        if (bridge.Kind != "bridge")
        {
            throw new NamespaceException(
                ErrorIds.NotABridge, $"'{name}' in {side.Name} is not a bridge.", "Choose another name for the bridge.");
        }

        side.SwitchOn(bridge, undo);
        return bridge;
    }

    private static void SwitchLoopbackOn(NetConnectionSide side, UndoStack undo)
    {
        if (side.FindLink("lo") is LinkMessage loopback)
        {
            side.SwitchOn(loopback, undo);
        }
    }

    private static void AddAddresses(NetConnectionSide side, LinkMessage link, NetConnectionEnd end, UndoStack undo)
    {
        // A bridge, or a pair, that was there before may have it from the connection made first.
        List<AddressMessage> there = end.Addresses.Count == 0 ? [] : [.. side.ReadAddresses().Where(address => address.Index == link.Index)];
        foreach (InterfaceAddress address in end.Addresses)
        {
            if (there.Exists(known => known.Address.Equals(address.Address) && known.PrefixLength == address.PrefixLength))
            {
                continue;
            }

            AddressMessage message = new(link.Index, address.Address, address.PrefixLength);
            NetInterfaceChanger.AddAddress(side, link, address);
            undo.Push(() => side.Execute(message.Delete(), link.Name));
        }
    }

    private static void AddRoutes(NetConnectionSide side, LinkMessage link, NetConnectionEnd end, bool mayBeThere, UndoStack undo)
    {
        List<RouteMessage> there = mayBeThere && end.Routes.Count > 0 ? side.ReadRoutes() : [];
        foreach (NetRoute route in end.Routes)
        {
            if (there.Exists(known => known.Table == LibC.RT_TABLE_MAIN && known.InterfaceIndex == link.Index && known.PrefixLength == route.PrefixLength
                && known.Destination.Equals(route.Destination) && Equals(known.Gateway, route.Gateway)))
            {
                continue;
            }

            RouteMessage message = new(route.Destination, route.PrefixLength, route.Gateway, link.Index);
            NetRouteChanger.Add(side, message, route.ToString());
            undo.Push(() => side.Execute(message.Delete(), link.Name));
        }
    }
}
