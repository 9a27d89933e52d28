using System;
using System.Collections.Generic;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>A network interface as the kernel describes it (RTM_NEWLINK).</summary>
internal sealed record LinkMessage
{
    internal int Index { get; private init; }

    internal uint Flags { get; private init; }

    internal string Name { get; private set; } = string.Empty;

    /// <summary>The driver's name for it, for example veth; null for hardware and for lo.</summary>
    internal string? Kind { get; private set; }

    internal uint Mtu { get; private set; }

    internal byte[] HardwareAddress { get; private set; } = [];

    /// <summary>IF_OPER_*.</summary>
    internal byte OperationalState { get; private set; }

    /// <summary>The index of the interface at the other end or below; 0 for none.</summary>
    internal int LinkIndex { get; private set; }

    /// <summary>The id of the namespace that one is in; null where it is the same.</summary>
    internal int? LinkNetNsId { get; private set; }

    /// <summary>The index of the bridge, bond or VRF it belongs to; 0 for none.</summary>
    internal int MasterIndex { get; private set; }

    internal string? Alias { get; private set; }

    /// <summary>Further names, which may be longer (Linux 5.5).</summary>
    internal string[] AlternativeNames { get; private set; } = [];

    /// <summary>Whether the kernel refuses to move it to another namespace; null before Linux 6.15, which does not say.</summary>
    internal bool? IsImmutable { get; private set; }

    internal LinkStatistics? Statistics { get; private set; }

    internal bool IsUp => (Flags & LibC.IFF_UP) != 0;

    internal bool IsLoopback => (Flags & LibC.IFF_LOOPBACK) != 0;

    /// <summary>Asks for all interfaces, with or without what they have counted.</summary>
    internal static NetlinkWriter GetAll(bool statistics) => new NetlinkWriter(LibC.RTM_GETLINK, LibC.NLM_F_DUMP)
        .Append(default(LibC.ifinfomsg))
        .Attribute(LibC.IFLA_EXT_MASK, statistics ? 0u : LibC.RTEXT_FILTER_SKIP_STATS);

    /// <summary>Asks for one by its name, or by one of its alternative names.</summary>
    internal static NetlinkWriter Get(string name) => new NetlinkWriter(LibC.RTM_GETLINK, 0)
        .Append(default(LibC.ifinfomsg))
        .Attribute(Encoding.UTF8.GetByteCount(name) < LibC.IFNAMSIZ ? LibC.IFLA_IFNAME : LibC.IFLA_ALT_IFNAME, name);

    /// <summary>Asks for one by its number in the namespace for which the socket's has an id (Linux 4.20).</summary>
    internal static NetlinkWriter GetIn(int netNsId, int index) => new NetlinkWriter(LibC.RTM_GETLINK, 0)
        .Append(new LibC.ifinfomsg { ifi_index = index })
        .Attribute(LibC.IFLA_TARGET_NETNSID, netNsId);

    /// <summary>Switches one on or off.</summary>
    internal static NetlinkWriter SetUp(int index, bool up) => new NetlinkWriter(LibC.RTM_NEWLINK, LibC.NLM_F_ACK)
        .Append(new LibC.ifinfomsg { ifi_index = index, ifi_flags = up ? LibC.IFF_UP : 0, ifi_change = LibC.IFF_UP });

    /// <summary>Puts one under a bridge.</summary>
    internal static NetlinkWriter SetMaster(int index, int master) => new NetlinkWriter(LibC.RTM_NEWLINK, LibC.NLM_F_ACK)
        .Append(new LibC.ifinfomsg { ifi_index = index })
        .Attribute(LibC.IFLA_MASTER, master);

    /// <summary>Writes a remark on one.</summary>
    internal static NetlinkWriter SetAlias(int index, string alias) => new NetlinkWriter(LibC.RTM_NEWLINK, LibC.NLM_F_ACK)
        .Append(new LibC.ifinfomsg { ifi_index = index })
        .Attribute(LibC.IFLA_IFALIAS, alias);

    /// <summary>Takes one out from under its bridge.</summary>
    internal static NetlinkWriter SetNoMaster(int index) => SetMaster(index, 0);

    /// <summary>Gives one another name.</summary>
    internal static NetlinkWriter SetName(int index, string name) => Change(index).Attribute(LibC.IFLA_IFNAME, name);

    /// <summary>Sets the largest packet of one, in bytes.</summary>
    internal static NetlinkWriter SetMtu(int index, uint mtu) => Change(index).Attribute(LibC.IFLA_MTU, mtu);

    /// <summary>Sets the hardware address of one.</summary>
    internal static NetlinkWriter SetHardwareAddress(int index, byte[] address) => Change(index).Attribute(LibC.IFLA_ADDRESS, address);

    /// <summary>Gives one a further name (Linux 5.5).</summary>
    internal static NetlinkWriter AddName(int index, string name) => ChangeNames(LibC.RTM_NEWLINKPROP, LibC.NLM_F_CREATE | LibC.NLM_F_EXCL, index, name);

    /// <summary>Takes a further name away.</summary>
    internal static NetlinkWriter RemoveName(int index, string name) => ChangeNames(LibC.RTM_DELLINKPROP, 0, index, name);

