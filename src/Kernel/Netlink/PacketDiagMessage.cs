using System;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>Packet sockets by sock_diag(7).</summary>
internal static class PacketDiagMessage
{
    private const byte Unconnected = 7;

    /// <summary>Asks for all packet sockets.</summary>
    internal static NetlinkWriter GetAll() => new NetlinkWriter(LibC.SOCK_DIAG_BY_FAMILY, LibC.NLM_F_DUMP, nameof(LibC.SOCK_DIAG_BY_FAMILY))
        .Append(new LibC.packet_diag_req
        {
            sdiag_family = (byte)LibC.AF_PACKET,
            pdiag_show = LibC.PACKET_SHOW_INFO | LibC.PACKET_SHOW_MEMINFO,
        });

    /// <summary>A packet socket; null for other messages.</summary>
    internal static SocketMessage? Parse(in NetlinkMessage message)
    {
        if (message.Type != LibC.SOCK_DIAG_BY_FAMILY || !message.TryRead(out LibC.packet_diag_msg info, out NetlinkAttributes attributes)
            || info.pdiag_family != LibC.AF_PACKET)
        {
            return null;
        }

        uint index = 0, receiveQueue = 0;
        uint? userId = null;
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case LibC.PACKET_DIAG_INFO: index = NetlinkAttributes.Number<LibC.packet_diag_info>(value).pdi_index; break;

                // The first of several numbers is the memory that waits to be read.
                case LibC.PACKET_DIAG_MEMINFO: receiveQueue = NetlinkAttributes.Number<uint>(value); break;
                case LibC.PACKET_DIAG_UID: userId = NetlinkAttributes.Number<uint>(value); break;
                default: break;
            }
        }

        return new SocketMessage
        {
            Family = (byte)LibC.AF_PACKET,
            Type = info.pdiag_type,
            Protocol = info.pdiag_num,
            State = Unconnected,
            InterfaceIndex = (int)index,
            ReceiveQueue = receiveQueue,
            UserId = userId,
            Inode = info.pdiag_ino,
        };
    }
}
