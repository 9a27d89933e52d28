using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>One received message.</summary>
internal readonly unsafe ref struct NetlinkMessage(LibC.nlmsghdr header, ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;

    internal ushort Type => header.nlmsg_type;

    internal ushort Flags => header.nlmsg_flags;

    internal uint Sequence => header.nlmsg_seq;

    internal uint Port => header.nlmsg_pid;

    /// <summary>The fixed structure and the attributes behind it; false where the message is too short for it.</summary>
    internal bool TryRead<T>(out T value, out NetlinkAttributes attributes)
        where T : unmanaged
    {
        if (!MemoryMarshal.TryRead(_body, out value))
        {
            attributes = default;
            return false;
        }

        attributes = new NetlinkAttributes(_body[Math.Min((sizeof(T) + 3) & ~3, _body.Length)..]);
        return true;
    }

    /// <summary>
    /// The error number of an NLMSG_ERROR or NLMSG_DONE message, 0 for success, and the kernel's own words where
    /// it has any (extended ack, Linux 4.12).
    /// </summary>
    internal int ReadError(out string? text)
    {
        text = null;
        if (!MemoryMarshal.TryRead(_body, out int error))
        {
            return LibC.EBADMSG;
        }

        if ((Flags & LibC.NLM_F_ACK_TLVS) != 0)
        {
            text = new NetlinkAttributes(_body[Math.Min(AttributeOffset(), _body.Length)..]).FindText(LibC.NLMSGERR_ATTR_MSG);
        }

        // Negative by convention; a value that has no absolute value is as wrong as one that is positive.
        return error is <= 0 and > int.MinValue ? -error : LibC.EBADMSG;
    }

    // Behind the error number an NLMSG_ERROR repeats the request: its header alone where it is capped.
    private int AttributeOffset()
    {
        if (Type == LibC.NLMSG_DONE || !MemoryMarshal.TryRead(_body[sizeof(int)..], out LibC.nlmsghdr request))
        {
            return sizeof(int);
        }

        uint repeated = (Flags & LibC.NLM_F_CAPPED) != 0 ? (uint)sizeof(LibC.nlmsghdr) : Math.Min(request.nlmsg_len, (uint)_body.Length);
        return sizeof(int) + (((int)repeated + 3) & ~3);
    }
}
