using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Draws containers, and other processes with namespaces of their own, with what they share of the eight types.</summary>
internal sealed class ContainerPicture
{
    private readonly MapMachine _machine;
    private readonly MapItems _items;
    private readonly MapPicture _picture;
    private readonly string _prefix;
    private readonly ulong[] _host;

    private ContainerPicture(MapPicture picture, MapMachine machine, MapItems items, string prefix)
    {
        (_picture, _machine, _items, _prefix) = (picture, machine, items, prefix);
        _host = new ulong[NamespaceTypes.Count];
        foreach (NamespaceInfo ns in machine.Namespaces.Where(ns => ns.IsInitial))
        {
            _host[(int)ns.Type] = ns.Inode;
        }
    }

    internal static MapPicture Create() => new(
        "containers",
        "Containers",
        "Each container, or other isolated process, with the namespaces that it has for itself, and those it shares with the host or another.",
        "There is no process with namespaces of its own to draw.",
        [
            new MapLegend("chip", "net", "its own"),
            new MapLegend("chip", "net shared", "shared with another"),
            new MapLegend("chip", "with-host", "the host's"),
            new MapLegend("chip", "unknown", "not known"),
            new MapLegend("edge", "shares", "shares"),
        ]);

    /// <summary>Adds the boxes of a machine. The prefix keeps their ids apart from those of other machines.</summary>
    internal static void Add(MapPicture picture, MapMachine machine, MapItems items, string prefix)
    {
        ContainerPicture containers = new(picture, machine, items, prefix);
        List<(MapNode Box, ulong[] Inodes)> boxes = containers.AddBoxes();
        if (boxes.Count > 0)
        {
            containers.AddHost();
        }

        containers.AddShared(boxes);
    }

    private List<(MapNode, ulong[])> AddBoxes()
    {
        List<(string Title, List<string> Lines, ulong[] Inodes)> sets = [.. FromProcesses(), .. FromNamespaces()];
        Dictionary<(int, ulong), int> uses = [];
        foreach ((_, _, ulong[] inodes) in sets)
        {
            for (int type = 0; type < inodes.Length; type++)
            {
                uses[(type, inodes[type])] = uses.GetValueOrDefault((type, inodes[type])) + 1;
            }
        }

        List<(MapNode, ulong[])> boxes = [];
        foreach ((string title, List<string> lines, ulong[] inodes) in sets)
        {
            MapNode box = new(string.Create(CultureInfo.InvariantCulture, $"{_prefix}box{boxes.Count}"), _machine.Host, "set", title) { Lines = lines };
            for (int type = 0; type < inodes.Length; type++)
            {
                box.Chips.Add(ChipOf((NamespaceType)type, inodes[type], uses[(type, inodes[type])]));
            }

            _picture.Nodes.Add(box);
            boxes.Add((box, inodes));
        }

        return boxes;
    }

    private MapPart ChipOf(NamespaceType type, ulong inode, int uses)
    {
        string name = type.KernelName();
        string text = string.Create(CultureInfo.InvariantCulture, $"{name}:[{inode}]");
        return inode == 0 ? new MapPart(name, "unknown", $"{name}: not known", null)
            : inode == _host[(int)type] ? new MapPart(name, "with-host", $"{text}, the host's", _items.Find(type, inode))
            : uses > 1 ? new MapPart(name, $"{name} shared", $"{text}, shared", _items.Find(type, inode))
            : new MapPart(name, name, $"{text}, its own", _items.Find(type, inode));
    }

    // One box for each container; one for all other processes that are in the same eight namespaces.
    private IEnumerable<(string, List<string>, ulong[])> FromProcesses()
    {
        foreach (var group in _machine.Processes.OrderBy(process => process.Id).GroupBy(process => (process.Container, process.ContainerId, Set: process.Container is null ? string.Join(' ', process.Inodes) : null)))
        {
            NamespaceProcess first = group.First();
            if (first.Container is null && !IsIsolated(first))
            {
                continue;
            }

            List<string> lines = [MapText.Shorten(first.CommandLine ?? first.Program ?? string.Empty), string.Create(CultureInfo.InvariantCulture, $"PID {first.Id}{(group.Count() > 1 ? $" and {group.Count() - 1} more" : string.Empty)}")];
            yield return (MapText.Shorten(first.Container ?? first.Program ?? $"{first}"), lines, first.Inodes);
        }
    }

    private bool IsIsolated(NamespaceProcess process)
    {
        for (int type = 0; type < NamespaceTypes.Count; type++)
        {
            if (_host[type] != 0 && process.Inodes[type] != 0 && process.Inodes[type] != _host[type])
            {
                return true;
            }
        }

        return false;
    }

    // The input from another machine may have only namespaces, which name the container of their first process. Sharing is then not known.
    private IEnumerable<(string, List<string>, ulong[])> FromNamespaces()
    {
        HashSet<string> known = [.. _machine.Processes.Select(process => process.Container).OfType<string>()];
        foreach (IGrouping<string, NamespaceInfo> group in _machine.Namespaces.Where(ns => ns.Container is not null && !known.Contains(ns.Container)).GroupBy(ns => ns.Container!))
        {
            ulong[] inodes = new ulong[NamespaceTypes.Count];
            foreach (NamespaceInfo ns in group)
            {
                inodes[(int)ns.Type] = ns.Inode;
            }

            yield return (MapText.Shorten(group.Key), [MapText.KeeperOf(group.First())], inodes);
        }
    }

    private void AddHost()
    {
        MapNode host = new($"{_prefix}host", _machine.Host, "set host", "host");
        for (int type = 0; type < _host.Length; type++)
        {
            if (_host[type] != 0)
            {
                host.Chips.Add(ChipOf((NamespaceType)type, _host[type], 0));
            }
        }

        if (host.Chips.Count > 0)
        {
            _picture.Nodes.Add(host);
        }
    }

    private void AddShared(List<(MapNode Box, ulong[] Inodes)> boxes)
    {
        foreach (var shared in boxes.SelectMany(box => box.Inodes.Select((inode, type) => (box.Box, Type: (NamespaceType)type, Inode: inode)))
            .Where(use => use.Inode != 0 && use.Inode != _host[(int)use.Type]).GroupBy(use => (use.Type, use.Inode)).Where(group => group.Count() > 1))
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{shared.Key.Type.KernelName()}:[{shared.Key.Inode}]");
            MapNode node = new($"{_prefix}{text}", _machine.Host, "shared", text)
            {
                Item = _items.Find(shared.Key.Type, shared.Key.Inode),
                Lines = [string.Create(CultureInfo.InvariantCulture, $"shared by {shared.Count()}")],
            };
            _picture.Nodes.Add(node);
            foreach (var use in shared)
            {
                _picture.Edges.Add(new MapEdge(use.Box.Id, node.Id, "shares", "shares"));
            }
        }
    }
}
