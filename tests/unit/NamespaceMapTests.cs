using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Operations.Graph;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>What is a box and what is a line in the pictures of a map.</summary>
public class NamespaceMapTests
{
    private const ulong Host = 10;
    private const ulong Inner = 20;

    [Fact]
    public void A_port_of_a_bridge_is_the_line_to_its_peer()
    {
        MapPicture picture = Networks(
            Link(Host, 2, "br0", "bridge"),
            Link(Host, 3, "v3", "veth", master: "br0", peer: (Inner, 2)),
            Link(Inner, 2, "eth0", "veth", peer: (Host, 3)));
        MapEdge cable = Assert.Single(picture.Edges, edge => edge.Css == "veth");
        Assert.Equal("m0-if10x2", cable.From);
        Assert.Equal("m0-net20", cable.To);
        Assert.Equal("v3 – eth0", cable.Label);
        Assert.NotNull(cable.Item);
        Assert.Empty(Box(picture, "m0-net10").Rows);
        Assert.Single(Box(picture, "m0-net20").Rows);
    }

    [Fact]
    public void Two_bridges_joined_by_a_cable_show_both_its_ends()
    {
        MapPicture picture = Networks(
            Link(Host, 2, "br0", "bridge"),
            Link(Host, 3, "br1", "bridge"),
            Link(Host, 4, "v4", "veth", master: "br0", peer: (Host, 5)),
            Link(Host, 5, "v5", "veth", master: "br1", peer: (Host, 4)));
        Assert.Equal(2, picture.Nodes.Count(node => node.Css == "device"));
        Assert.Single(picture.Edges, edge => edge.Css == "veth");
        Assert.Equal(2, picture.Edges.Count(edge => edge.Css == "port"));
    }

    [Fact]
    public void A_bond_hangs_on_its_bridge_and_hardware_on_the_way_out()
    {
        MapPicture picture = Networks(
            Link(Host, 2, "br0", "bridge"),
            Link(Host, 3, "bond0", "bond", master: "br0"),
            Link(Host, 4, "eth0", null, master: "bond0"));
        Assert.Contains(picture.Edges, edge => edge is { From: "m0-if10x2", To: "m0-if10x3", Css: "port" });
        Assert.Contains(picture.Edges, edge => edge is { From: "m0-if10x4", To: "m0-if10x3", Css: "port" });
        Assert.Contains(picture.Edges, edge => edge is { From: "m0-outside", To: "m0-if10x4", Css: "way" });
    }

    [Fact]
    public void A_macvlan_rests_on_what_is_below()
    {
        MapPicture picture = Networks(Link(Host, 2, "eth0", null), Link(Inner, 5, "mac0", "macvlan", lower: (Host, 2)), Link(Host, 6, "eth0.7", "vlan", lower: (Host, 2)));
        Assert.Contains(picture.Edges, edge => edge is { From: "m0-if10x2", To: "m0-net20", Css: "lower", Label: "macvlan" });
        Assert.Contains(picture.Edges, edge => edge is { From: "m0-if10x2", To: "m0-net10", Css: "lower", Label: "vlan" });
    }

    [Fact]
    public void A_cable_within_one_namespace_is_one_line()
    {
        MapPicture picture = Networks(Link(Inner, 2, "a", "veth", peer: (Inner, 3)), Link(Inner, 3, "b", "veth", peer: (Inner, 2), up: false));
        MapEdge cable = Assert.Single(picture.Edges);
        Assert.Equal("veth down", cable.Css);
        Assert.Equal(cable.From, cable.To);
    }

    [Fact]
    public void The_far_end_of_a_cable_is_drawn_though_nobody_gave_it()
    {
        MapPicture picture = Networks(Link(Inner, 2, "eth0", "veth", peer: (Host, 7)));
        Assert.Equal("absent", Box(picture, "m0-net10").Css);
        Assert.Single(picture.Edges);
    }

