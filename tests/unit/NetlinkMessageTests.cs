using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Every message built and parsed, byte for byte, and what the parser does with bytes that are none.</summary>
public partial class NetlinkMessageTests
{
    private const string Ack = "0500";      // NLM_F_REQUEST | NLM_F_ACK
    private const string Create = "0506";   // and NLM_F_CREATE | NLM_F_EXCL
    private const string Dump = "0103";     // NLM_F_REQUEST | NLM_F_DUMP

    // Little endian, as all machines .NET runs on but one.
    private static void IsBuilt(string expected, NetlinkWriter message)
    {
        string hex = expected.Replace(" ", "");
        string header = Convert.ToHexString(BitConverter.GetBytes((hex.Length / 2) + 4)) + hex;
        Assert.Equal(header, Convert.ToHexString(message.Finish(0x01020304)), ignoreCase: true);
    }

    private static NamespaceHandle OwnNet() => NamespaceHandle.TryOpen(LibC.AT_FDCWD, "/proc/thread-self/ns/net\0"u8)!;

    private static string Number(int value) => Convert.ToHexString(BitConverter.GetBytes(value));

    [Fact]
    public void Link_requests()
    {
        using NamespaceHandle ns = OwnNet();
        string fd = Number(ns.Descriptor);
        const string Head = "04030201 00000000";
        IsBuilt($"1200 {Dump} {Head} 00000000 00000000 00000000 00000000 0800 1D00 08000000", LinkMessage.GetAll(statistics: false));
        IsBuilt($"1200 {Dump} {Head} 00000000 00000000 00000000 00000000 0800 1D00 00000000", LinkMessage.GetAll(statistics: true));
        IsBuilt($"1200 0100 {Head} 00000000 00000000 00000000 00000000 0700 0300 6C6F0000", LinkMessage.Get("lo"));
        IsBuilt($"1000 {Ack} {Head} 00000000 07000000 01000000 01000000", LinkMessage.SetUp(7, up: true));
        IsBuilt($"1000 {Ack} {Head} 00000000 07000000 00000000 01000000", LinkMessage.SetUp(7, up: false));
        IsBuilt($"1000 {Ack} {Head} 00000000 07000000 00000000 00000000 0800 0A00 09000000", LinkMessage.SetMaster(7, 9));
        IsBuilt($"1000 {Ack} {Head} 00000000 07000000 00000000 00000000 0700 1400 68690000", LinkMessage.SetAlias(7, "hi"));
        IsBuilt($"1000 {Ack} {Head} 00000000 07000000 00000000 00000000 0800 1C00 {fd}", LinkMessage.Move(7, ns, null));
        IsBuilt($"1000 {Ack} {Head} 00000000 07000000 00000000 00000000 0800 1C00 {fd} 0A00 0300 646576256400 0000", LinkMessage.Move(7, ns, "dev%d"));
        IsBuilt($"1100 {Ack} {Head} 00000000 07000000 00000000 00000000", LinkMessage.Delete(7));
        IsBuilt(
            $"1000 {Create} {Head} 00000000 00000000 01000000 01000000 0800 0300 62723000 1000 1200 0B00 0100 62726964676500 00",
            LinkMessage.NewBridge("br0"));
    }

    [Fact]
    public void A_veth_pair_is_one_request_with_the_peer_nested()
    {
        using NamespaceHandle ns = OwnNet();
        string fd = Number(ns.Descriptor);
        const string Info = "00000000 00000000 00000000 00000000";
        string peer = $"{Info} 0700 0300 62310000 0800 1C00 {fd}";
        string data = "2400 0100" + peer;
        IsBuilt(
            $"1000 {Create} 04030201 00000000 {Info} 0700 0300 61310000 0800 1C00 {fd} 0800 0400 78050000 0A00 0100 020000000001 0000"
            + $" 3800 1200 0900 0100 76657468 00000000 2800 0200 {data}",
            LinkMessage.NewVeth(new VethEnd(ns, "a1", 1400, [2, 0, 0, 0, 0, 1]), new VethEnd(ns, "b1", null, null)));
    }

