using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>
/// The ids a net namespace has for others (RTM_*NSID, Linux 4.0): what is asked and what comes back.
/// </summary>
internal sealed record NetNsIdMessage(int Id, bool IsRemoved)
{
    /// <summary>Asks for the id of an open namespace.</summary>
    internal static NetlinkWriter Get(NamespaceHandle target) => new NetlinkWriter(LibC.RTM_GETNSID, 0)
        .Append(default(LibC.rtgenmsg))
        .Attribute(LibC.NETNSA_FD, target.Descriptor);

    /// <summary>Asks for all ids there are.</summary>
    internal static NetlinkWriter GetAll() => new NetlinkWriter(LibC.RTM_GETNSID, LibC.NLM_F_DUMP)
        .Append(default(LibC.rtgenmsg));

    /// <summary>Gives an open namespace an id; null for the next one that is free.</summary>
    internal static NetlinkWriter Set(NamespaceHandle target, int? id) => new NetlinkWriter(LibC.RTM_NEWNSID, LibC.NLM_F_ACK)
        .Append(default(LibC.rtgenmsg))
        .Attribute(LibC.NETNSA_FD, target.Descriptor)
        .Attribute(LibC.NETNSA_NSID, id ?? LibC.NETNSA_NSID_NOT_ASSIGNED);

    /// <summary>An id that is assigned, or was; null for other messages.</summary>
    internal static NetNsIdMessage? Parse(in NetlinkMessage message)
    {
        if (message.Type is not (LibC.RTM_NEWNSID or LibC.RTM_DELNSID)
            || !message.TryRead(out LibC.rtgenmsg _, out NetlinkAttributes attributes))
        {
            return null;
        }

        while (attributes.TryRead(out ushort type, out System.ReadOnlySpan<byte> value))
        {
            if (type == LibC.NETNSA_NSID && value.Length >= sizeof(int))
            {
                int id = NetlinkAttributes.Number<int>(value);
                return id == LibC.NETNSA_NSID_NOT_ASSIGNED ? null : new NetNsIdMessage(id, message.Type == LibC.RTM_DELNSID);
            }
        }

        return null;
    }
}
