using System;
using System.Net;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>A rule that chooses a table of routes (RTM_NEWRULE).</summary>
internal sealed record RuleMessage
{
    internal byte Family { get; private init; }

    internal uint Priority { get; private set; }

    /// <summary>FR_ACT_*.</summary>
    internal byte Action { get; private init; }

    internal bool IsInverted { get; private init; }

    internal uint Table { get; private set; }

    internal IPAddress? Source { get; private set; }

    internal byte SourceLength { get; private init; }

    internal IPAddress? Destination { get; private set; }

    internal byte DestinationLength { get; private init; }

    internal byte Tos { get; private init; }

    internal string? InputInterface { get; private set; }

    internal string? OutputInterface { get; private set; }

    internal uint? Mark { get; private set; }

    internal uint? Mask { get; private set; }

    internal uint? GotoPriority { get; private set; }

    /// <summary>Routes with a prefix of this length or less are ignored; null for none.</summary>
    internal int? SuppressPrefixLength { get; private set; }

    internal LibC.fib_rule_uid_range? Users { get; private set; }

    internal LibC.fib_rule_port_range? SourcePorts { get; private set; }

    internal LibC.fib_rule_port_range? DestinationPorts { get; private set; }

    internal byte? IpProtocol { get; private set; }

    internal bool IsL3Mdev { get; private set; }

    /// <summary>RTPROT_*: who made it.</summary>
    internal byte Origin { get; private set; }

    /// <summary>Asks for all rules of a family.</summary>
    internal static NetlinkWriter GetAll(byte family) => new NetlinkWriter(LibC.RTM_GETRULE, LibC.NLM_F_DUMP)
        .Append(new LibC.fib_rule_hdr { family = family });

    /// <summary>A rule; null for other messages and other families.</summary>
    internal static RuleMessage? Parse(in NetlinkMessage message)
    {
        if (message.Type != LibC.RTM_NEWRULE || !message.TryRead(out LibC.fib_rule_hdr info, out NetlinkAttributes attributes)
            || info.family is not (LibC.AF_INET or LibC.AF_INET6))
        {
            return null;
        }

        RuleMessage rule = new()
        {
            Family = info.family,
            Action = info.action,
            IsInverted = (info.flags & LibC.FIB_RULE_INVERT) != 0,
            Table = info.table,
            SourceLength = info.src_len,
            DestinationLength = info.dst_len,
            Tos = info.tos,
        };
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            rule.Take(type, value);
        }

        return rule;
    }

    private void Take(ushort type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case LibC.FRA_PRIORITY: Priority = NetlinkAttributes.Number<uint>(value); break;
            case LibC.FRA_TABLE: Table = NetlinkAttributes.Number<uint>(value); break;
            case LibC.FRA_SRC: Source = RtFamily.ToAddress(Family, value); break;
            case LibC.FRA_DST: Destination = RtFamily.ToAddress(Family, value); break;
            case LibC.FRA_IIFNAME: InputInterface = NetlinkAttributes.Text(value); break;
            case LibC.FRA_OIFNAME: OutputInterface = NetlinkAttributes.Text(value); break;
            case LibC.FRA_FWMARK: Mark = NetlinkAttributes.Number<uint>(value); break;
            case LibC.FRA_FWMASK: Mask = NetlinkAttributes.Number<uint>(value); break;
            case LibC.FRA_GOTO: GotoPriority = NetlinkAttributes.Number<uint>(value); break;
            case LibC.FRA_SUPPRESS_PREFIXLEN when NetlinkAttributes.Number<int>(value) >= 0: SuppressPrefixLength = NetlinkAttributes.Number<int>(value); break;
            case LibC.FRA_UID_RANGE: Users = NetlinkAttributes.Number<LibC.fib_rule_uid_range>(value); break;
            case LibC.FRA_SPORT_RANGE: SourcePorts = NetlinkAttributes.Number<LibC.fib_rule_port_range>(value); break;
            case LibC.FRA_DPORT_RANGE: DestinationPorts = NetlinkAttributes.Number<LibC.fib_rule_port_range>(value); break;
            case LibC.FRA_IP_PROTO: IpProtocol = NetlinkAttributes.Number<byte>(value); break;
            case LibC.FRA_L3MDEV: IsL3Mdev = NetlinkAttributes.Number<byte>(value) != 0; break;
            case LibC.FRA_PROTOCOL: Origin = NetlinkAttributes.Number<byte>(value); break;
            default: break;
        }
    }
}