    [Fact]
    public void Address_requests()
    {
        const string Head = "04030201 00000000";
        IsBuilt($"1600 {Dump} {Head} 00000000 00000000", AddressMessage.GetAll());
        AddressMessage four = new(3, IPAddress.Parse("10.0.0.1"), 24);
        IsBuilt($"1400 {Create} {Head} 02180000 03000000 0800 0200 0A000001 0800 0100 0A000001", four.Add());
        IsBuilt($"1500 {Ack} {Head} 02180000 03000000 0800 0200 0A000001 0800 0100 0A000001", four.Delete());
        const string Six = "FD000000000000000000000000000001";
        IsBuilt(
            $"1400 {Create} {Head} 0A400000 03000000 1400 0200 {Six} 1400 0100 {Six} 0800 0800 02000000",
            new AddressMessage(3, IPAddress.Parse("fd00::1"), 64).Add());
    }

    [Fact]
    public void Route_requests()
    {
        const string Head = "04030201 00000000";
        RouteMessage network = new(IPAddress.Parse("10.2.0.0"), 16, IPAddress.Parse("10.1.0.1"), 5);
        const string Body = "02100000 FE030001 00000000 0800 0400 05000000 0800 0100 0A020000 0800 0500 0A010001";
        IsBuilt($"1800 {Create} {Head} {Body}", network.Add());
        IsBuilt($"1900 {Ack} {Head} {Body}", network.Delete());
        IsBuilt(
            $"1800 {Create} {Head} 02000000 FE030001 00000000 0800 0400 05000000 0800 0500 0A010001",
            new RouteMessage(IPAddress.Any, 0, IPAddress.Parse("10.1.0.1"), 5).Add());
        IsBuilt(
            $"1800 {Create} {Head} 02100000 FE03FD01 00000000 0800 0400 05000000 0800 0100 0A020000",
            new RouteMessage(IPAddress.Parse("10.2.0.0"), 16, null, 5).Add());
    }

    [Fact]
    public void Nsid_requests()
    {
        using NamespaceHandle ns = OwnNet();
        string fd = Number(ns.Descriptor);
        const string Head = "04030201 00000000";
        IsBuilt($"5A00 0100 {Head} 00000000 0800 0300 {fd}", NetNsIdMessage.Get(ns));
        IsBuilt($"5A00 {Dump} {Head} 00000000", NetNsIdMessage.GetAll());
        IsBuilt($"5800 {Ack} {Head} 00000000 0800 0300 {fd} 0800 0100 2A000000", NetNsIdMessage.Set(ns, 42));
        IsBuilt($"5800 {Ack} {Head} 00000000 0800 0300 {fd} 0800 0100 FFFFFFFF", NetNsIdMessage.Set(ns, null));
    }

    [Fact]
    public void An_attribute_longer_than_its_length_field_is_refused()
    {
        NetlinkWriter message = new(16, 0);
        Assert.Throws<OverflowException>(() => message.Attribute(1, new byte[ushort.MaxValue - 3]));
        Assert.Throws<OverflowException>(() => new NetlinkWriter(16, 0)
            .Nest(1, nested => nested.Attribute(2, new byte[40000]).Attribute(3, new byte[40000])));
    }

