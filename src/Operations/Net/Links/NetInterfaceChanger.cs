using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Changes interfaces, each wholly or not at all, and removes them.</summary>
internal static class NetInterfaceChanger
{
    /// <summary>Makes all changes. When a step fails, those before it are undone. Settings that already have the wanted value are left.</summary>
    /// <returns>The name it has afterwards.</returns>
    /// <exception cref="NamespaceException">Something is missing, taken or does not fit.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static string Change(NetConnectionSide side, LinkMessage link, NetInterfaceChanges changes)
    {
        if (changes.NewName is not null)
        {
            InterfaceName.Validate(changes.NewName);
        }

        LinkMessage? master = string.IsNullOrEmpty(changes.Master) ? null : side.RequireNamed(changes.Master);
        UndoStack undo = new();
        try
        {
            SetScalars(side, link, changes, undo);
            if (changes.Master is not null && (master?.Index ?? 0) != link.MasterIndex)
            {
                SetMaster(side, link, master);
                undo.Push(() => side.Execute(LinkMessage.SetMaster(link.Index, link.MasterIndex), link.Name));
            }

            foreach (string name in changes.RemoveNames.Where(link.AlternativeNames.Contains))
            {
                Do(side, link, LinkMessage.RemoveName(link.Index, name), LinkMessage.AddName(link.Index, name), undo);
            }

            foreach (string name in changes.AddNames.Except(link.AlternativeNames))
            {
                Do(side, link, LinkMessage.AddName(link.Index, name), LinkMessage.RemoveName(link.Index, name), undo, name);
            }

            SetAddresses(side, link, changes, undo);

            // Switched on last: addresses and routes then have a carrier from the start.
            if (changes.IsUp == true && !link.IsUp)
            {
                Do(side, link, LinkMessage.SetUp(link.Index, up: true), LinkMessage.SetUp(link.Index, up: false), undo);
            }

            return changes.NewName ?? link.Name;
        }
        catch
        {
            undo.Undo();
            throw;
        }
    }

    /// <summary>Removes an interface; the other end of a pair is removed too.</summary>
    /// <exception cref="NamespaceException">InterfaceNotRemovable.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static void Remove(NetConnectionSide side, LinkMessage link)
    {
        try
        {
            side.Execute(LinkMessage.Delete(link.Index), link.Name);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.EOPNOTSUPP or LibC.EINVAL)
        {
            throw new NamespaceException(
                ErrorIds.InterfaceNotRemovable,
                $"{link.Name} in {side.Name} cannot be removed: it is hardware, or comes with the net namespace.",
                "Move hardware elsewhere with Move-NetNamespaceInterface.",
                exception);
        }
    }

    /// <summary>Gives an interface an address.</summary>
    /// <exception cref="NamespaceException">AddressRefused: IPv6 is switched off there. InvalidAddress: no interface can have it.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static void AddAddress(NetConnectionSide side, LinkMessage link, InterfaceAddress address)
    {
        try
        {
            side.Execute(new AddressMessage(link.Index, address.Address, address.PrefixLength).Add(), $"{link.Name} {address}");
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EADDRNOTAVAIL)
        {
            throw new NamespaceException(
                ErrorIds.InvalidAddress,
                $"{address} cannot be the address of an interface.",
                "Give the address of one host, neither :: nor a multicast address.",
                exception);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EACCES && address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            throw new NamespaceException(
                ErrorIds.AddressRefused,
                $"{link.Name} in {side.Name} cannot have the address {address}: IPv6 is switched off there.",
                $"Switch it on: sysctl net.ipv6.conf.{SafeText.Escape(link.Name)}.disable_ipv6=0, in that net namespace.",
                exception);
        }
    }

