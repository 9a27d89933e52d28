using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Draws which user namespace owns which namespaces, which pid namespace lies in which, and what keeps them.</summary>
/// <remarks>The namespaces that one process keeps, under one owner, are one box: a machine with 300 containers has 2,400 namespaces.</remarks>
internal sealed class RelationPicture
{
    private readonly MapMachine _machine;
    private readonly MapItems _items;
    private readonly MapPicture _picture;
    private readonly string _prefix;
    private readonly Dictionary<(NamespaceType, ulong), MapNode> _boxOf = [];

    private RelationPicture(MapPicture picture, MapMachine machine, MapItems items, string prefix) =>
        (_picture, _machine, _items, _prefix) = (picture, machine, items, prefix);

    internal static MapPicture Create() => new(
        "relations",
        "Relations",
        "Arrows lead from each user namespace to the namespaces it owns, and from each pid namespace to those in it. A box holds the namespaces that one process keeps.",
        "There is no namespace to draw.",
        [
            new MapLegend("node", "host", "initial"),
            new MapLegend("node", "set", "kept by a process"),
            new MapLegend("node", "set kept", "kept by something else"),
            new MapLegend("node", "absent", "not given"),
            new MapLegend("edge", "owner", "owns"),
            new MapLegend("edge", "parent", "parent (pid)"),
        ]);

    /// <summary>Adds the boxes of a machine. The prefix keeps their ids apart from those of other machines.</summary>
    internal static void Add(MapPicture picture, MapMachine machine, MapItems items, string prefix)
    {
        RelationPicture relations = new(picture, machine, items, prefix);
        relations.AddBoxes();
        relations.AddEdges();
    }

    private void AddBoxes()
    {
        var groups = _machine.Namespaces.DistinctBy(ns => (ns.Type, ns.Inode)).OrderByDescending(ns => ns.IsInitial).ThenBy(ns => ns.Inode)
            .GroupBy(ns => (ns.OwnerInode, ns.IsInitial, ns.ProcessId, Single: ns.ProcessId is null ? ns.Inode : 0));
        foreach (var group in groups)
        {
            NamespaceInfo first = group.First();
            MapNode box = new(string.Create(CultureInfo.InvariantCulture, $"{_prefix}set{first.Inode}"), _machine.Host, CssOf(first), TitleOf(first)) { Lines = LinesOf(first) };
            foreach (NamespaceInfo ns in group.OrderBy(ns => ns.Type))
            {
                box.Chips.Add(new MapPart(ns.Type.KernelName(), ns.Type.KernelName(), MapItems.TitleOf(ns), _items.Find(ns.Type, ns.Inode)));
                _boxOf[(ns.Type, ns.Inode)] = box;
            }

            _picture.Nodes.Add(box);
        }
    }

    private static string CssOf(NamespaceInfo ns) => ns.IsInitial ? "set host" : ns.ProcessId is null && ns.Sources != NamespaceSource.None ? "set kept" : "set";

    private static string TitleOf(NamespaceInfo ns) =>
        ns.IsInitial ? "initial" : MapText.Shorten(ns.Container ?? (ns.ProcessId is null ? ns.Name ?? $"{ns}" : ns.Command ?? $"{ns}"));

    private static List<string> LinesOf(NamespaceInfo ns)
    {
        string user = ns.UserName is null ? string.Empty : $", {MapText.Shorten(ns.UserName)}";
        return ns.ProcessId is int id ? [.. ns.Container is null || ns.Command is null ? [] : new[] { MapText.Shorten(ns.Command) }, string.Create(CultureInfo.InvariantCulture, $"PID {id}{user}")] : [MapText.KeeperOf(ns)];
    }

    private void AddEdges()
    {
        HashSet<(string, string, string)> drawn = [];
        foreach (NamespaceInfo ns in _machine.Namespaces)
        {
            MapNode box = _boxOf[(ns.Type, ns.Inode)];
            if (ns.OwnerInode is ulong owner)
            {
                Connect(BoxOf(NamespaceType.User, owner), box, "owner", null);
            }

            // The parent of a user namespace is its owner.
            if (ns.Type == NamespaceType.Pid && ns.ParentInode is ulong parent)
            {
                Connect(BoxOf(NamespaceType.Pid, parent), box, "parent", "pid");
            }
        }

        void Connect(MapNode from, MapNode to, string css, string? label)
        {
            if (from != to && drawn.Add((from.Id, to.Id, css)))
            {
                _picture.Edges.Add(new MapEdge(from.Id, to.Id, css, label is null ? "owns" : "is the parent of") { Label = label, IsDirected = true });
            }
        }
    }

    // A relative that was not given is drawn all the same: something hangs on it.
    private MapNode BoxOf(NamespaceType type, ulong inode)
    {
        if (!_boxOf.TryGetValue((type, inode), out MapNode? box))
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}:[{inode}]");
            box = new MapNode($"{_prefix}absent{text}", _machine.Host, "absent", text) { Lines = ["not among what was given"] };
            _boxOf.Add((type, inode), box);
            _picture.Nodes.Add(box);
        }

        return box;
    }
}