    /// <summary>Moves one to another namespace, under another name where one is given.</summary>
    internal static NetlinkWriter Move(int index, NamespaceHandle target, string? name)
    {
        NetlinkWriter request = new NetlinkWriter(LibC.RTM_NEWLINK, LibC.NLM_F_ACK)
            .Append(new LibC.ifinfomsg { ifi_index = index })
            .Attribute(LibC.IFLA_NET_NS_FD, target.Descriptor);
        return name is null ? request : request.Attribute(LibC.IFLA_IFNAME, name);
    }

    /// <summary>Removes one.</summary>
    internal static NetlinkWriter Delete(int index) => new NetlinkWriter(LibC.RTM_DELLINK, LibC.NLM_F_ACK)
        .Append(new LibC.ifinfomsg { ifi_index = index });

    /// <summary>Makes a bridge, switched on.</summary>
    internal static NetlinkWriter NewBridge(string name) => Create()
        .Append(new LibC.ifinfomsg { ifi_flags = LibC.IFF_UP, ifi_change = LibC.IFF_UP })
        .Attribute(LibC.IFLA_IFNAME, name)
        .Nest(LibC.IFLA_LINKINFO, info => info.Attribute(LibC.IFLA_INFO_KIND, "bridge"));

    /// <summary>Makes a veth pair, both ends where they belong from the start; neither can be on before both are there.</summary>
    internal static NetlinkWriter NewVeth(VethEnd end, VethEnd peer) => AppendEnd(Create(), end)
        .Nest(LibC.IFLA_LINKINFO, info => info
            .Attribute(LibC.IFLA_INFO_KIND, "veth")
            .Nest(LibC.IFLA_INFO_DATA, data => data
                .Nest(LibC.VETH_INFO_PEER, inner => AppendEnd(inner, peer))));

    /// <summary>An interface; null for other messages.</summary>
    internal static LinkMessage? Parse(in NetlinkMessage message)
    {
        if (message.Type != LibC.RTM_NEWLINK || !message.TryRead(out LibC.ifinfomsg info, out NetlinkAttributes attributes))
        {
            return null;
        }

        LinkMessage link = new() { Index = info.ifi_index, Flags = info.ifi_flags };
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            link.Take(type, value);
        }

        return link;
    }

    private static NetlinkWriter Create() =>
        new(LibC.RTM_NEWLINK, LibC.NLM_F_ACK | LibC.NLM_F_CREATE | LibC.NLM_F_EXCL);

    /// <summary>The head of a request for an interface, or of the other end of a pair in one.</summary>
    internal static NetlinkWriter AppendEnd(NetlinkWriter request, VethEnd end)
    {
        request.Append(default(LibC.ifinfomsg))
            .Attribute(LibC.IFLA_IFNAME, end.Name)
            .Attribute(LibC.IFLA_NET_NS_FD, end.Namespace.Descriptor);
        if (end.Mtu is uint mtu)
        {
            request.Attribute(LibC.IFLA_MTU, mtu);
        }

        if (end.HardwareAddress is byte[] address)
        {
            request.Attribute(LibC.IFLA_ADDRESS, address);
        }

        return request;
    }

    private static NetlinkWriter Change(int index) => new NetlinkWriter(LibC.RTM_NEWLINK, LibC.NLM_F_ACK).Append(new LibC.ifinfomsg { ifi_index = index });

    private static NetlinkWriter ChangeNames(ushort type, ushort flags, int index, string name) => new NetlinkWriter(type, (ushort)(LibC.NLM_F_ACK | flags))
        .Append(new LibC.ifinfomsg { ifi_index = index })
        .Nest(LibC.NLA_F_NESTED | LibC.IFLA_PROP_LIST, list => list.Attribute(LibC.IFLA_ALT_IFNAME, name));

    private static string[] ParseNames(ReadOnlySpan<byte> list)
    {
        List<string> names = [];
        NetlinkAttributes properties = new(list);
        while (properties.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == LibC.IFLA_ALT_IFNAME)
            {
                names.Add(NetlinkAttributes.Text(value));
            }
        }

        return [.. names];
    }

    private void Take(ushort type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case LibC.IFLA_IFNAME: Name = NetlinkAttributes.Text(value); break;
            case LibC.IFLA_ADDRESS: HardwareAddress = value.ToArray(); break;
            case LibC.IFLA_MTU: Mtu = NetlinkAttributes.Number<uint>(value); break;
            case LibC.IFLA_LINK: LinkIndex = NetlinkAttributes.Number<int>(value); break;
            case LibC.IFLA_LINK_NETNSID: LinkNetNsId = NetlinkAttributes.Number<int>(value); break;
            case LibC.IFLA_MASTER: MasterIndex = NetlinkAttributes.Number<int>(value); break;
            case LibC.IFLA_OPERSTATE: OperationalState = NetlinkAttributes.Number<byte>(value); break;
            case LibC.IFLA_IFALIAS: Alias = NetlinkAttributes.Text(value); break;
            case LibC.IFLA_STATS64: Statistics = LinkStatistics.Parse(value); break;
            case LibC.IFLA_PROP_LIST: AlternativeNames = ParseNames(value); break;
            case LibC.IFLA_NETNS_IMMUTABLE: IsImmutable = NetlinkAttributes.Number<byte>(value) != 0; break;
            case LibC.IFLA_LINKINFO: Kind = new NetlinkAttributes(value).FindText(LibC.IFLA_INFO_KIND); break;
            default: break;
        }
    }
}
