using System;
using System.Buffers.Text;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>The table of protocols in /proc/net/protocols: how many sockets of each a net namespace has.</summary>
internal static class ProtocolCounts
{
    /// <summary>Whether the table counts none of a protocol; false where it does not list the protocol at all.</summary>
    /// <param name="text">The content of the file.</param>
    /// <param name="protocol">The name of the protocol there. The one for IPv6 is that name with v6 after it.</param>
    internal static bool HasNone(ReadOnlySpan<byte> text, ReadOnlySpan<byte> protocol)
    {
        bool isListed = false;
        foreach (ReadOnlySpan<byte> line in new LineEnumerator(text))
        {
            if (!line.StartsWith(protocol) || !IsOf(line, protocol.Length, out int count))
            {
                continue;
            }

            if (count != 0)
            {
                return false;
            }

            isListed = true;
        }

        return isListed;
    }

    // MPTCPv6   2024      0      -1   NI       0   yes  kernel ...: name, size, sockets
    private static bool IsOf(ReadOnlySpan<byte> line, int length, out int count)
    {
        count = 0;
        int field = 0;
        foreach (Range range in new FieldEnumerator(line))
        {
            ReadOnlySpan<byte> text = line[range];
            if (field == 0 && !(text.Length == length || text[length..].SequenceEqual("v6"u8)))
            {
                return false;
            }

            if (field == 2)
            {
                return Utf8Parser.TryParse(text, out count, out int used) && used == text.Length;
            }

            field++;
        }

        return false;
    }
}
