using System;
using System.Net;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>An address of an interface (RTM_NEWADDR).</summary>
internal sealed record AddressMessage(int Index, IPAddress Address, byte PrefixLength)
{
    /// <summary>Asks for all addresses.</summary>
    internal static NetlinkWriter GetAll() => new NetlinkWriter(LibC.RTM_GETADDR, LibC.NLM_F_DUMP)
        .Append(default(LibC.ifaddrmsg));

    /// <summary>
    /// Gives it to the interface. IPv6 addresses are usable at once: duplicates are not looked for first.
    /// </summary>
    internal NetlinkWriter Add()
    {
        NetlinkWriter request = Write(LibC.RTM_NEWADDR, LibC.NLM_F_ACK | LibC.NLM_F_CREATE | LibC.NLM_F_EXCL);
        return RtFamily.Of(Address) == LibC.AF_INET6 ? request.Attribute(LibC.IFA_FLAGS, LibC.IFA_F_NODAD) : request;
    }

    /// <summary>Takes it away.</summary>
    internal NetlinkWriter Delete() => Write(LibC.RTM_DELADDR, LibC.NLM_F_ACK);

    /// <summary>An address; null for other messages and other families.</summary>
    internal static AddressMessage? Parse(in NetlinkMessage message)
    {
        if (message.Type != LibC.RTM_NEWADDR || !message.TryRead(out LibC.ifaddrmsg info, out NetlinkAttributes attributes))
        {
            return null;
        }

        // IFA_LOCAL is the interface's own address where IFA_ADDRESS is that of a point-to-point peer.
        IPAddress? address = null;
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == LibC.IFA_LOCAL || (type == LibC.IFA_ADDRESS && address is null))
            {
                address = RtFamily.ToAddress(info.ifa_family, value);
            }
        }

        return address is null ? null : new AddressMessage((int)info.ifa_index, address, info.ifa_prefixlen);
    }

    private NetlinkWriter Write(ushort type, ushort flags)
    {
        byte[] address = Address.GetAddressBytes();
        return new NetlinkWriter(type, flags)
            .Append(new LibC.ifaddrmsg { ifa_family = RtFamily.Of(Address), ifa_prefixlen = PrefixLength, ifa_index = (uint)Index })
            .Attribute(LibC.IFA_LOCAL, address)
            .Attribute(LibC.IFA_ADDRESS, address);
    }
}
