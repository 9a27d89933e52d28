using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>
/// The messages in what one recv(2) returned. Every step goes forward by a header at least, and nothing outside of
/// the buffer is ever looked at, whatever the lengths in it say.
/// </summary>
internal unsafe ref struct NetlinkReader(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    /// <summary>Indicates that the buffer ended in something other than a message.</summary>
    internal bool IsMalformed { get; private set; }

    /// <summary>The next message, or false at the end.</summary>
    internal bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (!MemoryMarshal.TryRead(_rest, out LibC.nlmsghdr header)
            || header.nlmsg_len < sizeof(LibC.nlmsghdr) || header.nlmsg_len > (uint)_rest.Length)
        {
            IsMalformed = !_rest.IsEmpty;
            _rest = default;
            return false;
        }

        int length = (int)header.nlmsg_len;
        message = new NetlinkMessage(header, _rest[sizeof(LibC.nlmsghdr)..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
