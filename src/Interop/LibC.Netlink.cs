using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/netlink.h>
internal static unsafe partial class LibC
{
    internal const int NETLINK_ROUTE = 0;
    internal const ushort NLM_F_REQUEST = 0x1;
    internal const ushort NLMSG_ERROR = 0x2;
    internal const ushort NLMSG_DONE = 0x3;

    [StructLayout(LayoutKind.Sequential)]
    internal struct nlmsghdr
    {
        internal uint nlmsg_len;
        internal ushort nlmsg_type;
        internal ushort nlmsg_flags;
        internal uint nlmsg_seq;
        internal uint nlmsg_pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct nlattr
    {
        internal ushort nla_len;
        internal ushort nla_type;
    }
}
