using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Draws the net namespaces of a machine, their bridges and devices, and the links between them.</summary>
/// <remarks>
/// A namespace is a box with its interfaces in it. Bridges and hardware have boxes of their own. A veth that is a port of a bridge is the line from that bridge to
/// whatever is at the other end, so each interface is drawn once. Loopback interfaces stand only in the table.
/// </remarks>
internal sealed class NetworkPicture
{
    private static readonly string[] s_masters = ["bridge", "bond", "team", "vrf", "openvswitch"];

    private readonly MapMachine _machine;
    private readonly MapItems _items;
    private readonly MapPicture _picture;
    private readonly string _prefix;
    private readonly Dictionary<ulong, MapNode> _boxes = [];
    private readonly Dictionary<(ulong Inode, int Index), NetNamespaceInterface> _links;
    private readonly Dictionary<(ulong Inode, string Name), NetNamespaceInterface> _byName;
    private readonly HashSet<(ulong, string)> _masters;

    // The box that an interface stands in, or is.
    private readonly Dictionary<(ulong Inode, int Index), MapNode> _anchors = [];
    private MapNode? _outside;

    private NetworkPicture(MapPicture picture, MapMachine machine, MapItems items, string prefix)
    {
        (_picture, _machine, _items, _prefix) = (picture, machine, items, prefix);
        _links = machine.Interfaces.DistinctBy(Key).ToDictionary(Key);
        _byName = _links.Values.DistinctBy(Name).ToDictionary(Name);
        _masters = [.. _links.Values.Where(link => link.Master is not null).Select(link => (link.NamespaceInode, link.Master!)),
            .. _links.Values.Where(link => s_masters.Contains(link.Kind)).Select(link => (link.NamespaceInode, link.InterfaceName))];
    }

    internal static MapPicture Create() => new(
        "networks",
        "Networks",
        "Net namespaces with their interfaces, the bridges between them, and the way out through hardware.",
        "There is no net namespace to draw.",
        [
            new MapLegend("node", "net", "net namespace"),
            new MapLegend("node", "net kept", "without a process"),
            new MapLegend("node", "bridge", "bridge, bond, VRF"),
            new MapLegend("node", "device", "device"),
            new MapLegend("edge", "veth", "veth"),
            new MapLegend("edge", "lower", "on top of, or out"),
            new MapLegend("edge", "down", "does not work"),
        ]);

    /// <summary>Adds the boxes of a machine. The prefix keeps their ids apart from those of other machines.</summary>
    internal static void Add(MapPicture picture, MapMachine machine, MapItems items, string prefix)
    {
        NetworkPicture network = new(picture, machine, items, prefix);
        network.AddNamespaces();
        network.AddInterfaces();
        network.AddCables();
    }

    private void AddNamespaces()
    {
        ILookup<ulong, NamespaceProcess> inside = _machine.Processes.ToLookup(process => process.NetNamespace);
        foreach (NamespaceInfo ns in _machine.Namespaces.Where(ns => ns.Type == NamespaceType.Net).DistinctBy(ns => ns.Inode).OrderByDescending(ns => ns.IsInitial).ThenBy(ns => ns.Inode))
        {
            List<string> containers = [.. inside[ns.Inode].Select(process => process.Container).Append(ns.Container).OfType<string>().Distinct().Order(StringComparer.Ordinal).Select(MapText.Shorten)];
            string title = ns.Name is string name ? MapText.Shorten(name) : containers.Count > 0 ? containers[0] : ns.IsInitial ? "host" : $"{ns}";
            List<string> lines = [.. containers.Where(container => container != title), MapText.KeeperOf(ns)];
            if (ns.ProcessCount > 1)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{ns.ProcessCount} processes"));
            }

            AddBox(ns.Inode, title, $"net{(ns.IsInitial ? " host" : string.Empty)}{(ns.ProcessId is null && ns.Sources != NamespaceSource.None ? " kept" : string.Empty)}", _items.Find(NamespaceType.Net, ns.Inode), lines);
        }

