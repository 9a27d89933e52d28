using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>
/// Reads the interfaces of net namespaces, and finds the other ends of those that have one, in whatever namespace
/// of the machine they are.
/// </summary>
internal sealed class NetInterfaceReader(CancellationToken cancellation) : IDisposable
{
    private readonly NamespaceThread _thread = new();
    private readonly Dictionary<ulong, NetInterfaceView> _views = [];
    private List<NetTarget>? _others;

    /// <summary>Whether interfaces or addresses of the namespace that was read last changed faster than they could be read.</summary>
    internal bool WasOvertaken { get; private set; }

    /// <summary>The interfaces of a namespace, in the order of their numbers.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal IEnumerable<NetNamespaceInterface> Read(NetTarget target)
    {
        NetInterfaceView view = ViewOf(target);
        ILookup<int, AddressMessage> addresses = view.Socket
            .Dump(AddressMessage.GetAll(), "addresses", AddressMessage.Parse, cancellation)
            .Distinct()
            .ToLookup(address => address.Index);
        WasOvertaken = view.WasOvertaken || view.Socket.WasOvertaken;
        foreach (LinkMessage link in view.Links.Values.OrderBy(link => link.Index))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return ToInterface(target, view, link, addresses[link.Index]);
        }
    }

    public void Dispose()
    {
        foreach (NetInterfaceView view in _views.Values)
        {
            view.Dispose();
        }

        foreach (NetTarget other in _others ?? [])
        {
            other.Dispose();
        }

        _thread.Dispose();
    }

    /// <summary>Reads one interface back, as Get-NetNamespaceInterface shows it; nothing where it has gone.</summary>
    /// <param name="side">The namespace, which keeps its handle.</param>
    /// <param name="interfaceName">The name of the interface.</param>
    /// <param name="name">The name of the namespace; null where it has none.</param>
    /// <param name="cancellation">Gives up the search for other ends.</param>
    internal static NetNamespaceInterface[] ReadBack(NetConnectionSide side, string interfaceName, string? name, CancellationToken cancellation)
    {
        using NetInterfaceReader reader = new(cancellation);
        return [.. reader.Read(new NetTarget(side.Handle, name)).Where(found => found.InterfaceName == interfaceName)];
    }

    /// <summary>Whether what was seen as an interface is what the kernel has now; its name may be another.</summary>
    internal static bool IsSame(NetNamespaceInterface seen, LinkMessage now) =>
        seen.InterfaceIndex == now.Index && (seen.Kind ?? string.Empty) == (KindOf(now) ?? string.Empty)
        && (seen.InterfaceName == now.Name || (!string.IsNullOrEmpty(seen.MacAddress) && seen.MacAddress == MacAddressOf(now)));

    private static string? KindOf(LinkMessage link) => link.Kind ?? (link.IsLoopback ? "loopback" : null);

    private static string? MacAddressOf(LinkMessage link) => link.HardwareAddress is { Length: > 0 } address ? MacAddressText.Format(address) : null;

    private NetNamespaceInterface ToInterface(NetTarget target, NetInterfaceView view, LinkMessage link, IEnumerable<AddressMessage> addresses)
    {
        bool hasPeer = link.LinkIndex != 0 && (link.LinkNetNsId is not null || link.LinkIndex != link.Index);
        NetTarget? peerTarget = !hasPeer ? null : link.LinkNetNsId is int id ? FindById(view, id) : target;
        LinkMessage? peer = peerTarget is null ? null : TryViewOf(peerTarget)?.Links.GetValueOrDefault(link.LinkIndex);
        bool isPair = link.Kind is "veth" or "netkit" or "vxcan";
        AddressMessage[] found = [.. addresses];
        return new NetNamespaceInterface
        {
            Namespace = target.Name,
            NamespaceInode = target.Handle.Inode,
            NamespaceId = target.Handle.NamespaceId,
            InterfaceIndex = link.Index,
            InterfaceName = link.Name,
            Kind = KindOf(link),
            State = link.OperationalState <= LibC.IF_OPER_UP ? (NetInterfaceState)link.OperationalState : NetInterfaceState.Unknown,
            IsUp = link.IsUp,
            Mtu = link.Mtu,
            MacAddress = MacAddressOf(link),
            AltName = new TextList(link.AlternativeNames),
            Alias = link.Alias,
            IsImmutable = link.IsImmutable,
            Address = new TextList(found.Select(each => new InterfaceAddress(each.Address, each.PrefixLength).ToString())),
            AddressInfo = new ValueList<NetInterfaceAddress>(found.Select(ToAddress)),
            Master = link.MasterIndex == 0 ? null : view.Links.GetValueOrDefault(link.MasterIndex)?.Name,
            PeerInterfaceName = isPair ? peer?.Name : null,
            PeerInterfaceIndex = isPair && hasPeer ? link.LinkIndex : null,
            PeerNamespace = isPair ? peerTarget?.Name : null,
            PeerNamespaceInode = isPair ? peerTarget?.Handle.Inode : null,
            PeerNetNsId = isPair ? link.LinkNetNsId : null,
            LowerInterfaceName = isPair ? null : peer?.Name,
            LowerInterfaceIndex = !isPair && hasPeer ? link.LinkIndex : null,
            LowerNamespace = isPair ? null : peerTarget?.Name,
            LowerNamespaceInode = isPair ? null : peerTarget?.Handle.Inode,
            ReceivedBytes = link.Statistics?.RxBytes ?? 0,
            SentBytes = link.Statistics?.TxBytes ?? 0,
            ReceivedPackets = link.Statistics?.RxPackets ?? 0,
            SentPackets = link.Statistics?.TxPackets ?? 0,
            ReceiveErrors = link.Statistics?.RxErrors ?? 0,
            SendErrors = link.Statistics?.TxErrors ?? 0,
            ReceiveDropped = link.Statistics?.RxDropped ?? 0,
            SendDropped = link.Statistics?.TxDropped ?? 0,
            ReceivedMulticast = link.Statistics?.Multicast ?? 0,
            Collisions = link.Statistics?.Collisions ?? 0,
        };
    }

    private static NetInterfaceAddress ToAddress(AddressMessage address) => new()
    {
        IPAddress = address.Address.ToString(),
        PrefixLength = address.PrefixLength,
        PeerAddress = address.Peer?.ToString(),
        BroadcastAddress = address.Broadcast?.ToString(),
        Scope = (NetScope)address.Scope,
        States = (NetAddressState)address.Flags,
        PreferredLifetime = ToLifetime(address.PreferredSeconds),
        ValidLifetime = ToLifetime(address.ValidSeconds),
        Label = address.Label,
    };

    private static TimeSpan? ToLifetime(uint seconds) => seconds == AddressMessage.Forever ? null : TimeSpan.FromSeconds(seconds);

    private NetInterfaceView ViewOf(NetTarget target)
    {
        if (!_views.TryGetValue(target.Handle.Inode, out NetInterfaceView? view))
        {
            NetlinkSocket socket = NetlinkSocket.OpenIn(_thread, target.Handle);
            try
            {
                view = new NetInterfaceView(socket, cancellation);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            _views.Add(target.Handle.Inode, view);
        }

        return view;
    }

    // The other end may be where we may not look.
    private NetInterfaceView? TryViewOf(NetTarget target)
    {
        try
        {
            return ViewOf(target);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    // Each look is a question to the kernel. Most namespaces have one peer, which comes early: the host's namespace is the oldest.
    private NetTarget? FindById(NetInterfaceView view, int id)
    {
        NetNsIds ids = new(view.Socket);
        while (!view.TargetsById.ContainsKey(id) && view.Asked < Others().Count)
        {
            NetTarget other = Others()[view.Asked++];
            if (ids.Find(other.Handle) is int known)
            {
                view.TargetsById.TryAdd(known, other);
            }
        }

        return view.TargetsById.GetValueOrDefault(id);
    }

    private List<NetTarget> Others() => _others ??= OpenAll(cancellation, out _);

    /// <summary>All net namespaces of the machine that can be opened.</summary>
    /// <param name="cancellation">The caller gives up.</param>
    /// <param name="inventory">The result of the search, with its problems.</param>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    internal static List<NetTarget> OpenAll(CancellationToken cancellation, out InventoryResult inventory)
    {
        inventory = NamespaceInventory.Read(
            new InventoryOptions
            {
                Types = NamespaceTypeSet.Of(NamespaceType.Net),
                Sources = NamespaceSource.Process | NamespaceSource.Mount | NamespaceSource.Descriptor,
            },
            cancellation);
        return [.. inventory.Namespaces.Select(NetTarget.TryOpen).OfType<NetTarget>()];
    }
}
