namespace LinuxNamespaces;

/// <summary>One of several hops of a route.</summary>
public sealed class NetRouteNextHop
{
    internal NetRouteNextHop()
    {
    }

    /// <summary>The gateway; null for one on the link.</summary>
    public string? Gateway { get; internal init; }

    /// <summary>The interface.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>How often it is chosen, relative to the others.</summary>
    public int Weight { get; internal init; }

    /// <summary>The flags of the hop.</summary>
    public NetRouteState Flags { get; internal init; }

    /// <summary>As people write it, for example <c>10.0.0.1 dev eth0 weight 1</c>.</summary>
    public override string ToString() => $"{(Gateway is null ? string.Empty : Gateway + " ")}dev {InterfaceName} weight {Weight}";
}
