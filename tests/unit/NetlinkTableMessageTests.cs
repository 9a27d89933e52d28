using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Tables;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Sockets, routes, rules and neighbours.</summary>
public partial class NetlinkMessageTests
{
    private const string SomeHead = "04030201 00000000";

    private static string Zeros(int bytes) => new('0', bytes * 2);

    [Fact]
    public void Socket_requests()
    {
        IsBuilt($"1400 {Dump} {SomeHead} 0206 0000 FFFFFFFF {Zeros(48)}", InetDiagMessage.GetAll(LibC.AF_INET, LibC.IPPROTO_TCP, uint.MaxValue));
        IsBuilt($"1400 {Dump} {SomeHead} 0A11 0000 00040000 {Zeros(48)}", InetDiagMessage.GetAll(LibC.AF_INET6, LibC.IPPROTO_UDP, 1 << 10));
        IsBuilt($"1200 {Dump} {SomeHead} {Zeros(52)} FFFFFFFF 00000000", InetDiagMessage.GetAllTcp(uint.MaxValue));
        IsBuilt(
            $"1400 {Dump} {SomeHead} 02FF 0000 FFFFFFFF {Zeros(48)} 0800 0300 06010000",
            InetDiagMessage.GetAll(LibC.AF_INET, LibC.IPPROTO_MPTCP, uint.MaxValue));
        IsBuilt($"1400 {Dump} {SomeHead} 01000000 FFFFFFFF 00000000 55000000 {Zeros(8)}", UnixDiagMessage.GetAll(uint.MaxValue));
        IsBuilt($"1400 {Dump} {SomeHead} 11000000 00000000 11000000 {Zeros(8)}", PacketDiagMessage.GetAll());
    }

    [Fact]
    public void Table_requests()
    {
        IsBuilt($"1A00 {Dump} {SomeHead} {Zeros(12)}", RouteMessage.GetAll());
        IsBuilt($"1E00 {Dump} {SomeHead} {Zeros(12)}", NeighborMessage.GetAll(proxies: false));
        IsBuilt($"1E00 {Dump} {SomeHead} {Zeros(10)} 0800", NeighborMessage.GetAll(proxies: true));
        IsBuilt($"2200 {Dump} {SomeHead} 02 {Zeros(11)}", RuleMessage.GetAll(LibC.AF_INET));
    }

    [Fact]
    public void Internet_sockets_are_parsed()
    {
        // Ports are in network order, everything else in the machine's.
        const string Ends = "1F90 C40C 0A000001 00000000 00000000 00000000 0A000002 00000000 00000000 00000000 07000000 FFFFFFFF FFFFFFFF";
        SocketMessage four = Single(Message(20, $"02 01 02 03 {Ends} E8030000 05000000 06000000 E7030000 39300000"), (in NetlinkMessage message) => InetDiagMessage.Parse(message, 6))!;
        Assert.Equal((LibC.AF_INET, 6, 1), (four.Family, four.Protocol, four.State));
        Assert.Equal((IPAddress.Parse("10.0.0.1"), (ushort)8080, IPAddress.Parse("10.0.0.2"), (ushort)50188), (four.LocalAddress, four.LocalPort, four.RemoteAddress, four.RemotePort));
        Assert.Equal((7, 5u, 6u, (uint?)999, 12345u), (four.InterfaceIndex, four.ReceiveQueue, four.SendQueue, four.UserId, four.Inode));
        Assert.Equal(((byte)2, (byte)3, 1000u), (four.Timer, four.Retransmits, four.ExpiresMilliseconds));
        Assert.Equal(7, Single(Message(18, $"02 01 02 03 {Ends} E8030000 05000000 06000000 E7030000 39300000"), (in NetlinkMessage message) => InetDiagMessage.Parse(message, 6))!.InterfaceIndex);
        SocketMessage six = Single(
            Message(20, $"0A 0A 00 00 1F90 0000 FD000000000000000000000000000001 {Zeros(16)} 00000000 FFFFFFFF FFFFFFFF {Zeros(20)}"),
            (in NetlinkMessage message) => InetDiagMessage.Parse(message, 17))!;
        Assert.Equal((IPAddress.Parse("fd00::1"), IPAddress.IPv6Any, (byte)10), (six.LocalAddress, six.RemoteAddress, six.State));
        Assert.Null(Single(Message(20, "02 01 02 03 1F90"), (in NetlinkMessage message) => InetDiagMessage.Parse(message, 6)));
        Assert.Null(Single(Message(20, $"01 {Zeros(71)}"), (in NetlinkMessage message) => InetDiagMessage.Parse(message, 6)));
    }