    [Fact]
    public void Links_are_parsed()
    {
        byte[] statistics = [.. Enumerable.Range(1, 25).SelectMany(number => BitConverter.GetBytes((ulong)number))];
        byte[] data = Message(16, "00000000 07000000 43100100 00000000",
            (3, "veth0\0"u8.ToArray()), (1, [2, 0, 0, 0, 0, 1]), (4, BitConverter.GetBytes(1400)), (5, BitConverter.GetBytes(9)),
            (37, BitConverter.GetBytes(3)), (10, BitConverter.GetBytes(4)), (16, [6]), (20, "remark\0"u8.ToArray()), (23, statistics),
            (18 | 0x8000, Attributes((1, "veth\0"u8.ToArray()), (2, []))));
        LinkMessage link = Single(data, LinkMessage.Parse)!;
        Assert.Equal((7, "veth0", "veth", 1400u), (link.Index, link.Name, link.Kind, link.Mtu));
        Assert.Equal((9, (int?)3, 4, (byte)6), (link.LinkIndex, link.LinkNetNsId, link.MasterIndex, link.OperationalState));
        Assert.Equal([2, 0, 0, 0, 0, 1], link.HardwareAddress);
        Assert.Equal("remark", link.Alias);
        Assert.True(link.IsUp);
        Assert.False(link.IsLoopback);
        Assert.Equal(new LinkStatistics(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), link.Statistics);
    }

    [Fact]
    public void Addresses_are_parsed()
    {
        Assert.Equal(
            new AddressMessage(3, IPAddress.Parse("10.0.0.1"), 24),
            Single(Message(20, "02180000 03000000", (1, [10, 0, 0, 1]), (2, [10, 0, 0, 1])), AddressMessage.Parse));
        Assert.Equal(
            new AddressMessage(3, IPAddress.Parse("fd00::1"), 64),
            Single(Message(20, "0A400000 03000000", (1, IPAddress.Parse("fd00::1").GetAddressBytes())), AddressMessage.Parse));
        AddressMessage temporary = Single(
            Message(20, "0A40C000 03000000", (1, IPAddress.Parse("fd00::1").GetAddressBytes()), (6, [60, 0, 0, 0, 120, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]), (8, [0x60, 1, 0, 0])),
            AddressMessage.Parse)!;
        Assert.Equal((0x160u, 60u, 120u), (temporary.Flags, temporary.PreferredSeconds, temporary.ValidSeconds));
        AddressMessage pointToPoint = Single(
            Message(20, "022000FD 03000000", (1, [10, 0, 0, 9]), (2, [10, 0, 0, 1]), (3, "tun0\0"u8.ToArray()), (4, [10, 0, 0, 255])), AddressMessage.Parse)!;
        Assert.Equal((IPAddress.Parse("10.0.0.9"), IPAddress.Parse("10.0.0.255"), "tun0", (byte)253), (pointToPoint.Peer, pointToPoint.Broadcast, pointToPoint.Label, pointToPoint.Scope));
        Assert.Null(Single(Message(20, "0A400000 03000000", (1, [10, 0, 0, 1])), AddressMessage.Parse));
        Assert.Null(Single(Message(20, "02180000 03000000"), AddressMessage.Parse));
    }

    [Fact]
    public void An_address_is_given_back_as_it_was()
    {
        const string Head = "04030201 00000000";
        const string Six = "FD000000000000000000000000000001";
        AddressMessage six = new(3, IPAddress.Parse("fd00::1"), 64) { Flags = 0x282, Scope = 200, PreferredSeconds = 60, ValidSeconds = 120 };
        IsBuilt(
            $"1400 {Create} {Head} 0A4000C8 03000000 1400 0200 {Six} 1400 0100 {Six} 0800 0800 02020000 1400 0600 3C000000 78000000 00000000 00000000",
            six.Restore());
        AddressMessage four = Single(Message(20, "02200000 03000000", (1, [10, 0, 0, 9]), (2, [10, 0, 0, 1]), (4, [10, 0, 0, 255])), AddressMessage.Parse)!;
        IsBuilt($"1400 {Create} {Head} 02200000 03000000 0800 0200 0A000001 0800 0100 0A000009 0800 0400 0A0000FF", four.Restore());
    }