    [Fact]
    public void A_bridge_that_nobody_gave_leaves_its_port_a_row()
    {
        MapPicture picture = Networks(Link(Host, 3, "v3", "veth", master: "br9", peer: (Inner, 2)), Link(Inner, 2, "eth0", "veth", peer: (Host, 3)));
        Assert.Single(Box(picture, "m0-net10").Rows);
        Assert.Single(picture.Edges, edge => edge.Css == "veth");
    }

    [Fact]
    public void Owners_and_parents_of_pid_namespaces_are_arrows()
    {
        MapMachine machine = new("here");
        machine.Namespaces.AddRange(
        [
            new NamespaceInfo { Type = NamespaceType.User, Inode = 1, IsInitial = true, ProcessId = 1 },
            new NamespaceInfo { Type = NamespaceType.Pid, Inode = 2, IsInitial = true, ProcessId = 1, OwnerInode = 1 },
            new NamespaceInfo { Type = NamespaceType.User, Inode = 3, ProcessId = 50, OwnerInode = 1, ParentInode = 1 },
            new NamespaceInfo { Type = NamespaceType.Pid, Inode = 4, ProcessId = 50, OwnerInode = 3, ParentInode = 2 },
            new NamespaceInfo { Type = NamespaceType.Net, Inode = 5, ProcessId = 50, OwnerInode = 3 },
            new NamespaceInfo { Type = NamespaceType.Uts, Inode = 6, Sources = NamespaceSource.Mount, MountPoint = "/run/x", OwnerInode = 99 },
        ]);
        MapPicture picture = NamespaceMap.Create("x", [machine]).Pictures[1];
        Assert.Equal(["net", "pid"], Box(picture, "m0-set4").Chips.Select(chip => chip.Text));
        Assert.Equal("set kept", Box(picture, "m0-set6").Css);
        Assert.Equal(["kept by the mount /run/x"], Box(picture, "m0-set6").Lines);
        Assert.Equal(
            ["m0-absentuser:[99]>m0-set6 owner", "m0-set1>m0-set2 owner", "m0-set1>m0-set3 owner", "m0-set2>m0-set4 parent", "m0-set3>m0-set4 owner"],
            picture.Edges.Select(edge => $"{edge.From}>{edge.To} {edge.Css}").Order());
    }

    [Fact]
    public void Machines_with_the_same_numbers_stay_apart()
    {
        MapMachine[] machines = [new MapMachine("a"), new MapMachine("b")];
        foreach (MapMachine machine in machines)
        {
            machine.Namespaces.Add(new NamespaceInfo { Type = NamespaceType.Net, Inode = Host, IsInitial = true });
        }

        NamespaceMap map = NamespaceMap.Create("x", machines);
        Assert.Equal(["a", "b"], map.Pictures[0].Nodes.Select(node => node.Host));
        Assert.Equal(2, map.Pictures[0].Nodes.Select(node => node.Id).Distinct().Count());
    }

    private static MapPicture Networks(params NetNamespaceInterface[] links)
    {
        MapMachine machine = new("here");
        machine.Interfaces.AddRange(links);
        NamespaceMap map = NamespaceMap.Create("x", [machine]);
        HashSet<string> ids = [.. map.Pictures[0].Nodes.Select(node => node.Id)];
        Assert.All(map.Pictures[0].Edges, edge => Assert.True(ids.Contains(edge.From) && ids.Contains(edge.To)));
        return map.Pictures[0];
    }

    private static MapNode Box(MapPicture picture, string id) => Assert.Single(picture.Nodes, node => node.Id == id);

    private static NetNamespaceInterface Link(
        ulong inode, int index, string name, string? kind, string? master = null, (ulong Inode, int Index)? peer = null, (ulong Inode, int Index)? lower = null, bool up = true) => new()
        {
            Namespace = $"net:[{inode}]",
            NamespaceInode = inode,
            InterfaceIndex = index,
            InterfaceName = name,
            Kind = kind,
            Master = master,
            IsUp = up,
            State = up ? NetInterfaceState.Up : NetInterfaceState.Down,
            PeerNamespaceInode = peer?.Inode,
            PeerInterfaceIndex = peer?.Index,
            LowerNamespaceInode = lower?.Inode,
            LowerInterfaceIndex = lower?.Index,
        };
}
