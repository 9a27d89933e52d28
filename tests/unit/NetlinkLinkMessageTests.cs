using System;
using System.Net;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Interfaces that are made, changed and moved.</summary>
public partial class NetlinkMessageTests
{
    private const string NoInfo = "00000000 00000000 00000000 00000000";
    private const string Seven = "00000000 07000000 00000000 00000000";

    [Fact]
    public void Changes_of_links()
    {
        IsBuilt($"1000 {Ack} {SomeHead} {Seven} 0800 0A00 00000000", LinkMessage.SetMaster(7, 0));
        IsBuilt($"1000 {Ack} {SomeHead} {Seven} 0700 0300 62310000", LinkMessage.SetName(7, "b1"));
        IsBuilt($"1000 {Ack} {SomeHead} {Seven} 0800 0400 78050000", LinkMessage.SetMtu(7, 1400));
        IsBuilt($"1000 {Ack} {SomeHead} {Seven} 0A00 0100 02000000 00010000", LinkMessage.SetHardwareAddress(7, [2, 0, 0, 0, 0, 1]));
        IsBuilt($"6C00 {Create} {SomeHead} {Seven} 0C00 3480 0700 3500 62310000", LinkMessage.AddName(7, "b1"));
        IsBuilt($"6D00 {Ack} {SomeHead} {Seven} 0C00 3480 0700 3500 62310000", LinkMessage.RemoveName(7, "b1"));
    }

    [Fact]
    public void New_links_of_all_kinds()
    {
        using NamespaceHandle ns = OwnNet();
        string fd = Number(ns.Descriptor);
        string head = $"1000 {Create} {SomeHead} {NoInfo} 0600 0300 61000000 0800 1C00 {fd}";
        IsBuilt($"{head} 1000 1200 0A00 0100 64756D6D 79000000", new LinkRequest("dummy", "a", ns).Create());
        IsBuilt($"{head} 1400 1200 0E00 0100 77697265 67756172 64000000", new LinkRequest("wireguard", "a", ns).Create());
        IsBuilt(
            $"{head} 0800 0500 09000000 1C00 1200 0900 0100 766C616E 00000000 0C00 0200 0600 0100 05000000",
            new LinkRequest("vlan", "a", ns) { LowerIndex = 9, VlanId = 5 }.Create());
        IsBuilt(
            $"{head} 0800 0500 09000000 1C00 1200 0C00 0100 6D616376 6C616E00 0C00 0200 0800 0100 04000000",
            new LinkRequest("macvlan", "a", ns) { LowerIndex = 9, Mode = LibC.MACVLAN_MODE_BRIDGE }.Create());
        IsBuilt(
            $"{head} 0800 0500 09000000 1C00 1200 0B00 0100 6970766C 616E0000 0C00 0200 0600 0100 02000000",
            new LinkRequest("ipvlan", "a", ns) { LowerIndex = 9, Mode = LibC.IPVLAN_MODE_L3S }.Create());
        IsBuilt(
            $"{head} 0800 0400 78050000 0A00 0100 02000000 00010000 3400 1200 0A00 0100 76786C61 6E000000 2400 0200 0800 0100 07000000 0800 0200 0A000009 0800 0400 0A000001 0600 0F00 12B50000",
            new LinkRequest("vxlan", "a", ns)
            {
                Mtu = 1400, HardwareAddress = [2, 0, 0, 0, 0, 1], VxlanId = 7, RemoteAddress = IPAddress.Parse("10.0.0.9"), LocalAddress = IPAddress.Parse("10.0.0.1"), Port = 4789,
            }.Create());
        string peer = $"{NoInfo} 0600 0300 62000000 0800 1C00 {fd}";
        IsBuilt(
            $"{head} 4000 1200 0B00 0100 6E65746B 69740000 3000 0200 0800 0500 00000000 2400 0100 {peer}",
            new LinkRequest("netkit", "a", ns) { Mode = LibC.NETKIT_L2, Peer = new VethEnd(ns, "b", null, null) }.Create());
        IsBuilt(
            $"{head} 3800 1200 0900 0100 76657468 00000000 2800 0200 2400 0100 {peer}",
            new LinkRequest("veth", "a", ns) { Peer = new VethEnd(ns, "b", null, null) }.Create());
    }

    [Theory]
    [InlineData("home-4026531840-7-eth0", 4026531840UL, 7UL, "eth0")]
    [InlineData("home-4026531840-0-my-card", 4026531840UL, 0UL, "my-card")]
    public void A_home_is_written_on_an_interface(string text, ulong inode, ulong id, string name)
    {
        NetInterfaceHome home = new(inode, id, name);
        Assert.Equal(text, home.ToString());
        Assert.Equal(home, NetInterfaceHome.Parse(text));
    }

    [Theory]
    [InlineData("home")]
    [InlineData("home-x-0-eth0")]
    [InlineData("home-1-0-")]
    [InlineData("enp3s0-1-2-3")]
    public void Other_names_are_no_homes(string text) => Assert.Null(NetInterfaceHome.Parse(text));

    [Fact]
    public void Modes_are_those_of_the_kind()
    {
        Assert.Equal(LibC.MACVLAN_MODE_VEPA, NetInterfaceKinds.ParseMode(NetInterfaceKind.Macvlan, "VEPA"));
        Assert.Equal(LibC.MACVLAN_MODE_BRIDGE, NetInterfaceKinds.ParseMode(NetInterfaceKind.Macvlan, null));
        Assert.Null(NetInterfaceKinds.ParseMode(NetInterfaceKind.Dummy, null));
        Assert.Equal("InvalidInterface", Assert.Throws<NamespaceException>(() => NetInterfaceKinds.ParseMode(NetInterfaceKind.Ipvlan, "vepa")).ErrorId);
        Assert.Equal("InvalidInterface", Assert.Throws<NamespaceException>(() => NetInterfaceKinds.ParseMode(NetInterfaceKind.Bridge, "l2")).ErrorId);
        Assert.All(Enum.GetValues<NetInterfaceKind>(), kind => Assert.Contains("CONFIG_", NetInterfaceKinds.RemedyOf(kind)));
    }
}
