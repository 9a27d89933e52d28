using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>Unix sockets by sock_diag(7).</summary>
internal static class UnixDiagMessage
{
    /// <summary>Asks for all Unix sockets in one of these states (bits of 1 &lt;&lt; TCP_*).</summary>
    internal static NetlinkWriter GetAll(uint states) => new NetlinkWriter(LibC.SOCK_DIAG_BY_FAMILY, LibC.NLM_F_DUMP, nameof(LibC.SOCK_DIAG_BY_FAMILY))
        .Append(new LibC.unix_diag_req
        {
            sdiag_family = (byte)LibC.AF_UNIX,
            udiag_states = states,
            udiag_show = LibC.UDIAG_SHOW_NAME | LibC.UDIAG_SHOW_PEER | LibC.UDIAG_SHOW_RQLEN | LibC.UDIAG_SHOW_UID,
        });

    /// <summary>A Unix socket; null for other messages.</summary>
    internal static SocketMessage? Parse(in NetlinkMessage message)
    {
        if (message.Type != LibC.SOCK_DIAG_BY_FAMILY || !message.TryRead(out LibC.unix_diag_msg info, out NetlinkAttributes attributes)
            || info.udiag_family != LibC.AF_UNIX)
        {
            return null;
        }

        string? path = null;
        uint peer = 0;
        uint? userId = null;
        LibC.unix_diag_rqlen queue = default;
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case LibC.UNIX_DIAG_NAME: path = Name(value); break;
                case LibC.UNIX_DIAG_PEER: peer = NetlinkAttributes.Number<uint>(value); break;
                case LibC.UNIX_DIAG_RQLEN: queue = NetlinkAttributes.Number<LibC.unix_diag_rqlen>(value); break;
                case LibC.UNIX_DIAG_UID: userId = NetlinkAttributes.Number<uint>(value); break;
                default: break;
            }
        }

        return new SocketMessage
        {
            Family = (byte)LibC.AF_UNIX,
            Type = info.udiag_type,
            State = info.udiag_state,
            Path = path,
            ReceiveQueue = queue.udiag_rqueue,
            SendQueue = queue.udiag_wqueue,
            UserId = userId,
            Inode = info.udiag_ino,
            PeerInode = peer,
        };
    }

    // An abstract name begins with NUL and may hold others; a path ends at its first.
    private static string? Name(ReadOnlySpan<byte> value) => value switch
    {
        [] => null,
        [0, .. ReadOnlySpan<byte> name] => "@" + SafeText.FromUtf8(name),
        _ => NetlinkAttributes.Text(value),
    };
}
