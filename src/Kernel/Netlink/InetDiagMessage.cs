using System;
using System.Buffers.Binary;
using System.Net;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>Sockets of IPv4 and IPv6 by sock_diag(7).</summary>
internal static unsafe class InetDiagMessage
{
    /// <summary>Asks for all sockets of a family and protocol.</summary>
    /// <param name="family">AF_INET or AF_INET6.</param>
    /// <param name="protocol">IPPROTO_*.</param>
    /// <param name="states">Bits of 1 &lt;&lt; TCP_*: which states to list.</param>
    internal static NetlinkWriter GetAll(byte family, int protocol, uint states)
    {
        NetlinkWriter request = new NetlinkWriter(LibC.SOCK_DIAG_BY_FAMILY, LibC.NLM_F_DUMP, nameof(LibC.SOCK_DIAG_BY_FAMILY))
            .Append(new LibC.inet_diag_req_v2
            {
                sdiag_family = family,
                sdiag_protocol = (byte)Math.Min(protocol, byte.MaxValue),
                idiag_states = states,
            });

        // The field is a byte, and MPTCP has outgrown it.
        return protocol > byte.MaxValue ? request.Attribute(LibC.INET_DIAG_REQ_PROTOCOL, protocol) : request;
    }

    /// <summary>
    /// Asks for all TCP sockets of both families at once, in the older form of the request, which has no family. The kernel walks the table of all connections
    /// of the machine for each request, so one is half of the work.
    /// </summary>
    /// <param name="states">Bits of 1 &lt;&lt; TCP_*: which states to list.</param>
    internal static NetlinkWriter GetAllTcp(uint states) => new NetlinkWriter(LibC.TCPDIAG_GETSOCK, LibC.NLM_F_DUMP, nameof(LibC.TCPDIAG_GETSOCK))
        .Append(new LibC.inet_diag_req { idiag_states = states });

    /// <summary>A socket of the protocol that was asked for, which the answer does not repeat; null for other messages.</summary>
    internal static SocketMessage? Parse(in NetlinkMessage message, int protocol)
    {
        if (message.Type is not (LibC.SOCK_DIAG_BY_FAMILY or LibC.TCPDIAG_GETSOCK) || !message.TryRead(out LibC.inet_diag_msg info, out _)
            || info.idiag_family is not (LibC.AF_INET or LibC.AF_INET6))
        {
            return null;
        }

        return new SocketMessage
        {
            Family = info.idiag_family,
            Protocol = protocol,
            State = info.idiag_state,
            LocalAddress = ToAddress(info.idiag_family, new ReadOnlySpan<byte>(info.id.idiag_src, 16)),
            LocalPort = BinaryPrimitives.ReverseEndianness(info.id.idiag_sport),
            RemoteAddress = ToAddress(info.idiag_family, new ReadOnlySpan<byte>(info.id.idiag_dst, 16)),
            RemotePort = BinaryPrimitives.ReverseEndianness(info.id.idiag_dport),
            InterfaceIndex = (int)info.id.idiag_if,
            ReceiveQueue = info.idiag_rqueue,
            SendQueue = info.idiag_wqueue,
            UserId = info.idiag_uid,
            Inode = info.idiag_inode,
            Timer = info.idiag_timer,
            Retransmits = info.idiag_retrans,
            ExpiresMilliseconds = info.idiag_expires,
        };
    }

    private static IPAddress ToAddress(byte family, ReadOnlySpan<byte> bytes) => new(family == LibC.AF_INET ? bytes[..4] : bytes);
}
