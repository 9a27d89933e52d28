using System.Collections.Generic;
using System.Linq;
using System.Net;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Net.Internet;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>What users write for names, addresses, routes and ids, and what is made of it.</summary>
public class NetNamespaceTests
{
    [Theory]
    [InlineData("blue")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("…")]
    [InlineData("cni-1f2e")]
    [InlineData("...")]
    public void Names_of_files_are_names_of_namespaces(string name) => NetNamespaceName.Validate(name);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("\u001b[31m")]
    [InlineData("a\u202eb")]
    public void Other_names_are_refused(string name) =>
        Assert.Equal("InvalidNetNamespaceName", Assert.Throws<NamespaceException>(() => NetNamespaceName.Validate(name)).ErrorId);

    [Fact]
    public void Names_are_as_long_as_file_names()
    {
        NetNamespaceName.Validate(new string('x', 255));
        Assert.Throws<NamespaceException>(() => NetNamespaceName.Validate(new string('x', 256)));
        NetNamespaceName.Validate(new string('é', 127));
        Assert.Throws<NamespaceException>(() => NetNamespaceName.Validate(new string('é', 128)));
    }

    [Theory]
    [InlineData("10.0.0.1/24", "10.0.0.1/24")]
    [InlineData("10.0.0.1", "10.0.0.1/32")]
    [InlineData("10.0.0.1/0", "10.0.0.1/0")]
    [InlineData("fd00::1/64", "fd00::1/64")]
    [InlineData("FD00:0::1", "fd00::1/128")]
    public void Addresses(string text, string expected) => Assert.Equal(expected, InterfaceAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("10.1/8")]
    [InlineData("0x0a000001/8")]
    [InlineData("010.0.0.1/8")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/-1")]
    [InlineData("10.0.0.1/")]
    [InlineData("10.0.0.1/24/24")]
    [InlineData("fd00::1/129")]
    [InlineData("fe80::1%lo/64")]
    [InlineData("blue")]
    public void What_is_no_address(string text) =>
        Assert.Equal("InvalidAddress", Assert.Throws<NamespaceException>(() => InterfaceAddress.Parse(text)).ErrorId);

    [Fact]
    public void Routes()
    {
        Assert.Equal(new NetRoute(IPAddress.Parse("10.2.0.0"), 16, IPAddress.Parse("10.1.0.1")), NetRoute.Parse("10.2.0.0/16", "10.1.0.1"));
        Assert.Equal(new NetRoute(IPAddress.Parse("10.2.0.0"), 16, null), NetRoute.Parse("10.2.0.0/16", null));
        Assert.Equal("10.2.0.0/15", NetRoute.Parse("10.2.0.0/15", null).ToString());
        Assert.Equal(new NetRoute(IPAddress.Any, 0, IPAddress.Parse("10.1.0.1")), NetRoute.Parse("default", "10.1.0.1"));
        Assert.Equal(new NetRoute(IPAddress.IPv6Any, 0, IPAddress.Parse("fd00::1")), NetRoute.Default("fd00::1"));
    }

    [Theory]
    [InlineData("10.2.0.1/16", "10.1.0.1")]
    [InlineData("10.2.0.0/16", "fd00::1")]
    [InlineData("default", null)]
    [InlineData("blue", "10.1.0.1")]
    [InlineData("10.2.128.0/16", null)]
    [InlineData("fd00::1/64", "fd00::2")]
    public void What_is_no_route(string destination, string? gateway) =>
        Assert.Equal("InvalidRoute", Assert.Throws<NamespaceException>(() => NetRoute.Parse(destination, gateway)).ErrorId);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("veth%d")]
    [InlineData("sixteen-letters-")]
    [InlineData("a\u0007")]
    public void What_is_no_interface_name(string name) =>
        Assert.Equal("InvalidInterfaceName", Assert.Throws<NamespaceException>(() => InterfaceName.Validate(name)).ErrorId);

    [Fact]
    public void The_first_free_name_is_taken()
    {
        HashSet<string> taken = ["lo", "veth0", "veth2"];
        Assert.Equal(["veth1", "veth3"], (string[])[InterfaceName.TakeFree(taken), InterfaceName.TakeFree(taken)]);
    }

    [Fact]
    public void Ids()
    {
        Assert.Null(new NetNsIdChoice("auto").Id);
        Assert.Equal(7, new NetNsIdChoice("7").Id);
        Assert.Equal(new NetNsIdChoice(7), new NetNsIdChoice("7"));
        Assert.Equal("Auto", new NetNsIdChoice("AUTO").ToString());
        Assert.ThrowsAny<System.Exception>(() => new NetNsIdChoice(-1));
        Assert.Throws<System.FormatException>(() => new NetNsIdChoice("-1"));
        Assert.Throws<System.FormatException>(() => new NetNsIdChoice("2147483648"));
    }

    [Fact]
    public void Undoing_goes_backwards_and_past_failures()
    {
        List<int> undone = [];
        UndoStack undo = new();
        undo.Push(() => undone.Add(1));
        undo.Push(() => throw new LinuxException(1, "x"));
        undo.Push(() => undone.Add(3));
        undo.Undo();
        undo.Undo();
        Assert.Equal([3, 1], undone);
    }

    [Fact]
    public void Inotify_events_are_parsed()
    {
        byte[] data = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, (byte)'a', (byte)'b', 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
        Assert.Equal([new InotifyEvent(1, 0x100, "ab"), new InotifyEvent(2, 0x200, "")], InotifyEvent.ParseAll(data));
        Assert.Empty(InotifyEvent.ParseAll([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0]).Select(happened => happened.Name));
    }

    [Theory]
    [InlineData("Failed to send 45 bytes to syslog\nFailed to open tun socket in namespace\n", "", "Failed to open tun socket in namespace")]
    [InlineData("\n  \n", "said\nmore\n", "said")]
    [InlineData("Failed to send 45 bytes to syslog\n", "", "exit code 1")]
    public void A_program_that_refused_is_quoted_without_its_trouble_with_the_log(string error, string output, string expected) =>
        Assert.Equal(expected, new ProgramAnswer(1, output, error).FirstLine);
}
