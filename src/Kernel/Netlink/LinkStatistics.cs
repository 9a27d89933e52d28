using System;
using System.Runtime.InteropServices;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>The counters of an interface: the leading fields of struct rtnl_link_stats64, which every kernel has.</summary>
internal sealed record LinkStatistics(
    ulong RxPackets,
    ulong TxPackets,
    ulong RxBytes,
    ulong TxBytes,
    ulong RxErrors,
    ulong TxErrors,
    ulong RxDropped,
    ulong TxDropped,
    ulong Multicast,
    ulong Collisions)
{
    /// <summary>Null where the attribute is too short.</summary>
    internal static LinkStatistics? Parse(ReadOnlySpan<byte> value)
    {
        // Attributes are aligned to four bytes only, so the fields are read one by one.
        const int Fields = 10;
        if (value.Length < Fields * sizeof(ulong))
        {
            return null;
        }

        Span<ulong> numbers = stackalloc ulong[Fields];
        value[..(Fields * sizeof(ulong))].CopyTo(MemoryMarshal.AsBytes(numbers));
        return new LinkStatistics(
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], numbers[8], numbers[9]);
    }
}
