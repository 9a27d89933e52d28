using System.Globalization;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>The names of requests, for errors.</summary>
internal static class NetlinkNames
{
    internal static string Of(ushort type) => type switch
    {
        LibC.RTM_NEWLINK => nameof(LibC.RTM_NEWLINK),
        LibC.RTM_DELLINK => nameof(LibC.RTM_DELLINK),
        LibC.RTM_GETLINK => nameof(LibC.RTM_GETLINK),
        LibC.RTM_NEWADDR => nameof(LibC.RTM_NEWADDR),
        LibC.RTM_DELADDR => nameof(LibC.RTM_DELADDR),
        LibC.RTM_GETADDR => nameof(LibC.RTM_GETADDR),
        LibC.RTM_NEWROUTE => nameof(LibC.RTM_NEWROUTE),
        LibC.RTM_DELROUTE => nameof(LibC.RTM_DELROUTE),
        LibC.RTM_GETROUTE => nameof(LibC.RTM_GETROUTE),
        LibC.RTM_GETNEIGH => nameof(LibC.RTM_GETNEIGH),
        LibC.RTM_GETRULE => nameof(LibC.RTM_GETRULE),
        LibC.RTM_NEWLINKPROP => nameof(LibC.RTM_NEWLINKPROP),
        LibC.RTM_DELLINKPROP => nameof(LibC.RTM_DELLINKPROP),
        LibC.RTM_NEWNSID => nameof(LibC.RTM_NEWNSID),
        LibC.RTM_GETNSID => nameof(LibC.RTM_GETNSID),
        _ => type.ToString(CultureInfo.InvariantCulture),
    };
}
