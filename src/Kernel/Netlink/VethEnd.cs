using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>One end of a veth pair to be made.</summary>
/// <param name="Namespace">Where it shall be.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Mtu">Null for the kernel's choice.</param>
/// <param name="HardwareAddress">Six bytes, or null for a random one.</param>
internal sealed record VethEnd(NamespaceHandle Namespace, string Name, uint? Mtu, byte[]? HardwareAddress);
