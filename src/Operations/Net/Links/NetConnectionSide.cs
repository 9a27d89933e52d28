using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>A namespace at one end of a connection, with a socket in it.</summary>
internal sealed class NetConnectionSide : IDisposable
{
    private NetConnectionSide(NamespaceHandle handle, NetlinkSocket socket, string name)
    {
        Handle = handle;
        Socket = socket;
        Name = name;
    }

    internal NamespaceHandle Handle { get; }

    internal NetlinkSocket Socket { get; }

    /// <summary>The process by which it was named; null where it was not.</summary>
    internal int? ProcessId { get; private init; }

    /// <summary>For people.</summary>
    internal string Name { get; }

    /// <summary>The caller's own net namespace.</summary>
    /// <exception cref="LinuxException">There is no rtnetlink.</exception>
    internal static NetConnectionSide OpenHost()
    {
        NamespaceHandle handle = NamespaceFile.Open(NetTarget.OwnPath);
        try
        {
            return new NetConnectionSide(handle, NetlinkSocket.Open(), "the host");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a net namespace; its handle passes to the result.</summary>
    /// <exception cref="LinuxException">It may not be entered.</exception>
    internal static NetConnectionSide Open(NetTarget target, NamespaceThread thread) =>
        new(target.Handle, NetlinkSocket.OpenIn(thread, target.Handle), target.Name) { ProcessId = target.ProcessId };

    /// <summary>Whether it is the session's own net namespace.</summary>
    internal bool IsOwn()
    {
        using NetTarget own = NetTarget.OpenOwn();
        return own.Handle.Inode == Handle.Inode;
    }

    /// <summary>The interface of a name, or of an alternative name.</summary>
    /// <exception cref="NamespaceException">InterfaceNotFound.</exception>
    internal LinkMessage RequireNamed(string name) => FindLink(name) ?? throw NotFound(name);

    /// <summary>
    /// The interface that was seen before, also under another name by now. Another interface that has its name or its number is refused: the
    /// number must be the same, and so must the kind, and the name or the hardware address.
    /// </summary>
    /// <exception cref="NamespaceException">InterfaceNotFound, InterfaceChanged.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal LinkMessage RequireSame(NetNamespaceInterface seen)
    {
        List<LinkMessage> links = ReadLinks();
        LinkMessage? link = links.Find(each => each.Index == seen.InterfaceIndex);
        if (link is null && !links.Exists(each => each.Name == seen.InterfaceName))
        {
            throw NotFound(seen.InterfaceName);
        }

        return link is not null && NetInterfaceReader.IsSame(seen, link) ? link : throw new NamespaceException(
            ErrorIds.InterfaceChanged,
            $"'{SafeText.Escape(seen.InterfaceName)}' with the number {seen.InterfaceIndex} is not in {Name} any more: another interface has its name or its number by now.",
            "Get it again with Get-NetNamespaceInterface.");
    }

    /// <summary>All addresses.</summary>
    internal List<AddressMessage> ReadAddresses() => Socket.Dump(AddressMessage.GetAll(), "addresses", AddressMessage.Parse);

    /// <summary>All routes.</summary>
    internal List<RouteMessage> ReadRoutes() => Socket.Dump(RouteMessage.GetAll(), "routes", RouteMessage.Parse);

    /// <summary>All interfaces.</summary>
    internal List<LinkMessage> ReadLinks() => Socket.Dump(LinkMessage.GetAll(statistics: false), "links", LinkMessage.Parse);

    /// <summary>The interface of a name; null for none.</summary>
    internal LinkMessage? FindLink(string name)
    {
        try
        {
            return Socket.Get(LinkMessage.Get(name), name, LinkMessage.Parse);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.ENODEV)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether an interface is what is left of a connection with a namespace that is being removed: the kernel takes it away soon, but not
    /// before the command that removed the namespace returns. The kernel has no id for such a namespace, or does not find it by the id. Before that
    /// there is a moment in which only a closed socket, or a descriptor of a search, keeps the namespace.
    /// </summary>
    internal bool IsDying(LinkMessage link, CancellationToken cancellation)
    {
        if (link.Kind != "veth" || link.LinkNetNsId is not int id)
        {
            return false;
        }

        try
        {
            if (id < 0 || Socket.Get(LinkMessage.GetIn(id, link.LinkIndex), link.Name, LinkMessage.Parse) is null)
            {
                return true;
            }
        }
        catch (LinuxException exception)
        {
            // ENODEV: its other end has gone while it was asked for.
            return exception.NativeErrorCode is LibC.EINVAL or LibC.ENODEV;
        }

        // A descriptor may be that of a search, which keeps it for a moment: a name or a process keeps it for good.
        List<NetTarget> living = NetInterfaceReader.OpenAll(cancellation, out InventoryResult inventory);
        try
        {
            HashSet<ulong> kept = [.. inventory.Namespaces.Where(ns => ns.Sources != NamespaceSource.Descriptor).Select(ns => ns.Inode)];
            NetNsIds ids = new(Socket);
            return !living.Exists(target => kept.Contains(target.Inode) && ids.Find(target.Handle) == id);
        }
        finally
        {
            living.ForEach(target => target.Dispose());
        }
    }

    /// <summary>Sends a change and waits until the kernel has made it.</summary>
    /// <param name="request">The change.</param>
    /// <param name="subject">The object of the change, for the error.</param>
    /// <exception cref="NamespaceException">NetChangeDenied: the caller lacks CAP_NET_ADMIN here, or where the change leads.</exception>
    /// <exception cref="LinuxException">The kernel refused for another reason.</exception>
    internal void Execute(NetlinkWriter request, string subject)
    {
        try
        {
            Socket.Execute(request, subject);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EPERM)
        {
            throw new NamespaceException(
                ErrorIds.NetChangeDenied,
                $"'{SafeText.Escape(subject)}' in {Name} could not be changed: CAP_NET_ADMIN is missing there, or where it leads to.",
                LinuxUser.IsRoot ? null : "Run as root, or start PowerShell in the user namespace that owns the net namespaces of both ends: Enter-Namespace.",
                exception);
        }
    }

    private NamespaceException NotFound(string name) => new(
        ErrorIds.InterfaceNotFound,
        $"There is no interface '{SafeText.Escape(name)}' in {Name}.",
        "Get-NetNamespaceInterface lists the interfaces there are.");

    /// <summary>Switches an interface on where it is off, and notes how to switch it off again.</summary>
    internal void SwitchOn(LinkMessage link, UndoStack undo)
    {
        if (!link.IsUp)
        {
            Execute(LinkMessage.SetUp(link.Index, up: true), link.Name);
            undo.Push(() => Execute(LinkMessage.SetUp(link.Index, up: false), link.Name));
        }
    }

    public void Dispose()
    {
        Socket.Dispose();
        Handle.Dispose();
    }
}