    /// <summary>Makes an interface a port of another, or of none.</summary>
    /// <exception cref="NamespaceException">InvalidInterface: it cannot be a port of that one.</exception>
    /// <exception cref="LinuxException">The kernel refused for another reason.</exception>
    internal static void SetMaster(NetConnectionSide side, LinkMessage link, LinkMessage? master)
    {
        try
        {
            side.Execute(LinkMessage.SetMaster(link.Index, master?.Index ?? 0), link.Name);
        }
        catch (LinuxException exception) when (master is not null && exception.NativeErrorCode is LibC.ELOOP or LibC.EOPNOTSUPP or LibC.EINVAL)
        {
            throw new NamespaceException(
                ErrorIds.InvalidInterface,
                $"{SafeText.Escape(link.Name)} in {side.Name} cannot be a port of {SafeText.Escape(master!.Name)}.",
                "Name a bridge, a bond or a VRF, and neither lo nor a bridge as its port.",
                exception);
        }
    }

    private static void SetScalars(NetConnectionSide side, LinkMessage link, NetInterfaceChanges changes, UndoStack undo)
    {
        // Switched off first: older kernels rename and readdress only interfaces that are off.
        if (changes.IsUp == false && link.IsUp)
        {
            Do(side, link, LinkMessage.SetUp(link.Index, up: false), LinkMessage.SetUp(link.Index, up: true), undo);
        }

        if (changes.NewName is string name && name != link.Name)
        {
            Do(side, link, LinkMessage.SetName(link.Index, name), LinkMessage.SetName(link.Index, link.Name), undo, name);
        }

        if (changes.Mtu is uint mtu && mtu != link.Mtu)
        {
            Do(side, link, LinkMessage.SetMtu(link.Index, mtu), LinkMessage.SetMtu(link.Index, link.Mtu), undo);
        }

        if (changes.HardwareAddress is byte[] address && !address.AsSpan().SequenceEqual(link.HardwareAddress))
        {
            Do(side, link, LinkMessage.SetHardwareAddress(link.Index, address), LinkMessage.SetHardwareAddress(link.Index, link.HardwareAddress), undo);
        }

        if (changes.Alias is string alias && alias != (link.Alias ?? string.Empty))
        {
            Do(side, link, LinkMessage.SetAlias(link.Index, alias), LinkMessage.SetAlias(link.Index, link.Alias ?? string.Empty), undo);
        }
    }

    private static void SetAddresses(NetConnectionSide side, LinkMessage link, NetInterfaceChanges changes, UndoStack undo)
    {
        if (changes.AddAddresses.Count == 0 && changes.RemoveAddresses.Count == 0)
        {
            return;
        }

        List<AddressMessage> there = [.. side.ReadAddresses().Where(address => address.Index == link.Index)];
        foreach (InterfaceAddress address in changes.RemoveAddresses)
        {
            AddressMessage known = there.Find(each => Fits(each, address)) ?? throw new NamespaceException(
                ErrorIds.AddressNotFound, $"{link.Name} in {side.Name} does not have the address {address}.", "Get-NetNamespaceInterface shows the addresses there are.");
            Do(side, link, known.Delete(), known.Restore(), undo);
            there.Remove(known);
        }

        foreach (InterfaceAddress address in changes.AddAddresses.Where(address => !there.Exists(each => Fits(each, address))))
        {
            AddAddress(side, link, address);
            undo.Push(() => side.Execute(new AddressMessage(link.Index, address.Address, address.PrefixLength).Delete(), link.Name));
        }
    }

    private static bool Fits(AddressMessage message, InterfaceAddress address) => message.Address.Equals(address.Address) && message.PrefixLength == address.PrefixLength;

    private static void Do(NetConnectionSide side, LinkMessage link, NetlinkWriter request, NetlinkWriter back, UndoStack undo, string? newName = null)
    {
        try
        {
            side.Execute(request, link.Name);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST && newName is not null)
        {
            throw NetInterfaceFactory.Exists(newName, side, exception);
        }

        undo.Push(() => side.Execute(back, link.Name));
    }
}
