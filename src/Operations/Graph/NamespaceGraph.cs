using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
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

    /// <summary>Adds interfaces, each within its net namespace; two that are each other's ends become one edge.</summary>
    internal void Add(IReadOnlyCollection<NetNamespaceInterface> interfaces)
    {
        foreach (NetNamespaceInterface link in interfaces)
        {
            string group = link.Namespace.Contains('[') ? link.Namespace : string.Create(CultureInfo.InvariantCulture, $"{link.Namespace} net:[{link.NamespaceInode}]");
            AddNode(IdOf(link.NamespaceInode, link.InterfaceIndex), [link.InterfaceName, .. link.Address], new GraphGroup(string.Create(CultureInfo.InvariantCulture, $"inside{link.NamespaceInode}"), group));
        }

        HashSet<(string, string)> drawn = [];
        foreach (NetNamespaceInterface link in interfaces)
        {
            string here = IdOf(link.NamespaceInode, link.InterfaceIndex);
            if ((link.PeerInterfaceIndex ?? link.LowerInterfaceIndex) is int index && (link.PeerNamespaceInode ?? link.LowerNamespaceInode) is ulong inode)
            {
                string there = IdOf(inode, index);
                if (_nodes.ContainsKey(there) && drawn.Add(string.CompareOrdinal(here, there) < 0 ? (here, there) : (there, here)))
                {
                    _edges.Add(new GraphEdge(here, there, link.Kind, IsDirected: false));
                }
            }

            NetNamespaceInterface? master = link.Master is null ? null
                : interfaces.FirstOrDefault(other => other.NamespaceInode == link.NamespaceInode && other.InterfaceName == link.Master);
            if (master is not null)
            {
                _edges.Add(new GraphEdge(IdOf(master.NamespaceInode, master.InterfaceIndex), here, null, IsDirected: false));
            }
        }
    }

    private void AddNode(string id, string[] lines, GraphGroup? group) => _nodes.TryAdd(id, new GraphNode(id, lines, group));

    private static string IdOf(NamespaceType type, ulong inode) => string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}{inode}");

    private static string IdOf(ulong inode, int index) => string.Create(CultureInfo.InvariantCulture, $"if{inode}x{index}");

    private static string Shorten(string text) => text.Length <= MaxLabel ? text : string.Concat(text.AsSpan(0, MaxLabel - 1), "…");

    // A command line may have pages.
    private const int MaxLabel = 60;
}