        foreach (NetNamespaceInterface link in _links.Values)
        {
            AddBox(link.NamespaceInode, MapText.Shorten(link.Namespace), "net", null, []);
        }
    }

    private MapNode AddBox(ulong inode, string title, string css, int? item, List<string> lines)
    {
        if (!_boxes.TryGetValue(inode, out MapNode? box))
        {
            box = new MapNode(string.Create(CultureInfo.InvariantCulture, $"{_prefix}net{inode}"), _machine.Host, css, title) { Item = item, Lines = lines };
            _boxes.Add(inode, box);
            _picture.Nodes.Add(box);
        }

        return box;
    }

    private void AddInterfaces()
    {
        // Bridges first: a port must find its own.
        foreach (NetNamespaceInterface link in _links.Values.OrderBy(link => !IsMaster(link)).ThenBy(link => link.NamespaceInode).ThenBy(link => link.InterfaceIndex))
        {
            if (link.Kind == "loopback")
            {
                continue;
            }

            MapNode box = _boxes[link.NamespaceInode];
            MapNode? master = MasterOf(link);
            if (IsMaster(link))
            {
                // Where a bond is itself a port of a bridge, it hangs there.
                AddDevice(link, "bridge", null);
            }
            else if (master is not null && IsCable(link))
            {
                _anchors.Add(Key(link), master);
            }
            else if (master is not null || link.Kind is null)
            {
                AddDevice(link, "device", master);
            }
            else
            {
                box.Rows.Add(new MapPart(MapText.RowOf(link), MapText.Works(link) ? "up" : "down", MapItems.Clean($"{link}"), _items.Find(link)));
                _anchors.Add(Key(link), box);
            }
        }

        foreach (NetNamespaceInterface link in _links.Values.Where(IsMaster))
        {
            MapNode node = _anchors[Key(link)];
            Connect(MasterOf(link) ?? _boxes[link.NamespaceInode], node, MasterOf(link) is null ? "inside" : "port", MapItems.Clean($"{link}"));
        }
    }

    // A bridge or a device has a box of its own, which a line joins to its bridge or its namespace.
    private void AddDevice(NetNamespaceInterface link, string css, MapNode? master)
    {
        string kind = MapItems.KindOf(link);
        MapNode node = new(string.Create(CultureInfo.InvariantCulture, $"{_prefix}if{link.NamespaceInode}x{link.InterfaceIndex}"), _machine.Host, css, MapText.Shorten(link.InterfaceName))
        {
            Item = _items.Find(link),
            Lines = [$"{kind}, {MapText.StateOf(link)}", .. MapText.AddressesOf(link)],
        };
        _picture.Nodes.Add(node);
        _anchors.Add(Key(link), node);
        if (css == "device")
        {
            Connect(node, master ?? _boxes[link.NamespaceInode], master is null ? "inside" : "port", MapItems.Clean($"{link}"));
        }

        if (link.Kind is null && link.IsUp)
        {
            Connect(_outside ??= AddOutside(), node, "way", "the way out");
        }
    }

    private MapNode AddOutside()
    {
        MapNode outside = new($"{_prefix}outside", _machine.Host, "outside", "outside") { Lines = ["other machines"] };
        _picture.Nodes.Add(outside);
        return outside;
    }

    private void AddCables()
    {
        HashSet<((ulong, int), (ulong, int))> drawn = [];
        foreach (NetNamespaceInterface link in _links.Values.Where(link => _anchors.ContainsKey(Key(link))))
        {
            if (link.PeerInterfaceIndex is int peer && link.PeerNamespaceInode is ulong inode)
            {
                (ulong, int) here = Key(link);
                if (drawn.Add(here.CompareTo((inode, peer)) < 0 ? (here, (inode, peer)) : ((inode, peer), here)))
                {
                    AddCable(link, (inode, peer));
                }
            }

            if (link.LowerInterfaceIndex is int lower && link.LowerNamespaceInode is ulong below)
            {
                AddLower(link, (below, lower));
            }
        }
    }

    private void AddCable(NetNamespaceInterface link, (ulong, int) far)
    {
        MapNode here = _anchors[Key(link)];
        MapNode there = BoxOf(far, link.PeerNamespace);
        NetNamespaceInterface? peer = _links.GetValueOrDefault(far);
        string peerName = peer?.InterfaceName ?? link.PeerInterfaceName ?? "?";

        // From the way out towards the namespaces: that is how the picture is read.
        bool turn = Rank(there) < Rank(here);
        (MapNode from, MapNode to) = turn ? (there, here) : (here, there);
        string label = turn ? $"{MapText.Shorten(peerName)} – {MapText.Shorten(link.InterfaceName)}" : $"{MapText.Shorten(link.InterfaceName)} – {MapText.Shorten(peerName)}";
        bool works = MapText.Works(link) && (peer is null || MapText.Works(peer));

        // A port of a bridge has no place but this line.
        NetNamespaceInterface? port = IsPort(link) ? link : peer is not null && IsPort(peer) ? peer : null;
        _picture.Edges.Add(new MapEdge(from.Id, to.Id, works ? "veth" : "veth down", MapItems.Clean($"{link.Kind} {label}")) { Label = label, Item = port is null ? null : _items.Find(port) });
    }

    // An interface on top of another in the same box names it.
    private void AddLower(NetNamespaceInterface link, (ulong, int) below)
    {
        MapNode here = _anchors[Key(link)];
        MapNode there = BoxOf(below, link.LowerNamespace);
        if (here != there)
        {
            _picture.Edges.Add(new MapEdge(there.Id, here.Id, MapText.Works(link) ? "lower" : "lower down", MapItems.Clean($"{link} on {link.LowerInterfaceName}")) { Label = MapText.Shorten(link.Kind ?? "link") });
        }
    }

    // An interface that was not given, or a loopback, is taken for its namespace.
    private MapNode BoxOf((ulong Inode, int) key, string? name) => _anchors.GetValueOrDefault(key)
        ?? AddBox(key.Inode, MapText.Shorten(name ?? string.Create(CultureInfo.InvariantCulture, $"net:[{key.Inode}]")), "absent", null, ["not among what was given"]);

    private static int Rank(MapNode node) => node.Css.StartsWith("bridge", StringComparison.Ordinal) ? 0 : node.Css.Contains("host", StringComparison.Ordinal) ? 1 : 2;

    private void Connect(MapNode from, MapNode to, string css, string tip) => _picture.Edges.Add(new MapEdge(from.Id, to.Id, css, tip));

    private bool IsMaster(NetNamespaceInterface link) => _masters.Contains((link.NamespaceInode, link.InterfaceName));

    private MapNode? MasterOf(NetNamespaceInterface link) => link.Master is null ? null
        : _byName.TryGetValue((link.NamespaceInode, link.Master), out NetNamespaceInterface? master) ? _anchors.GetValueOrDefault(Key(master)) : null;

    // Whether the interface is drawn as the line to its peer. Where a cable joins two bridges, both ends are boxes.
    private bool IsCable(NetNamespaceInterface link) => link.Kind is "veth" or "netkit" && link.PeerNamespaceInode is ulong inode && link.PeerInterfaceIndex is int index
        && !(_links.TryGetValue((inode, index), out NetNamespaceInterface? peer) && peer.Master is not null);

    private bool IsPort(NetNamespaceInterface link) => link.Master is not null && !IsMaster(link) && IsCable(link) && _anchors.GetValueOrDefault(Key(link))?.Css == "bridge";

    private static (ulong Inode, int Index) Key(NetNamespaceInterface link) => (link.NamespaceInode, link.InterfaceIndex);

    private static (ulong Inode, string Name) Name(NetNamespaceInterface link) => (link.NamespaceInode, link.InterfaceName);
}
