using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Net;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>
/// A table of sockets in /proc/net (tcp, udp, raw and their like for IPv6), for what a kernel does not give by sock_diag(7).
/// </summary>
internal static class ProcNetTable
{
    /// <summary>The sockets of a table; a line that is not understood is left out.</summary>
    /// <param name="text">The content of the file.</param>
    /// <param name="family">AF_INET or AF_INET6.</param>
    /// <param name="protocol">IPPROTO_*.</param>
    internal static List<SocketMessage> Parse(ReadOnlySpan<byte> text, byte family, int protocol)
    {
        List<SocketMessage> found = [];
        foreach (ReadOnlySpan<byte> line in new LineEnumerator(text))
        {
            if (TryParse(line, family, protocol) is SocketMessage socket)
            {
                found.Add(socket);
            }
        }

        return found;
    }

    //  sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid  timeout inode
    private static SocketMessage? TryParse(ReadOnlySpan<byte> line, byte family, int protocol)
    {
        Span<Range> fields = stackalloc Range[10];
        int count = 0;
        foreach (Range field in new FieldEnumerator(line))
        {
            fields[count++] = field;
            if (count == fields.Length)
            {
                break;
            }
        }

        if (count < fields.Length
            || !TryParseEnd(line[fields[1]], family, out IPAddress? local, out ushort localPort)
            || !TryParseEnd(line[fields[2]], family, out IPAddress? remote, out ushort remotePort)
            || !TryParseHex(line[fields[3]], out uint state)
            || !TryParsePair(line[fields[4]], out uint sendQueue, out uint receiveQueue)
            || !Utf8Parser.TryParse(line[fields[7]], out uint userId, out _)
            || !Utf8Parser.TryParse(line[fields[9]], out uint inode, out _))
        {
            return null;
        }

        return new SocketMessage
        {
            Family = family,
            Protocol = protocol,
            State = (byte)state,
            LocalAddress = local,
            LocalPort = localPort,
            RemoteAddress = remote,
            RemotePort = remotePort,
            ReceiveQueue = receiveQueue,
            SendQueue = sendQueue,
            UserId = userId,
            Inode = inode,
        };
    }

    // Addresses are written as 32-bit numbers of the machine's own byte order.
    private static bool TryParseEnd(ReadOnlySpan<byte> text, byte family, out IPAddress? address, out ushort port)
    {
        address = null;
        port = 0;
        int words = family == LibC.AF_INET ? 1 : 4;
        if (text.Length != (words * 8) + 5 || text[words * 8] != ':' || !TryParseHex(text[((words * 8) + 1)..], out uint number))
        {
            return false;
        }

        Span<uint> bits = stackalloc uint[words];
        for (int word = 0; word < words; word++)
        {
            if (!TryParseHex(text.Slice(word * 8, 8), out bits[word]))
            {
                return false;
            }
        }

        address = new IPAddress(MemoryMarshal.AsBytes(bits));
        port = (ushort)number;
        return true;
    }

    private static bool TryParsePair(ReadOnlySpan<byte> text, out uint first, out uint second)
    {
        int colon = text.IndexOf((byte)':');
        first = second = 0;
        return colon > 0 && TryParseHex(text[..colon], out first) && TryParseHex(text[(colon + 1)..], out second);
    }

    private static bool TryParseHex(ReadOnlySpan<byte> text, out uint number) =>
        Utf8Parser.TryParse(text, out number, out int used, 'x') && used == text.Length;
}
