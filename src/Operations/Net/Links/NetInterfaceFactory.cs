using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Makes interfaces in net namespaces: each wholly or not at all.</summary>
internal static class NetInterfaceFactory
{
    // Somebody else may take the free name that was found.
    private const int MaxNameAttempts = 16;

    /// <summary>Makes an interface. When a step fails, those before it are undone.</summary>
    /// <param name="spec">The interface to make.</param>
    /// <param name="side">Where.</param>
    /// <param name="lowerSide">Where the interface is that it rests on.</param>
    /// <param name="peerSide">Where the other end of a pair shall be.</param>
    /// <returns>Its name, and that of the other end of a pair.</returns>
    /// <exception cref="NamespaceException">The kernel lacks the kind, or something is missing, taken or does not fit.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static (string Name, string? PeerName) Create(NetInterfaceSpec spec, NetConnectionSide side, NetConnectionSide lowerSide, NetConnectionSide peerSide)
    {
        Validate(spec);
        LinkMessage? lower = spec.LowerName is null ? null : lowerSide.RequireNamed(spec.LowerName);
        LinkMessage? master = spec.Master is null ? null : side.RequireNamed(spec.Master);
        uint? mode = NetInterfaceKinds.ParseMode(spec.Kind, spec.Mode);
        UndoStack undo = new();
        try
        {
            (LinkMessage link, string? peerName) = CreateLink(spec, lower, mode, side, lowerSide, peerSide);
            undo.Push(() => side.Execute(LinkMessage.Delete(link.Index), link.Name));
            if (spec.Alias is not null)
            {
                side.Execute(LinkMessage.SetAlias(link.Index, spec.Alias), link.Name);
            }

            if (master is not null)
            {
                NetInterfaceChanger.SetMaster(side, link, master);
            }

            foreach (InterfaceAddress address in spec.Addresses)
            {
                NetInterfaceChanger.AddAddress(side, link, address);
            }

            if (spec.IsUp)
            {
                side.Execute(LinkMessage.SetUp(link.Index, up: true), link.Name);
                if (peerName is not null)
                {
                    peerSide.Execute(LinkMessage.SetUp(peerSide.RequireNamed(peerName).Index, up: true), peerName);
                }
            }

            return (link.Name, peerName);
        }
        catch
        {
            undo.Undo();
            throw;
        }
    }

    private static void Validate(NetInterfaceSpec spec)
    {
        foreach (string name in new[] { spec.Name, spec.PeerName }.OfType<string>())
        {
            InterfaceName.Validate(name);
        }

        string? missing = spec.Kind switch
        {
            _ when NetInterfaceKinds.NeedsLower(spec.Kind) && spec.LowerName is null => "needs an interface to rest on: give -LowerInterfaceName.",
            NetInterfaceKind.Vlan when spec.VlanId is null => "needs a number: give -VlanId.",
            NetInterfaceKind.Vxlan when spec.VxlanId is null => "needs a number: give -VxlanId.",
            _ => null,
        };
        if (missing is not null)
        {
            throw new NamespaceException(ErrorIds.InvalidInterface, $"A {NetInterfaceKinds.NameOf(spec.Kind)} {missing}");
        }

        string? needless = spec.LowerName is not null && !NetInterfaceKinds.NeedsLower(spec.Kind) && spec.Kind != NetInterfaceKind.Vxlan ? "-LowerInterfaceName"
            : spec.PeerName is not null && !spec.IsPair ? "-PeerInterfaceName"
            : spec.VlanId is not null && spec.Kind != NetInterfaceKind.Vlan ? "-VlanId"
            : (spec.VxlanId is not null || spec.LocalAddress is not null || spec.RemoteAddress is not null || spec.Port is not null) && spec.Kind != NetInterfaceKind.Vxlan ? "-VxlanId, -LocalAddress, -RemoteAddress or -Port"
            : null;
        if (needless is not null)
        {
            throw new NamespaceException(ErrorIds.InvalidInterface, $"A {NetInterfaceKinds.NameOf(spec.Kind)} does not take {needless}.", "Leave it out, or choose another kind.");
        }
    }

