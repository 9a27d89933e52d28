using System;
using System.Net;
using System.Net.Sockets;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>Address families between rtnetlink and .NET.</summary>
internal static class RtFamily
{
    internal static byte Of(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)LibC.AF_INET6 : (byte)LibC.AF_INET;

    /// <summary>Null where family and length do not go together.</summary>
    internal static IPAddress? ToAddress(byte family, ReadOnlySpan<byte> bytes) => (family, bytes.Length) switch
    {
        (LibC.AF_INET, 4) or (LibC.AF_INET6, 16) => new IPAddress(bytes),
        _ => null,
    };
}