    [Fact]
    public void Further_names_and_immutability_are_parsed()
    {
        LinkMessage link = Single(
            Message(16, "00000000 07000000 43100100 00000000", (3, "veth0\0"u8.ToArray()), (52 | 0x8000, Attributes((53, "a-name-of-more-than-fifteen-bytes\0"u8.ToArray()), (53, "b\0"u8.ToArray()))), (67, [1])),
            LinkMessage.Parse)!;
        Assert.Equal(["a-name-of-more-than-fifteen-bytes", "b"], link.AlternativeNames);
        Assert.True(link.IsImmutable);
        Assert.Null(Single(Message(16, "00000000 07000000 43100100 00000000"), LinkMessage.Parse)!.IsImmutable);
        IsBuilt(
            "1200 0100 04030201 00000000 00000000 00000000 00000000 00000000 1700 3500 612D6C6F6E672D6E616D652D686572652D6F00 00",
            LinkMessage.Get("a-long-name-here-o"));
    }

    [Fact]
    public void Ids_are_parsed()
    {
        Assert.Equal(new NetNsIdMessage(5, false), Single(Message(88, "00000000", (1, BitConverter.GetBytes(5))), NetNsIdMessage.Parse));
        Assert.Equal(new NetNsIdMessage(5, true), Single(Message(89, "00000000", (1, BitConverter.GetBytes(5))), NetNsIdMessage.Parse));
        Assert.Null(Single(Message(88, "00000000", (1, BitConverter.GetBytes(-1))), NetNsIdMessage.Parse));
        Assert.Null(Single(Message(16, "00000000", (1, BitConverter.GetBytes(5))), NetNsIdMessage.Parse));
    }

    [Theory]
    [InlineData(0x0300, "EFFFFFFF 14000000 10000500 01000000 00000000", 17, "no")] // capped, with attributes
    [InlineData(0x0200, "EFFFFFFF 14000000 10000500 01000000 00000000 AABBCCDD", 17, "no")] // the whole request repeated
    [InlineData(0x0000, "EFFFFFFF 14000000 10000500 01000000 00000000", 17, null)]
    [InlineData(0x0300, "00000000 14000000 10000500 01000000 00000000", 0, "no")]
    [InlineData(0x0000, "00000080", LibC.EBADMSG, null)]
    [InlineData(0x0000, "07000000", LibC.EBADMSG, null)]
    [InlineData(0x0000, "", LibC.EBADMSG, null)]
    public void Errors_are_parsed(int flags, string body, int errno, string? text)
    {
        byte[] data = Message(2, body, [.. text is null ? [] : ((int, byte[])[])[(1, "no\0"u8.ToArray())]]);
        data[6] = (byte)flags;
        data[7] = (byte)(flags >> 8);
        NetlinkReader reader = new(data);
        Assert.True(reader.TryRead(out NetlinkMessage message));
        Assert.Equal(errno, message.ReadError(out string? found));
        Assert.Equal(text, found);
    }

