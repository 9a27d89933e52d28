using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Moves interfaces between net namespaces, with or without their addresses and routes.</summary>
internal static class NetInterfaceMover
{
    private const byte KernelMade = 2;
    private const byte RouterMade = 9;

    /// <summary>Describes what happens to an interface when the namespace that it is moved to is removed.</summary>
    internal static string Fate(LinkMessage link) => link.Kind is null
        ? "it returns to the initial net namespace when that namespace is removed"
        : "it is removed together with that namespace";

    /// <summary>Makes sure that the kernel lets an interface move, as far as it says so beforehand.</summary>
    /// <exception cref="NamespaceException">InterfaceNotMovable.</exception>
    internal static void RequireMovable(NetConnectionSide side, LinkMessage link)
    {
        if (link.IsImmutable == true || link.IsLoopback)
        {
            throw NotMovable(side, link, null);
        }
    }

    /// <summary>Moves an interface. Where a step fails it is back where it was, with what it had.</summary>
    /// <param name="origin">Where it is.</param>
    /// <param name="link">The interface.</param>
    /// <param name="destination">Where it shall be.</param>
    /// <param name="newName">The name there; null for the name that it has.</param>
    /// <param name="keep">Give it its addresses and routes there, and switch it on where it was.</param>
    /// <returns>Its name there.</returns>
    /// <exception cref="NamespaceException">It cannot be moved, or its name is taken.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static string Move(NetConnectionSide origin, LinkMessage link, NetConnectionSide destination, string? newName, bool keep)
    {
        if (newName is not null)
        {
            InterfaceName.Validate(newName);
        }

        RequireMovable(origin, link);
        string name = newName ?? link.Name;
        if (origin.Handle.Inode == destination.Handle.Inode)
        {
            return NetInterfaceChanger.Change(origin, link, new NetInterfaceChanges { NewName = name });
        }

        // The kernel moves first and renames then: a name that is taken would leave it there under its old name.
        if (destination.FindLink(name) is not null)
        {
            throw NetInterfaceFactory.Exists(name, destination, null);
        }

        // Read before: the kernel drops them on the way. Nothing can fail after a move that neither keeps them nor renames.
        bool canFail = keep || name != link.Name;
        List<AddressMessage> addresses = !canFail ? [] : [.. origin.ReadAddresses().Where(address => address.Index == link.Index)];
        List<RouteMessage> routes = !canFail ? [] : [.. origin.ReadRoutes().Where(route => route.InterfaceIndex == link.Index && route.Origin is not (KernelMade or RouterMade))];
        UndoStack undo = new();
        try
        {
            MarkHome(origin, link, destination, undo);
            try
            {
                Execute(origin, link, destination, name);
            }
            catch when (IsHalfMoved(origin, link, destination))
            {
                undo.Push(() => Return(origin, link, destination, link.Name, addresses, routes));
                throw;
            }

            undo.Push(() => Return(origin, link, destination, name, addresses, routes));
            if (keep)
            {
                Restore(destination, destination.RequireNamed(name), link.IsUp, addresses, routes);
            }

            return name;
        }
        catch
        {
            undo.Undo();
            throw;
        }
    }

    // There under its old name, because the new one was taken or refused after the look.
    private static bool IsHalfMoved(NetConnectionSide origin, LinkMessage link, NetConnectionSide destination) =>
        origin.FindLink(link.Name) is null && destination.FindLink(link.Name) is LinkMessage there
            && there.Kind == link.Kind && there.HardwareAddress.AsSpan().SequenceEqual(link.HardwareAddress);

    private static void Execute(NetConnectionSide origin, LinkMessage link, NetConnectionSide destination, string name)
    {
        try
        {
            origin.Execute(LinkMessage.Move(link.Index, destination.Handle, name), link.Name);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST && destination.FindLink(name) is not null)
        {
            throw NetInterfaceFactory.Exists(name, destination, exception);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EINVAL)
        {
            throw NotMovable(origin, link, exception);
        }
    }

    // The first home is the one that counts; a kernel without alternative names (before Linux 5.5) remembers none.
    private static void MarkHome(NetConnectionSide origin, LinkMessage link, NetConnectionSide destination, UndoStack undo)
    {
        if (NetInterfaceHome.Of(link) is NetInterfaceHome home)
        {
            if (home.Is(destination.Handle))
            {
                origin.Execute(LinkMessage.RemoveName(link.Index, home.ToString()), link.Name);
                undo.Push(() => origin.Execute(LinkMessage.AddName(link.Index, home.ToString()), link.Name));
            }

            return;
        }

        string mark = NetInterfaceHome.Leaving(origin.Handle, link.Name).ToString();
        try
        {
            origin.Execute(LinkMessage.AddName(link.Index, mark), link.Name);
            undo.Push(() => origin.Execute(LinkMessage.RemoveName(link.Index, mark), link.Name));
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.EOPNOTSUPP or LibC.EINVAL)
        {
            return;
        }
    }

    private static void Restore(NetConnectionSide side, LinkMessage link, bool isUp, List<AddressMessage> addresses, List<RouteMessage> routes)
    {
        foreach (AddressMessage address in addresses)
        {
            ExecuteUnlessThere(side, link, (address with { Index = link.Index }).Restore());
        }

        if (!isUp)
        {
            return;
        }

        side.Execute(LinkMessage.SetUp(link.Index, up: true), link.Name);

        // Networks on the link first: gateways are reached by them.
        foreach (RouteMessage route in routes.OrderBy(route => route.Gateway is not null))
        {
            ExecuteUnlessThere(side, link, (route with { InterfaceIndex = link.Index }).Add());
        }
    }

    private static void Return(NetConnectionSide origin, LinkMessage link, NetConnectionSide destination, string name, List<AddressMessage> addresses, List<RouteMessage> routes)
    {
        destination.Execute(LinkMessage.Move(destination.RequireNamed(name).Index, origin.Handle, link.Name), name);
        Restore(origin, origin.RequireNamed(link.Name), link.IsUp, addresses, routes);
    }

    private static void ExecuteUnlessThere(NetConnectionSide side, LinkMessage link, NetlinkWriter request)
    {
        try
        {
            side.Execute(request, link.Name);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST)
        {
            // The kernel has made it already, for example the address that each IPv6 link has.
            return;
        }
    }

    private static NamespaceException NotMovable(NetConnectionSide side, LinkMessage link, LinuxException? inner) => new(
        ErrorIds.InterfaceNotMovable,
        $"{SafeText.Escape(link.Name)} cannot leave {side.Name}: the kernel keeps {(link.IsLoopback ? "the loopback interface" : $"a {link.Kind ?? "device"} like this")} in the net namespace it was made in.",
        "Make one there instead: New-NetNamespaceInterface.",
        inner);
}
