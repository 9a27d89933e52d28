using System;
using System.Globalization;
using System.Linq;

namespace LinuxNamespaces;

/// <summary>An address of an interface, with its state.</summary>
public sealed class NetInterfaceAddress
{
    internal NetInterfaceAddress()
    {
    }

    /// <summary>The address, for example <c>10.0.0.1</c> or <c>fd00::1</c>.</summary>
    public string IPAddress { get; internal init; } = string.Empty;

    /// <summary>The length of its network's prefix, in bits.</summary>
    public int PrefixLength { get; internal init; }

    /// <summary>The address of the other end of a point-to-point link; null where there is none.</summary>
    public string? PeerAddress { get; internal init; }

    /// <summary>The address that reaches the whole network (IPv4); null where it is not set.</summary>
    public string? BroadcastAddress { get; internal init; }

    /// <summary>How far it reaches.</summary>
    public NetScope Scope { get; internal init; }

    /// <summary>The states of the address, as names of <see cref="NetAddressState"/>: Tentative, DadFailed, Deprecated, Permanent and more.</summary>
    public TextList State => new(Enum.GetValues<NetAddressState>().Where(state => state != 0 && States.HasFlag(state)).Select(state => state.ToString()));

    /// <summary>Whether it can be used now: duplicates were looked for, and none was found.</summary>
    public bool IsUsable => (States & NetAddressState.DadFailed) == 0
        && (States & (NetAddressState.Tentative | NetAddressState.Optimistic)) != NetAddressState.Tentative;

    /// <summary>The time until new connections use another address; null for no end.</summary>
    public TimeSpan? PreferredLifetime { get; internal init; }

    /// <summary>The time until it is removed; null for no end.</summary>
    public TimeSpan? ValidLifetime { get; internal init; }

    /// <summary>The name ifconfig knows an IPv4 address by; null for IPv6.</summary>
    public string? Label { get; internal init; }

    /// <summary>The states of the address.</summary>
    internal NetAddressState States { get; init; }

    /// <summary>As <c>ip</c> takes it, for example <c>10.0.0.1/24</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{IPAddress}/{PrefixLength}");
}
