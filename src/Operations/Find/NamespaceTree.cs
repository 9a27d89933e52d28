using System;
using System.Collections.Generic;
using System.Linq;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Puts namespaces into the order of a tree and draws its branches.</summary>
internal sealed class NamespaceTree
{
    private readonly NamespaceHierarchy _hierarchy;
    private readonly List<NamespaceInfo> _nodes;
    private readonly List<NamespaceInfo> _roots = [];
    private readonly Dictionary<NamespaceInfo, List<NamespaceInfo>> _children = [];
    private readonly List<NamespaceInfo> _ordered = [];

    /// <param name="hierarchy">The relation between parent and child.</param>
    /// <param name="namespaces">The nodes.</param>
    internal NamespaceTree(NamespaceHierarchy hierarchy, IEnumerable<NamespaceInfo> namespaces)
    {
        _hierarchy = hierarchy;
        _nodes = [.. namespaces];

        // As lsns does it: by inode alone, so that the initial namespaces come first.
        _nodes.Sort(static (a, b) => a.Inode.CompareTo(b.Inode));
        Func<NamespaceInfo, NamespaceInfo?> parentOf = hierarchy == NamespaceHierarchy.Process ? ByProcess() : ByInode();
        foreach (NamespaceInfo node in _nodes)
        {
            NamespaceInfo? parent = parentOf(node);
            if (parent is null || parent == node)
            {
                _roots.Add(node);
                continue;
            }

            if (!_children.TryGetValue(parent, out List<NamespaceInfo>? siblings))
            {
                siblings = [];
                _children.Add(parent, siblings);
            }

            siblings.Add(node);
        }
    }

    /// <summary>Every parent with each of its children.</summary>
    internal IEnumerable<(NamespaceInfo Parent, NamespaceInfo Child)> Edges =>
        _children.SelectMany(family => family.Value.Select(child => (family.Key, child)));

    /// <summary>The nodes from the roots down, each with its depth and drawn branch.</summary>
    internal List<NamespaceInfo> ToList()
    {
        foreach (NamespaceInfo root in _roots)
        {
            Walk(root, 0, string.Empty, string.Empty);
        }

        // A process that ended and one that took its PID can make a ring; nothing found is ever left out.
        foreach (NamespaceInfo node in _nodes)
        {
            if (node.Hierarchy is null)
            {
                Walk(node, 0, string.Empty, string.Empty);
            }
        }

        return _ordered;
    }

    private void Walk(NamespaceInfo node, int depth, string branch, string indent)
    {
        if (node.Hierarchy is not null)
        {
            return;
        }

        node.Depth = depth;
        node.Hierarchy = branch + Label(node);
        _ordered.Add(node);
        if (!_children.TryGetValue(node, out List<NamespaceInfo>? children))
        {
            return;
        }

        for (int i = 0; i < children.Count; i++)
        {
            bool last = i == children.Count - 1;
            Walk(children[i], depth + 1, indent + (last ? "└─" : "├─"), indent + (last ? "  " : "│ "));
        }
    }

    private string Label(NamespaceInfo node) =>
        _hierarchy == NamespaceHierarchy.Process && node.Command is string command ? command : node.ToString();

    private Func<NamespaceInfo, NamespaceInfo?> ByInode()
    {
        Dictionary<ulong, NamespaceInfo> byInode = [];
        foreach (NamespaceInfo node in _nodes)
        {
            byInode[node.Inode] = node;
        }

        return node =>
        {
            ulong? parent = _hierarchy == NamespaceHierarchy.Owner ? node.OwnerInode : node.ParentInode;
            return parent is ulong inode ? byInode.GetValueOrDefault(inode) : null;
        };
    }

    // As lsns draws it: below the last line so far of the parent of its first process, if that has one.
    private static Func<NamespaceInfo, NamespaceInfo?> ByProcess()
    {
        Dictionary<int, NamespaceInfo> lastLines = [];
        return node =>
        {
            NamespaceInfo? parent = lastLines.GetValueOrDefault(node.ParentProcessId ?? 0);
            if (node.ProcessId is int processId)
            {
                lastLines[processId] = node;
            }

            return parent;
        };
    }
}
