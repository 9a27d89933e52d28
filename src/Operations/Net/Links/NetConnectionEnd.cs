using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>One side of a connection to be made.</summary>
internal sealed record NetConnectionEnd
{
    /// <summary>The name of the interface; null for the first free vethN.</summary>
    internal string? InterfaceName { get; init; }

    internal IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>Six bytes; null for a random one.</summary>
    internal byte[]? HardwareAddress { get; init; }

    internal IReadOnlyList<NetRoute> Routes { get; init; } = [];
}