    [Fact]
    public void Unix_and_packet_sockets_are_parsed()
    {
        SocketMessage listening = Single(
            Message(20, "01 05 0A 00 39300000 FFFFFFFF FFFFFFFF", (0, "/run/x\0"u8.ToArray()), (4, [1, 0, 0, 0, 5, 0, 0, 0]), (7, BitConverter.GetBytes(1000))), UnixDiagMessage.Parse)!;
        Assert.Equal(("/run/x", (byte)5, (byte)10, 12345u, (uint?)1000), (listening.Path, listening.Type, listening.State, listening.Inode, listening.UserId));
        Assert.Equal((1u, 5u), (listening.ReceiveQueue, listening.SendQueue));
        SocketMessage hidden = Single(Message(20, "01 01 01 00 39300000 FFFFFFFF FFFFFFFF", (0, "\0a\0b\x1B"u8.ToArray()), (2, BitConverter.GetBytes(77))), UnixDiagMessage.Parse)!;
        Assert.Equal(("@a\\x00b\\e", 77u, (uint?)null), (hidden.Path!.Replace("\\x1b", "\\e"), hidden.PeerInode, hidden.UserId));
        Assert.Null(Single(Message(20, "01 01 01 00 39300000 FFFFFFFF FFFFFFFF"), UnixDiagMessage.Parse)!.Path);
        SocketMessage packet = Single(
            Message(20, "11 03 0608 39300000 FFFFFFFF FFFFFFFF", (0, [4, 0, 0, 0, .. new byte[20]]), (5, BitConverter.GetBytes(0)), (6, [9, 0, 0, 0, 1, 0, 0, 0])), PacketDiagMessage.Parse)!;
        Assert.Equal((0x806, (byte)3, 4, 9u, (uint?)0, (byte)7), (packet.Protocol, packet.Type, packet.InterfaceIndex, packet.ReceiveQueue, packet.UserId, packet.State));
    }

