using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
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

    /// <summary>For people.</summary>
    internal string Name { get; }

    /// <summary>Opens a named net namespace, or the caller's own for null.</summary>
    /// <exception cref="NamespaceException">There is no such name.</exception>
    /// <exception cref="LinuxException">It may not be entered.</exception>
    internal static NetConnectionSide Open(string? name, NamespaceThread thread)
    {
        NamespaceHandle handle = name is null ? NamespaceFile.Open("/proc/thread-self/ns/net") : NetNamespaceList.Open(name);
        try
        {
            return new NetConnectionSide(handle, name is null ? NetlinkSocket.Open() : thread.OpenSocket(handle), name ?? "the host");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

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

    /// <summary>Switches an interface on where it is off, and notes how to switch it off again.</summary>
    internal void SwitchOn(LinkMessage link, UndoStack undo)
    {
        if (!link.IsUp)
        {
            Socket.Execute(LinkMessage.SetUp(link.Index, up: true), link.Name);
            undo.Push(() => Socket.Execute(LinkMessage.SetUp(link.Index, up: false), link.Name));
        }
    }

    public void Dispose()
    {
        Socket.Dispose();
        Handle.Dispose();
    }
}