    private static (LinkMessage Link, string? PeerName) CreateLink(
        NetInterfaceSpec spec, LinkMessage? lower, uint? mode, NetConnectionSide side, NetConnectionSide lowerSide, NetConnectionSide peerSide)
    {
        for (int attempt = 1; ; attempt++)
        {
            (string name, string? peerName) = ChooseNames(spec, side, peerSide);
            LinkRequest request = new(NetInterfaceKinds.NameOf(spec.Kind), name, side.Handle)
            {
                LowerIndex = lower?.Index ?? 0,
                Mtu = spec.Mtu,
                HardwareAddress = spec.HardwareAddress,
                Peer = peerName is null ? null : new VethEnd(peerSide.Handle, peerName, spec.Mtu, null),
                VlanId = spec.VlanId,
                VxlanId = spec.VxlanId,
                LocalAddress = spec.LocalAddress,
                RemoteAddress = spec.RemoteAddress,
                Port = spec.Kind == NetInterfaceKind.Vxlan ? spec.Port ?? 4789 : null,
                Mode = mode,
            };
            try
            {
                (lower is null ? side : lowerSide).Execute(request.Create(), name);
                return (side.RequireNamed(name), peerName);
            }
            catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST)
            {
                RequireFree(spec.Name, side, exception);
                RequireFree(spec.PeerName, peerSide, exception);
                bool isChosen = spec.Name is not null && (peerName is null || spec.PeerName is not null);
                if (peerName == name && side.Handle.Inode == peerSide.Handle.Inode)
                {
                    throw new NamespaceException(ErrorIds.InvalidInterface, $"Two ends in {side.Name} cannot both be called '{SafeText.Escape(name)}'.", "Give the other end another name or net namespace.", exception);
                }

                if (isChosen || attempt == MaxNameAttempts)
                {
                    throw;
                }
            }
            catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EOPNOTSUPP)
            {
                throw new NamespaceException(
                    ErrorIds.InterfaceKindNotSupported,
                    $"This kernel has no {request.Kind} interfaces.",
                    NetInterfaceKinds.RemedyOf(spec.Kind),
                    exception);
            }
        }
    }

    private static (string Name, string? PeerName) ChooseNames(NetInterfaceSpec spec, NetConnectionSide side, NetConnectionSide peerSide)
    {
        string start = spec.Kind == NetInterfaceKind.Bridge ? "br" : spec.Kind == NetInterfaceKind.Wireguard ? "wg" : NetInterfaceKinds.NameOf(spec.Kind);
        HashSet<string> taken = spec.Name is null ? NamesIn(side) : [spec.Name];
        string name = spec.Name ?? InterfaceName.TakeFree(taken, start);
        if (!spec.IsPair || spec.PeerName is not null)
        {
            return (name, spec.PeerName);
        }

        HashSet<string> peerTaken = side.Handle.Inode == peerSide.Handle.Inode ? [.. taken, .. NamesIn(side)] : NamesIn(peerSide);
        return (name, InterfaceName.TakeFree(peerTaken, start));
    }

    private static HashSet<string> NamesIn(NetConnectionSide side) => [.. side.ReadLinks().Select(link => link.Name)];

    private static void RequireFree(string? name, NetConnectionSide side, LinuxException exception)
    {
        if (name is not null && side.FindLink(name) is not null)
        {
            throw Exists(name, side, exception);
        }
    }

    /// <summary>The error of a name that is taken.</summary>
    internal static NamespaceException Exists(string name, NetConnectionSide side, Exception? inner) => new(
        ErrorIds.InterfaceExists,
        string.Create(CultureInfo.InvariantCulture, $"There is an interface '{SafeText.Escape(name)}' in {side.Name} already."),
        "Choose another name, or remove that one first.",
        inner);
}
