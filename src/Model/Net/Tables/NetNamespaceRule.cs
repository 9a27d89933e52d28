using System.Linq;

namespace LinuxNamespaces;

/// <summary>A rule in a net namespace that chooses the table in which a route is looked for.</summary>
public sealed class NetNamespaceRule : MachineRecord
{
    internal NetNamespaceRule()
    {
    }

    /// <summary>The name of the net namespace it is in; for one without a name the kernel's text, <c>net:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>IPv4 or IPv6.</summary>
    public NetAddressFamily AddressFamily { get; internal init; }

    /// <summary>Its place in the order; the lowest is asked first.</summary>
    public long Priority { get; internal init; }

    /// <summary>Whether it fits what its conditions do not.</summary>
    public bool IsInverted { get; internal init; }

    /// <summary>Fits packets from this network; <c>all</c> for any.</summary>
    public string Source { get; internal init; } = string.Empty;

    /// <summary>Fits packets to this network; <c>all</c> for any.</summary>
    public string Destination { get; internal init; } = string.Empty;

    /// <summary>Fits packets that came in here; null for any.</summary>
    public string? InputInterface { get; internal init; }

    /// <summary>Fits packets of sockets bound to this interface; null for any.</summary>
    public string? OutputInterface { get; internal init; }

    /// <summary>Fits packets with this mark; null for any.</summary>
    public long? Mark { get; internal init; }

    /// <summary>Which bits of the mark count; null for all.</summary>
    public long? Mask { get; internal init; }

    /// <summary>Fits this type of service; null for any.</summary>
    public int? Tos { get; internal init; }

    /// <summary>Fits packets of sockets of these users, for example <c>1000-1999</c>; null for any.</summary>
    public string? UserRange { get; internal init; }

    /// <summary>Fits this IP protocol; null for any.</summary>
    public int? IpProtocol { get; internal init; }

    /// <summary>Fits these ports of the sender, for example <c>80</c> or <c>1024-2047</c>; null for any.</summary>
    public string? SourcePort { get; internal init; }

    /// <summary>Fits these ports of the receiver; null for any.</summary>
    public string? DestinationPort { get; internal init; }

    /// <summary>Whether it is the rule of VRF devices: each has a table of its own.</summary>
    public bool IsL3Mdev { get; internal init; }

    /// <summary>The action of the rule.</summary>
    public NetRuleAction Action { get; internal init; }

    /// <summary>The name of the table it looks in; null for other actions.</summary>
    public string? Table { get; internal init; }

    /// <summary>The number of that table.</summary>
    public long? TableId { get; internal init; }

    /// <summary>The rule that comes next with the action Goto; null for others.</summary>
    public long? GotoPriority { get; internal init; }

    /// <summary>Routes with a prefix of this length or less are ignored; null for none.</summary>
    public int? SuppressPrefixLength { get; internal init; }

    /// <summary>The origin of the rule.</summary>
    public NetRouteProtocol Protocol { get; internal init; }

    /// <summary>The further conditions for a packet, as <c>ip rule</c> writes them, for example <c>iif eth0 mark 0x1</c>; empty for nothing.</summary>
    public string Condition => string.Join(' ', new[]
    {
        InputInterface is null ? null : $"iif {InputInterface}",
        OutputInterface is null ? null : $"oif {OutputInterface}",
        Mark is long mark ? $"mark 0x{mark:x}" : null,
        UserRange is null ? null : $"uid {UserRange}",
        IpProtocol is int protocol ? $"proto {protocol}" : null,
        SourcePort is null ? null : $"sport {SourcePort}",
        DestinationPort is null ? null : $"dport {DestinationPort}",
        IsL3Mdev ? "l3mdev" : null,
    }.Where(part => part is not null));

    /// <summary>As people write it, for example <c>32766: from all lookup main</c>.</summary>
    public override string ToString() => $"{Priority}: from {Source}{(Destination == "all" ? string.Empty : $" to {Destination}")} {(Table is null ? $"{Action}" : $"lookup {Table}")}";
}
