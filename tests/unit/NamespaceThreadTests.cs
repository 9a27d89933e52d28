using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Targets;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Going into namespaces, and leaving nobody there.</summary>
public class NamespaceThreadTests
{
    private static string Own(string type) => File.ResolveLinkTarget($"/proc/thread-self/ns/{type}", false)!.Name;

    [RootFact]
    public void The_caller_stays_where_it_is()
    {
        string before = Own("uts");
        using NamespaceThread thread = new();
        string inside = thread.Run(() =>
        {
            thread.Unshare(LibC.CLONE_NEWUTS);
            return Own("uts");
        });
        Assert.NotEqual(before, inside);
        Assert.Equal(before, Own("uts"));
        Assert.Equal(inside, thread.Run(() => Own("uts")));
    }

    [RootFact]
    public void Joining_takes_it_there_mount_namespaces_too()
    {
        using NamespaceThread other = new();
        foreach (NamespaceType type in (NamespaceType[])[NamespaceType.Uts, NamespaceType.Ipc, NamespaceType.Cgroup, NamespaceType.Net, NamespaceType.Mnt])
        {
            using NamespaceThread thread = new();
            using NamespaceHandle target = other.Run(() =>
            {
                other.Unshare(type.CloneFlag());
                return NamespaceFile.Open($"/proc/thread-self/ns/{type.KernelName()}");
            });
            string inside = thread.Run(() =>
            {
                thread.Join(target, type);
                return Own(type.KernelName());
            });
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}:[{target.Inode}]"), inside);
        }
    }

    [Fact]
    public void What_the_work_throws_is_thrown_to_the_caller_and_the_thread_lives_on()
    {
        using NamespaceThread thread = new();
        Assert.Throws<TimeoutException>(() => thread.Run<int>(() => throw new TimeoutException()));
        Assert.Equal(5, thread.Run(() => 5));
    }

    [Fact]
    public void A_refusal_names_the_call()
    {
        using NamespaceThread thread = new();
        using NamespaceHandle user = NamespaceFile.Open("/proc/self/ns/user");
        LinuxException exception = Assert.Throws<LinuxException>(() => thread.Run(() =>
        {
            thread.Join(user, NamespaceType.User);
            return 0;
        }));
        Assert.Equal(("setns", LibC.EINVAL), (exception.Syscall, exception.NativeErrorCode));
    }

    [Fact]
    public void Nobody_else_changes_namespaces()
    {
        using NamespaceThread thread = new();
        Assert.Throws<InvalidOperationException>(() => thread.Unshare(LibC.CLONE_NEWUTS));
    }

    [Fact]
    public void Nothing_of_the_caller_travels_along()
    {
        AsyncLocal<int> ambient = new() { Value = 7 };
        using NamespaceThread thread = new();
        Assert.Equal(0, thread.Run(() => ambient.Value));
    }

    [RootFact]
    public void New_net_namespaces_are_new_and_end_with_their_handles()
    {
        using NamespaceThread thread = new();
        string home = thread.Run(() => Own("net"));
        using NamespaceHandle first = thread.CreateNamespace();
        using NamespaceHandle second = thread.CreateNamespace();
        Assert.NotEqual(first.Inode, second.Inode);
        Assert.Equal(home, thread.Run(() => Own("net")));
        Assert.All(Directory.GetDirectories("/proc/self/task"), task => Assert.Equal(home, File.ResolveLinkTarget($"{task}/ns/net", false)!.Name));
    }

    [RootFact]
    public void A_socket_stays_in_the_namespace_it_was_made_in()
    {
        using NamespaceThread thread = new();
        using NamespaceHandle target = thread.CreateNamespace();
        using NetlinkSocket inside = NetlinkSocket.OpenIn(thread, target);
        LinkMessage link = Assert.Single(inside.Dump(LinkMessage.GetAll(statistics: true), "links", LinkMessage.Parse));
        Assert.Equal(("lo", 1, false), (link.Name, link.Index, link.IsUp));
        inside.Execute(LinkMessage.SetUp(link.Index, up: true), "lo");
        Assert.True(inside.Get(LinkMessage.Get("lo"), "lo", LinkMessage.Parse)!.IsUp);
        LinuxException refusal = Assert.Throws<LinuxException>(() => inside.Execute(LinkMessage.Delete(77), "none"));
        Assert.Equal(("RTM_DELLINK", LibC.ENODEV), (refusal.Syscall, refusal.NativeErrorCode));
    }

    [RootFact]
    public void A_device_goes_home_under_another_name_where_its_own_is_taken()
    {
        using NamespaceThread thread = new();
        using NamespaceHandle home = thread.CreateNamespace();
        using NamespaceHandle away = thread.CreateNamespace();
        using NetlinkSocket homeSocket = NetlinkSocket.OpenIn(thread, home);
        using NetlinkSocket awaySocket = NetlinkSocket.OpenIn(thread, away);
        awaySocket.Execute(LinkMessage.NewVeth(new VethEnd(home, "taken", null, null), new VethEnd(away, "taken", null, null)), "pair");
        LinkMessage link = awaySocket.Get(LinkMessage.Get("taken"), "taken", LinkMessage.Parse)!;
        Assert.False(NetNamespaceRemover.IsHardware(link));
        NetNamespaceRemover.Return(awaySocket, link, home);
        string[] names = [.. homeSocket.Dump(LinkMessage.GetAll(statistics: false), "links", LinkMessage.Parse).Select(found => found.Name).Order()];
        Assert.Matches("^dev[0-9]$", names[0]);
        Assert.Equal(["lo", "taken"], names[1..]);
    }
}
