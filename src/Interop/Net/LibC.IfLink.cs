namespace LinuxNamespaces.Interop;

// <linux/if_link.h>
internal static unsafe partial class LibC
{
    internal const ushort IFLA_ADDRESS = 1;
    internal const ushort IFLA_IFNAME = 3;
    internal const ushort IFLA_MTU = 4;
    internal const ushort IFLA_LINK = 5;
    internal const ushort IFLA_MASTER = 10;
    internal const ushort IFLA_OPERSTATE = 16;
    internal const ushort IFLA_LINKINFO = 18;
    internal const ushort IFLA_IFALIAS = 20;
    internal const ushort IFLA_STATS64 = 23;
    internal const ushort IFLA_NET_NS_FD = 28;
    internal const ushort IFLA_EXT_MASK = 29;
    internal const ushort IFLA_LINK_NETNSID = 37;
    internal const ushort IFLA_TARGET_NETNSID = 46;
    internal const ushort IFLA_PROP_LIST = 52;
    internal const ushort IFLA_ALT_IFNAME = 53;
    internal const ushort IFLA_NETNS_IMMUTABLE = 67;

    internal const ushort IFLA_INFO_KIND = 1;
    internal const ushort IFLA_INFO_DATA = 2;

    internal const ushort IFLA_VLAN_ID = 1;
    internal const ushort IFLA_MACVLAN_MODE = 1;
    internal const ushort IFLA_IPVLAN_MODE = 1;
    internal const ushort IFLA_VXLAN_ID = 1;
    internal const ushort IFLA_VXLAN_GROUP = 2;
    internal const ushort IFLA_VXLAN_LINK = 3;
    internal const ushort IFLA_VXLAN_LOCAL = 4;
    internal const ushort IFLA_VXLAN_PORT = 15;
    internal const ushort IFLA_VXLAN_GROUP6 = 16;
    internal const ushort IFLA_VXLAN_LOCAL6 = 17;
    internal const ushort IFLA_NETKIT_PEER_INFO = 1;
    internal const ushort IFLA_NETKIT_MODE = 5;

    internal const uint MACVLAN_MODE_PRIVATE = 1;
    internal const uint MACVLAN_MODE_VEPA = 2;
    internal const uint MACVLAN_MODE_BRIDGE = 4;
    internal const uint MACVLAN_MODE_PASSTHRU = 8;
    internal const uint MACVLAN_MODE_SOURCE = 16;
    internal const ushort IPVLAN_MODE_L2 = 0;
    internal const ushort IPVLAN_MODE_L3 = 1;
    internal const ushort IPVLAN_MODE_L3S = 2;
    internal const uint NETKIT_L2 = 0;
    internal const uint NETKIT_L3 = 1;
}
