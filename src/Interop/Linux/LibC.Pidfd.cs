using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/pidfd.h>, and <sys/pidfd.h> of newer C libraries
internal static unsafe partial class LibC
{
    internal const uint PIDFD_GET_CGROUP_NAMESPACE = 0xff01;
    internal const uint PIDFD_GET_IPC_NAMESPACE = 0xff02;
    internal const uint PIDFD_GET_MNT_NAMESPACE = 0xff03;
    internal const uint PIDFD_GET_NET_NAMESPACE = 0xff04;
    internal const uint PIDFD_GET_PID_NAMESPACE = 0xff05;
    internal const uint PIDFD_GET_TIME_NAMESPACE = 0xff07;
    internal const uint PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE = 0xff08;
    internal const uint PIDFD_GET_USER_NAMESPACE = 0xff09;
    internal const uint PIDFD_GET_UTS_NAMESPACE = 0xff0a;
    internal const uint PIDFD_GET_INFO = 0xc040ff0b;

    internal const ulong PIDFD_INFO_EXIT = 8;

    /// <summary>struct pidfd_info as of Linux 6.13, which newer kernels take as well.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct pidfd_info
    {
        internal ulong mask;
        internal ulong cgroupid;
        internal uint pid;
        internal uint tgid;
        internal uint ppid;
        internal uint ruid;
        internal uint rgid;
        internal uint euid;
        internal uint egid;
        internal uint suid;
        internal uint sgid;
        internal uint fsuid;
        internal uint fsgid;
        internal int exit_code;
    }
}
