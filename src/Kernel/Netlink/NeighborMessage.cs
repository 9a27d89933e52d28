using System;
using System.Net;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>An entry of the ARP or NDP table (RTM_NEWNEIGH).</summary>
internal sealed record NeighborMessage
{
    internal byte Family { get; private init; }

    internal int InterfaceIndex { get; private init; }

    /// <summary>NUD_*.</summary>
    internal ushort State { get; private init; }

    /// <summary>NTF_*.</summary>
    internal byte Flags { get; private init; }

    internal IPAddress? Address { get; private init; }

    internal byte[] HardwareAddress { get; private init; } = [];

    internal int Probes { get; private init; }

    /// <summary>Hundredths of a second since it was used, confirmed and changed; null where the kernel does not say.</summary>
    internal LibC.nda_cacheinfo? Ages { get; private init; }

    /// <summary>Asks for all entries, or for all addresses answered for others (proxies).</summary>
    internal static NetlinkWriter GetAll(bool proxies) => new NetlinkWriter(LibC.RTM_GETNEIGH, LibC.NLM_F_DUMP)
        .Append(new LibC.ndmsg { ndm_flags = proxies ? LibC.NTF_PROXY : (byte)0 });

    /// <summary>An entry; null for other messages and other families.</summary>
    internal static NeighborMessage? Parse(in NetlinkMessage message)
    {
        if (message.Type != LibC.RTM_NEWNEIGH || !message.TryRead(out LibC.ndmsg info, out NetlinkAttributes attributes)
            || info.ndm_family is not (LibC.AF_INET or LibC.AF_INET6))
        {
            return null;
        }

        IPAddress? address = null;
        byte[] hardware = [];
        int probes = 0;
        LibC.nda_cacheinfo? ages = null;
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case LibC.NDA_DST: address = RtFamily.ToAddress(info.ndm_family, value); break;
                case LibC.NDA_LLADDR: hardware = value.ToArray(); break;
                case LibC.NDA_PROBES: probes = NetlinkAttributes.Number<int>(value); break;
                case LibC.NDA_CACHEINFO: ages = NetlinkAttributes.Number<LibC.nda_cacheinfo>(value); break;
                default: break;
            }
        }

        return new NeighborMessage
        {
            Family = info.ndm_family,
            InterfaceIndex = info.ndm_ifindex,
            State = info.ndm_state,
            Flags = info.ndm_flags,
            Address = address,
            HardwareAddress = hardware,
            Probes = probes,
            Ages = ages,
        };
    }
}
