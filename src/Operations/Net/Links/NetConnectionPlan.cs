namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>A connection to be made.</summary>
/// <param name="End">One side.</param>
/// <param name="Peer">The other.</param>
/// <param name="Mtu">The MTU of both; null for the kernel's choice.</param>
/// <param name="Bridge">
/// The bridge on the peer's side its interface is put under, made where it is missing; it takes the addresses of
/// that side. Null for none.
/// </param>
internal sealed record NetConnectionPlan(NetConnectionEnd End, NetConnectionEnd Peer, uint? Mtu, string? Bridge);
