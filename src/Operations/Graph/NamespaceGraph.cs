using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Relations of namespaces, and interfaces with their peers, as nodes and edges.</summary>
internal sealed class NamespaceGraph
{
    private readonly Dictionary<string, GraphNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<GraphEdge> _edges = [];

    /// <summary>In the order they were added.</summary>
    internal IReadOnlyCollection<GraphNode> Nodes => _nodes.Values;

    internal IReadOnlyList<GraphEdge> Edges => _edges;

    /// <summary>Adds namespaces and what relates them; a relative that is not among them becomes a node of its own.</summary>
    internal void Add(IReadOnlyCollection<NamespaceInfo> namespaces, NamespaceHierarchy hierarchy)
    {
        HashSet<ulong> known = [.. namespaces.Select(ns => ns.Inode)];
        foreach (NamespaceInfo ns in namespaces.OrderBy(ns => ns.Type).ThenBy(ns => ns.Inode))
        {
            string[] details = [.. new[] { ns.Name, ns.Container, ns.Command is string command ? Shorten($"{command} ({ns.ProcessId})") : ns.MountPoint }.OfType<string>()];
            AddNode(IdOf(ns.Type, ns.Inode), [ns.ToString(), .. details], null);
            (NamespaceType type, ulong? relative) = hierarchy switch
            {
                NamespaceHierarchy.Owner => (NamespaceType.User, ns.OwnerInode),
                NamespaceHierarchy.Parent => (ns.Type, ns.ParentInode),
                _ => (ns.Type, null),
            };
            if (relative is ulong inode && !known.Contains(inode))
            {
                AddNode(IdOf(type, inode), [string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}:[{inode}]")], null);
                _edges.Add(new GraphEdge(IdOf(type, inode), IdOf(ns.Type, ns.Inode), null, IsDirected: true));
            }
        }

        foreach ((NamespaceInfo parent, NamespaceInfo child) in new NamespaceTree(hierarchy, namespaces).Edges)
        {
            _edges.Add(new GraphEdge(IdOf(parent.Type, parent.Inode), IdOf(child.Type, child.Inode), null, IsDirected: true));
        }
    }

    /// <summary>
    /// Adds interfaces, each within its net namespace; two that are each other's ends become one edge. An end or a bridge that is not among them becomes a node of
    /// its own: the cable is there whether or not its other end was asked for.
    /// </summary>
    internal void Add(IReadOnlyCollection<NetNamespaceInterface> interfaces)
    {
        foreach (NetNamespaceInterface link in interfaces)
        {
            AddNode(IdOf(link.NamespaceInode, link.InterfaceIndex), [link.InterfaceName, .. link.Address], GroupOf(link.Namespace, link.NamespaceInode));
        }

        HashSet<(string, string)> drawn = [];
        Dictionary<(ulong, string), NetNamespaceInterface> byName = interfaces.DistinctBy(link => (link.NamespaceInode, link.InterfaceName)).ToDictionary(link => (link.NamespaceInode, link.InterfaceName));
        foreach (NetNamespaceInterface link in interfaces)
        {
            string here = IdOf(link.NamespaceInode, link.InterfaceIndex);
            if ((link.PeerInterfaceIndex ?? link.LowerInterfaceIndex) is int index && (link.PeerNamespaceInode ?? link.LowerNamespaceInode) is ulong inode)
            {
                string there = IdOf(inode, index);
                AddNode(there, [link.PeerInterfaceName ?? link.LowerInterfaceName ?? string.Create(CultureInfo.InvariantCulture, $"interface {index}")], GroupOf(link.PeerNamespace ?? link.LowerNamespace ?? string.Empty, inode));
                if (drawn.Add(string.CompareOrdinal(here, there) < 0 ? (here, there) : (there, here)))
                {
                    _edges.Add(new GraphEdge(here, there, link.Kind, IsDirected: false));
                }
            }

            if (link.Master is string master)
            {
                string bridge = byName.TryGetValue((link.NamespaceInode, master), out NetNamespaceInterface? known)
                    ? IdOf(known.NamespaceInode, known.InterfaceIndex)
                    : string.Create(CultureInfo.InvariantCulture, $"if{link.NamespaceInode}named{Convert.ToHexString(Encoding.UTF8.GetBytes(master))}");
                AddNode(bridge, [master], GroupOf(link.Namespace, link.NamespaceInode));
                _edges.Add(new GraphEdge(bridge, here, null, IsDirected: false));
            }
        }
    }

    private static GraphGroup GroupOf(string name, ulong inode) => new(
        string.Create(CultureInfo.InvariantCulture, $"inside{inode}"),
        name.Length == 0 || name.Contains('[') ? string.Create(CultureInfo.InvariantCulture, $"net:[{inode}]") : string.Create(CultureInfo.InvariantCulture, $"{name} net:[{inode}]"));

    private void AddNode(string id, string[] lines, GraphGroup? group) => _nodes.TryAdd(id, new GraphNode(id, lines, group));

    private static string IdOf(NamespaceType type, ulong inode) => string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}{inode}");

    private static string IdOf(ulong inode, int index) => string.Create(CultureInfo.InvariantCulture, $"if{inode}x{index}");

    private static string Shorten(string text) => text.Length <= MaxLabel ? text : string.Concat(text.AsSpan(0, MaxLabel - 1), "…");

    // A command line may have pages.
    private const int MaxLabel = 60;
}
