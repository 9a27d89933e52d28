using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Operations.Find;
using Xunit;

namespace LinuxNamespaces.UnitTests;

public class NamespaceTreeTests
{
    [Fact]
    public void Branches_are_drawn_by_owner()
    {
        List<NamespaceInfo> tree = Order(
            NamespaceHierarchy.Owner,
            Node(NamespaceType.Uts, 5, owner: 2),
            Node(NamespaceType.User, 1),
            Node(NamespaceType.User, 2, owner: 1),
            Node(NamespaceType.Net, 6, owner: 2),
            Node(NamespaceType.Uts, 9, owner: 1));
        Assert.Equal(["user:[1]", "├─user:[2]", "│ ├─uts:[5]", "│ └─net:[6]", "└─uts:[9]"], tree.Select(node => node.Hierarchy));
        Assert.Equal([0, 1, 2, 2, 1], tree.Select(node => node.Depth));
    }

    [Fact]
    public void An_owner_that_is_not_listed_makes_a_root() =>
        Assert.Equal(["uts:[5]"], Order(NamespaceHierarchy.Owner, Node(NamespaceType.Uts, 5, owner: 77)).Select(node => node.Hierarchy));

    [Fact]
    public void A_ring_loses_nothing()
    {
        List<NamespaceInfo> tree = Order(NamespaceHierarchy.Owner, Node(NamespaceType.User, 1, owner: 2), Node(NamespaceType.User, 2, owner: 1));
        Assert.Equal(["user:[1]", "└─user:[2]"], tree.Select(node => node.Hierarchy));
    }

    [Fact]
    public void A_namespace_that_owns_itself_is_a_root() =>
        Assert.Equal([0], Order(NamespaceHierarchy.Owner, Node(NamespaceType.User, 1, owner: 1)).Select(node => node.Depth));

    [Fact]
    public void Processes_hang_below_the_last_line_of_their_parent()
    {
        List<NamespaceInfo> nodes =
        [
            new() { Type = NamespaceType.Uts, Inode = 1, ProcessId = 1, ParentProcessId = 0, Command = "init" },
            new() { Type = NamespaceType.Uts, Inode = 2, ProcessId = 30, ParentProcessId = 1, Command = "shell" },
            new() { Type = NamespaceType.Uts, Inode = 3, ProcessId = 40, ParentProcessId = 20, Command = "other" },
        ];
        List<NamespaceInfo> tree = new NamespaceTree(NamespaceHierarchy.Process, nodes).ToList();
        Assert.Equal(["init", "└─shell", "other"], tree.Select(node => node.Hierarchy));
    }

    private static List<NamespaceInfo> Order(NamespaceHierarchy hierarchy, params NamespaceInfo[] nodes) =>
        new NamespaceTree(hierarchy, nodes).ToList();

    private static NamespaceInfo Node(NamespaceType type, ulong inode, ulong? owner = null) => new() { Type = type, Inode = inode, OwnerInode = owner };
}
