using System;

namespace LinuxNamespaces;

/// <summary>An entry of the ARP or NDP table of a net namespace.</summary>
public sealed class NetNamespaceNeighbor : MachineRecord
{
    internal NetNamespaceNeighbor()
    {
    }

    /// <summary>The name of the net namespace it is in; for one without a name the kernel's text, <c>net:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>IPv4 or IPv6.</summary>
    public NetAddressFamily AddressFamily { get; internal init; }

    /// <summary>The address of the neighbour.</summary>
    public string IPAddress { get; internal init; } = string.Empty;

    /// <summary>The hardware address; null where it is not known.</summary>
    public string? MacAddress { get; internal init; }

    /// <summary>The interface behind which it is.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>The number of the interface.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>How sure the hardware address is.</summary>
    public NetNeighborState State { get; internal init; }

    /// <summary>Whether it said that it is a router (IPv6).</summary>
    public bool IsRouter { get; internal init; }

    /// <summary>Whether this namespace answers for it.</summary>
    public bool IsProxy { get; internal init; }

    /// <summary>Whether a program other than the kernel found it.</summary>
    public bool IsExternallyLearned { get; internal init; }

    /// <summary>How often it was asked.</summary>
    public int Probes { get; internal init; }

    /// <summary>The time since it was used; null where it is not known.</summary>
    public TimeSpan? SinceUsed { get; internal init; }

    /// <summary>The time since it was confirmed; null where it is not known.</summary>
    public TimeSpan? SinceConfirmed { get; internal init; }

    /// <summary>The time since it changed; null where it is not known.</summary>
    public TimeSpan? SinceUpdated { get; internal init; }

    /// <summary>As people write it, for example <c>10.0.0.1 dev eth0 02:00:00:00:00:01 Reachable</c>.</summary>
    public override string ToString() => $"{IPAddress} dev {InterfaceName}{(MacAddress is null ? string.Empty : $" {MacAddress}")} {State}";
}
