using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>The changes to make on an interface; null and empty values are left as they are.</summary>
internal sealed record NetInterfaceChanges
{
    internal string? NewName { get; init; }

    internal bool? IsUp { get; init; }

    internal uint? Mtu { get; init; }

    internal byte[]? HardwareAddress { get; init; }

    internal string? Alias { get; init; }

    /// <summary>The bridge, bond or VRF to put it under; empty for none.</summary>
    internal string? Master { get; init; }

    internal IReadOnlyList<InterfaceAddress> AddAddresses { get; init; } = [];

    internal IReadOnlyList<InterfaceAddress> RemoveAddresses { get; init; } = [];

    internal IReadOnlyList<string> AddNames { get; init; } = [];

    internal IReadOnlyList<string> RemoveNames { get; init; } = [];
}