    [Fact]
    public void Several_messages_in_one_buffer_are_read_to_the_end()
    {
        byte[] data = [.. Message(88, "00000000", (1, BitConverter.GetBytes(5))), .. Message(88, "00000000", (1, BitConverter.GetBytes(6)))];
        NetlinkReader reader = new(data);
        List<int> ids = [];
        while (reader.TryRead(out NetlinkMessage message))
        {
            ids.Add(NetNsIdMessage.Parse(message)!.Id);
        }

        Assert.Equal([5, 6], ids);
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00000000 00000000 00000000 00000000")]
    [InlineData("0F000000 10000000 00000000 00000000")]
    [InlineData("11000000 10000000 00000000 00000000")]
    [InlineData("FFFFFFFF 10000000 00000000 00000000")]
    public void What_is_no_message_ends_the_reading(string hex)
    {
        NetlinkReader reader = new(Convert.FromHexString(hex.Replace(" ", "")));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(hex.Length > 0, reader.IsMalformed);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Random_bytes_neither_crash_nor_loop()
    {
        Random random = new(20261122);
        byte[] buffer = new byte[512];
        int read = 0;
        for (int round = 0; round < 200_000; round++)
        {
            Span<byte> data = buffer.AsSpan(0, random.Next(buffer.Length));
            random.NextBytes(data);
            MakeLikely(random, data);
            read += ReadEverything(data);
            _ = InotifyEvent.ParseAll(data).Count;
        }

        Assert.True(read > 100_000, $"Only {read} messages got as far as a parser.");
    }

    [Fact]
    public void Messages_with_bytes_changed_neither_crash_nor_loop()
    {
        Random random = new(1122);
        byte[] good = Message(16, "00000000 07000000 43100100 00000000", (3, "veth0\0"u8.ToArray()), (18, Attributes((1, "veth\0"u8.ToArray()))), (23, new byte[200]));
        for (int round = 0; round < 100_000; round++)
        {
            byte[] data = [.. good];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                data[random.Next(data.Length)] = (byte)random.Next(256);
            }

            _ = ReadEverything(data.AsSpan(0, random.Next(data.Length + 1)));
        }
    }

    // Random lengths are nearly always wrong: make some right, so that the parsers behind get their share.
    private static void MakeLikely(Random random, Span<byte> data)
    {
        ReadOnlySpan<ushort> types = [2, 3, 16, 20, 20, 24, 28, 32, 88, 89];
        ReadOnlySpan<byte> families = [1, 2, 10, 17];
        if (data.Length >= 16 && random.Next(8) != 0)
        {
            BitConverter.TryWriteBytes(data, random.Next(2) == 0 ? data.Length : random.Next(data.Length + 8));
            BitConverter.TryWriteBytes(data[4..], types[random.Next(types.Length)]);
            if (data.Length > 16 && random.Next(4) != 0)
            {
                data[16] = families[random.Next(families.Length)];
            }
        }

        for (int at = 16 + (4 * random.Next(5)); at + 4 <= data.Length; at += 4 * random.Next(1, 8))
        {
            BitConverter.TryWriteBytes(data[at..], (ushort)random.Next(0, 40));
            BitConverter.TryWriteBytes(data[(at + 2)..], (ushort)random.Next(0, 40));
        }
    }

    private static int ReadEverything(ReadOnlySpan<byte> data)
    {
        int read = 0;
        NetlinkReader reader = new(data);
        while (reader.TryRead(out NetlinkMessage message))
        {
            // Each message is a header at least.
            Assert.True(++read <= data.Length / 16);
            _ = LinkMessage.Parse(message);
            _ = AddressMessage.Parse(message);
            _ = NetNsIdMessage.Parse(message);
            _ = RouteMessage.Parse(message);
            _ = RuleMessage.Parse(message);
            _ = NeighborMessage.Parse(message);
            _ = InetDiagMessage.Parse(message, LibC.IPPROTO_TCP);
            _ = UnixDiagMessage.Parse(message);
            _ = PacketDiagMessage.Parse(message);
            Assert.InRange(message.ReadError(out _), 0, int.MaxValue);
        }

        return read;
    }

    private static T? Single<T>(byte[] data, NetlinkParser<T> parser)
        where T : class
    {
        NetlinkReader reader = new(data);
        Assert.True(reader.TryRead(out NetlinkMessage message));
        return parser(message);
    }

    private static byte[] Message(int type, string body, params (int Type, byte[] Value)[] attributes)
    {
        byte[] rest = [.. Convert.FromHexString(body.Replace(" ", "")), .. Attributes(attributes)];
        return [.. BitConverter.GetBytes(16 + rest.Length), .. BitConverter.GetBytes((ushort)type), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. rest];
    }

    private static byte[] Attributes(params (int Type, byte[] Value)[] attributes) => [.. attributes.SelectMany(attribute => (byte[])
    [
        .. BitConverter.GetBytes((ushort)(4 + attribute.Value.Length)),
        .. BitConverter.GetBytes((ushort)attribute.Type),
        .. attribute.Value,
        .. new byte[-attribute.Value.Length & 3],
    ])];
}
