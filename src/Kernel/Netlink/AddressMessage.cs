using System;
using System.Net;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>An address of an interface (RTM_NEWADDR).</summary>
internal sealed record AddressMessage(int Index, IPAddress Address, byte PrefixLength)
{
    /// <summary>The value of a lifetime without an end.</summary>
    internal const uint Forever = uint.MaxValue;

    /// <summary>The address of the other end of a point-to-point link; null where there is none.</summary>
    internal IPAddress? Peer { get; private init; }

    internal IPAddress? Broadcast { get; private init; }

    /// <summary>IFA_F_*.</summary>
    internal uint Flags { get; init; }

    /// <summary>RT_SCOPE_*.</summary>
    internal byte Scope { get; init; }

    /// <summary>The name ifconfig knows an IPv4 address by.</summary>
    internal string? Label { get; private init; }

    /// <summary>Seconds until the address is no longer preferred; <see cref="Forever"/> for no end.</summary>
    internal uint PreferredSeconds { get; init; } = Forever;

    /// <summary>Seconds until the address is removed; <see cref="Forever"/> for no end.</summary>
    internal uint ValidSeconds { get; init; } = Forever;

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

    /// <summary>Gives back an address that an interface has lost, with all that belonged to it.</summary>
    internal NetlinkWriter Restore()
    {
        const uint Settable = LibC.IFA_F_NODAD | LibC.IFA_F_HOMEADDRESS | LibC.IFA_F_MANAGETEMPADDR | LibC.IFA_F_NOPREFIXROUTE | LibC.IFA_F_MCAUTOJOIN;
        NetlinkWriter request = Write(LibC.RTM_NEWADDR, LibC.NLM_F_ACK | LibC.NLM_F_CREATE | LibC.NLM_F_EXCL);
        uint flags = (Flags & Settable) | (RtFamily.Of(Address) == LibC.AF_INET6 ? LibC.IFA_F_NODAD : 0);
        if (flags != 0)
        {
            request.Attribute(LibC.IFA_FLAGS, flags);
        }

        if (Broadcast is not null)
        {
            request.Attribute(LibC.IFA_BROADCAST, Broadcast.GetAddressBytes());
        }

        return ValidSeconds == Forever && PreferredSeconds == Forever
            ? request
            : request.Attribute(LibC.IFA_CACHEINFO, new LibC.ifa_cacheinfo { ifa_prefered = PreferredSeconds, ifa_valid = ValidSeconds });
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

        // IFA_LOCAL is the interface's own address where IFA_ADDRESS is that of a point-to-point peer. Flags have outgrown the byte in the header.
        IPAddress? address = null, local = null, broadcast = null;
        uint flags = info.ifa_flags;
        string? label = null;
        LibC.ifa_cacheinfo lifetime = new() { ifa_prefered = Forever, ifa_valid = Forever };
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case LibC.IFA_LOCAL: local = RtFamily.ToAddress(info.ifa_family, value); break;
                case LibC.IFA_ADDRESS: address = RtFamily.ToAddress(info.ifa_family, value); break;
                case LibC.IFA_BROADCAST: broadcast = RtFamily.ToAddress(info.ifa_family, value); break;
                case LibC.IFA_LABEL: label = NetlinkAttributes.Text(value); break;
                case LibC.IFA_FLAGS: flags = NetlinkAttributes.Number<uint>(value); break;
                case LibC.IFA_CACHEINFO: lifetime = NetlinkAttributes.Number<LibC.ifa_cacheinfo>(value); break;
                default: break;
            }
        }

        return (local ?? address) is not IPAddress own ? null : new AddressMessage((int)info.ifa_index, own, info.ifa_prefixlen)
        {
            Peer = local is not null && address is not null && !local.Equals(address) ? address : null,
            Broadcast = broadcast,
            Flags = flags,
            Scope = info.ifa_scope,
            Label = label,
            PreferredSeconds = lifetime.ifa_prefered,
            ValidSeconds = lifetime.ifa_valid,
        };
    }

    private NetlinkWriter Write(ushort type, ushort flags) => new NetlinkWriter(type, flags)
        .Append(new LibC.ifaddrmsg { ifa_family = RtFamily.Of(Address), ifa_prefixlen = PrefixLength, ifa_scope = Scope, ifa_index = (uint)Index })
        .Attribute(LibC.IFA_LOCAL, Address.GetAddressBytes())
        .Attribute(LibC.IFA_ADDRESS, (Peer ?? Address).GetAddressBytes());
}