    [Fact]
    public void Tables_of_proc_are_parsed()
    {
        const string Raw = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
                1: 0100007F:0001 00000000:0000 07 00000002:00000003 00:00000000 00000000  1000        0 12345 2 0000000000000000 0
             what is not understood
                2: 0100007F:0001 00000000:00 07
            """;
        SocketMessage socket = Assert.Single(ProcNetTable.Parse(Encoding.ASCII.GetBytes(Raw), LibC.AF_INET, LibC.IPPROTO_RAW));
        Assert.Equal((IPAddress.Loopback, (ushort)1, IPAddress.Any, (byte)7), (socket.LocalAddress, socket.LocalPort, socket.RemoteAddress, socket.State));
        Assert.Equal((2u, 3u, (uint?)1000, 12345u), (socket.SendQueue, socket.ReceiveQueue, socket.UserId, socket.Inode));
        const string Six = "   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0 0 0";
        Assert.Equal(IPAddress.IPv6Loopback, Assert.Single(ProcNetTable.Parse(Encoding.ASCII.GetBytes(Six), LibC.AF_INET6, LibC.IPPROTO_TCP)).LocalAddress);
        Assert.Empty(ProcNetTable.Parse(Encoding.ASCII.GetBytes(Six), LibC.AF_INET, LibC.IPPROTO_TCP));
    }

    [Fact]
    public void Random_text_makes_no_table_crash()
    {
        Random random = new(1129);
        byte[] good = Encoding.ASCII.GetBytes("   1: 0100007F:0001 00000000:0000 07 00000002:00000003 00:00000000 00000000  1000        0 12345 2 0\n");
        for (int round = 0; round < 50_000; round++)
        {
            byte[] text = [.. good];
            for (int change = random.Next(1, 8); change > 0; change--)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            Assert.True(ProcNetTable.Parse(text.AsSpan(0, random.Next(text.Length + 1)), LibC.AF_INET, 6).Count <= 5);
        }
    }

    [Fact]
    public void Routes_are_parsed()
    {
        RouteMessage route = Single(
            Message(24, "02100000 FE030001 00000000", (1, [10, 2, 0, 0]), (4, BitConverter.GetBytes(5)), (5, [10, 1, 0, 1]), (6, BitConverter.GetBytes(100)), (7, [10, 1, 0, 9]),
                (8 | 0x8000, Attributes((2, BitConverter.GetBytes(1400)))), (15, BitConverter.GetBytes(1000)), (30, BitConverter.GetBytes(3))),
            RouteMessage.Parse)!;
        Assert.Equal((IPAddress.Parse("10.2.0.0"), (byte)16, IPAddress.Parse("10.1.0.1"), 5), (route.Destination, route.PrefixLength, route.Gateway, route.InterfaceIndex));
        Assert.Equal(((uint?)100, IPAddress.Parse("10.1.0.9"), (uint?)1400, 1000u, (uint?)3), (route.Metric, route.PreferredSource, route.Mtu, route.Table, route.NextHopId));
        Assert.Equal(((byte)3, (byte)1, (byte?)0), (route.Origin, route.Type, route.Scope));
        RouteMessage any = Single(
            Message(24, "0A000000 FE090001 00000000", (4, BitConverter.GetBytes(5)), (12, [.. new byte[8], 0x10, 0x27, 0, 0, .. new byte[20]]), (20, [3])), RouteMessage.Parse)!;
        Assert.Equal((IPAddress.IPv6Any, (byte)0, (double?)100, (byte?)3), (any.Destination, any.PrefixLength, any.ExpiresSeconds, any.Preference));

        // By way of a gateway of the other family.
        Assert.Equal(
            IPAddress.Parse("fe80::1"),
            Single(Message(24, "02000000 FE030001 00000000", (18, [10, 0, .. IPAddress.Parse("fe80::1").GetAddressBytes()])), RouteMessage.Parse)!.Gateway);
        Assert.Null(Single(Message(24, "02000000 FE030001 00020000"), RouteMessage.Parse));
        Assert.Null(Single(Message(24, "1C000000 FE030001 00000000"), RouteMessage.Parse));
    }

    [Fact]
    public void Routes_with_several_hops_are_parsed_and_built()
    {
        byte[] hops =
        [
            16, 0, 4, 0, 5, 0, 0, 0, .. Attributes((5, [10, 1, 0, 1])),
            16, 0, 0, 2, 6, 0, 0, 0, .. Attributes((5, [10, 1, 0, 2])),
        ];
        RouteMessage route = Single(Message(24, "02100000 FE030001 00000000", (1, [10, 2, 0, 0]), (9, hops)), RouteMessage.Parse)!;
        Assert.Equal([(IPAddress.Parse("10.1.0.1"), 5, 1, 4u), (IPAddress.Parse("10.1.0.2"), 6, 3, 0u)], route.NextHops);
        IsBuilt(
            $"1800 {Create} {SomeHead} 02100000 FE030001 00000000 0800 0100 0A020000 2400 0900 {Convert.ToHexString(hops)}",
            route.Add());
        Assert.Empty(Single(Message(24, "02100000 FE030001 00000000", (9, [4, 0, 0, 0, 0, 0, 0, 0])), RouteMessage.Parse)!.NextHops);
    }

    [Fact]
    public void Routes_of_all_kinds_are_built()
    {
        IsBuilt(
            $"1800 {Create} {SomeHead} 02100000 00030006 00000000 0800 0100 0A020000 0800 0F00 E8030000 0800 0600 64000000",
            new RouteMessage(IPAddress.Parse("10.2.0.0"), 16, null, 0) { Type = 6, Table = 1000, Metric = 100 }.Add());
        IsBuilt(
            $"1800 {Create} {SomeHead} 02000000 FE030001 04000000 0800 0400 05000000 1600 1200 0A00 FE800000000000000000000000000001 0000 0800 0700 0A010009 0C00 0800 0800 0200 78050000",
            new RouteMessage(IPAddress.Any, 0, IPAddress.Parse("fe80::1"), 5) { Flags = 4, PreferredSource = IPAddress.Parse("10.1.0.9"), Mtu = 1400 }.Add());
    }

    [Fact]
    public void Rules_are_parsed()
    {
        RuleMessage rule = Single(
            Message(32, "02 10 08 00 00 00 00 01 02000000", (1, [10, 2, 0, 0]), (2, [10, 0, 0, 0]), (3, "eth0\0"u8.ToArray()), (6, BitConverter.GetBytes(100)), (10, BitConverter.GetBytes(1)),
                (14, BitConverter.GetBytes(0)), (15, BitConverter.GetBytes(1000)), (16, BitConverter.GetBytes(255)), (17, "eth1\0"u8.ToArray()), (20, [0xE8, 3, 0, 0, 0xCF, 7, 0, 0]),
                (21, [4]), (22, [6]), (23, [80, 0, 80, 0]), (24, [1, 0, 2, 0])),
            RuleMessage.Parse)!;
        Assert.Equal((IPAddress.Parse("10.2.0.0"), (byte)16, IPAddress.Parse("10.0.0.0"), (byte)8), (rule.Destination, rule.DestinationLength, rule.Source, rule.SourceLength));
        Assert.Equal(("eth0", "eth1", 100u, 1000u, (uint?)1, (uint?)255), (rule.InputInterface, rule.OutputInterface, rule.Priority, rule.Table, rule.Mark, rule.Mask));
        Assert.Equal((1000u, 1999u, (ushort)80, (ushort)2, (byte?)6, (byte)4), (rule.Users!.Value.start, rule.Users.Value.end, rule.SourcePorts!.Value.start, rule.DestinationPorts!.Value.end, rule.IpProtocol, rule.Origin));
        Assert.True(rule.IsInverted);
        Assert.Equal((int?)0, rule.SuppressPrefixLength);
        Assert.Null(Single(Message(32, "02 00 00 00 00 00 00 01 00000000", (14, BitConverter.GetBytes(-1))), RuleMessage.Parse)!.SuppressPrefixLength);
    }

    [Fact]
    public void Neighbours_are_parsed()
    {
        NeighborMessage entry = Single(
            Message(28, "02000000 05000000 0200 80 01", (1, [10, 0, 0, 2]), (2, [2, 0, 0, 0, 0, 1]), (3, [100, 0, 0, 0, 200, 0, 0, 0, 44, 1, 0, 0, 1, 0, 0, 0]), (4, BitConverter.GetBytes(3))),
            NeighborMessage.Parse)!;
        Assert.Equal((IPAddress.Parse("10.0.0.2"), 5, (ushort)2, (byte)0x80, 3), (entry.Address, entry.InterfaceIndex, entry.State, entry.Flags, entry.Probes));
        Assert.Equal([2, 0, 0, 0, 0, 1], entry.HardwareAddress);
        Assert.Equal((100u, 200u, 300u), (entry.Ages!.Value.ndm_confirmed, entry.Ages.Value.ndm_used, entry.Ages.Value.ndm_updated));
        Assert.Null(Single(Message(28, "07000000 05000000 0200 80 01"), NeighborMessage.Parse));
    }

    [Fact]
    public void Names_of_tables_are_read_from_files()
    {
        NetRouteTables tables = NetRouteTables.Read();
        tables.AddLines("# a comment\n1000\tblue # more\n0x10 sixteen\nx y\n5\n0 unspec\n");
        Assert.Equal(("main", "blue", "sixteen", "77"), (tables.NameOf(254), tables.NameOf(1000), tables.NameOf(16), tables.NameOf(77)));
        Assert.Equal((1000u, 254u, 77u), (tables.Parse("blue"), tables.Parse("main"), tables.Parse("77")));
        Assert.Equal("InvalidRoute", Assert.Throws<NamespaceException>(() => tables.Parse("nothing like it")).ErrorId);
        Assert.Equal("InvalidRoute", Assert.Throws<NamespaceException>(() => tables.Parse("0")).ErrorId);
    }

    [Theory]
    [InlineData("MPTCP     1936      0       0   no       0   yes  kernel\nMPTCPv6   2024      0       0   no       0   yes  kernel\n", true)]
    [InlineData("MPTCP     1936      0\n", true)]
    [InlineData("MPTCP     1936      0\nMPTCPv6   2024      1\n", false)]
    [InlineData("MPTCPv6   2024      0\nMPTCP     1936      2\n", false)]
    [InlineData("MPTCP     1936      -1\n", false)]
    [InlineData("MPTCPX    1936      0\n", false)]
    [InlineData("TCP       2368      0\n", false)]
    [InlineData("MPTCP     1936      x\n", false)]
    [InlineData("MPTCP     1936", false)]
    [InlineData("", false)]
    public void Only_a_table_that_counts_none_of_a_protocol_says_so(string table, bool expected) =>
        Assert.Equal(expected, ProtocolCounts.HasNone(Encoding.ASCII.GetBytes(table), "MPTCP"u8));
}
