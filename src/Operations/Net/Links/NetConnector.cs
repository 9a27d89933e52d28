using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Joins net namespaces by veth pairs: each wholly or not at all.</summary>
internal sealed class NetConnector : IDisposable
{
    /// <summary>The remark on a bridge made here, by which it is known again.</summary>
    internal const string BridgeAlias = "made by Connect-NetNamespace";

    // Somebody else may take the free name that was found.
    private const int MaxNameAttempts = 16;

    // The kernel takes a removed namespace's interfaces away within milliseconds, on a busy machine within seconds.
    private const int DyingTimeoutMilliseconds = 5_000;
    private const int DyingPollMilliseconds = 5;

    private readonly NamespaceThread _thread = new();

    /// <summary>Makes a connection. What of it was done is undone where a step fails.</summary>
    /// <returns>The names of the two interfaces.</returns>
    /// <exception cref="NamespaceException">Something the plan names is missing, taken, or of the wrong kind.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal (string Name, string PeerName) Connect(NetConnectionPlan plan)
    {
        ValidateNames(plan);
        UndoStack undo = new();
        using NetConnectionSide side = NetConnectionSide.Open(plan.End.Namespace, _thread);
        using NetConnectionSide peerSide = NetConnectionSide.Open(plan.Peer.Namespace, _thread);
        try
        {
            LinkMessage? bridge = plan.Bridge is null ? null : EnsureBridge(peerSide, plan.Bridge, undo);
            (LinkMessage link, LinkMessage peer) = CreatePair(plan, side, peerSide, undo);
            if (bridge is not null)
            {
                peerSide.Socket.Execute(LinkMessage.SetMaster(peer.Index, bridge.Index), peer.Name);
            }

            side.SwitchOn(link, undo);
            peerSide.SwitchOn(peer, undo);
            AddAddresses(side, link, plan.End, undo);
            AddAddresses(peerSide, bridge ?? peer, plan.Peer, undo);
            AddRoutes(side, link, plan.End, undo);
            AddRoutes(peerSide, bridge ?? peer, plan.Peer, undo);

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

    public void Dispose() => _thread.Dispose();

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
                side.Socket.Execute(
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
            undo.Push(() => side.Socket.Execute(LinkMessage.Delete(link.Index), name));
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
                "InterfaceExists",
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
            side.Socket.Execute(LinkMessage.NewBridge(name), name);
            bridge = RequireLink(side, name);
            undo.Push(() => side.Socket.Execute(LinkMessage.Delete(bridge.Index), name));
            side.Socket.Execute(LinkMessage.SetAlias(bridge.Index, BridgeAlias), name);
        }

        if (bridge.Kind != "bridge")
        {
            throw new NamespaceException(
                "NotABridge", $"'{name}' in {side.Name} is not a bridge.", "Choose another name for the bridge.");
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
        foreach (InterfaceAddress address in end.Addresses)
        {
            AddressMessage message = new(link.Index, address.Address, address.PrefixLength);
            try
            {
                side.Socket.Execute(message.Add(), $"{link.Name} {address}");
            }
            catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST && link.Kind == "bridge")
            {
                // A bridge that was there before may have it from the connection made first.
                continue;
            }

            undo.Push(() => side.Socket.Execute(message.Delete(), link.Name));
        }
    }

    private static void AddRoutes(NetConnectionSide side, LinkMessage link, NetConnectionEnd end, UndoStack undo)
    {
        foreach (NetRoute route in end.Routes)
        {
            RouteMessage message = new(route.Destination, route.PrefixLength, route.Gateway, link.Index);
            NetRouteChanger.Add(side, message, route.ToString());
            undo.Push(() => side.Socket.Execute(message.Delete(), link.Name));
        }
    }
}
