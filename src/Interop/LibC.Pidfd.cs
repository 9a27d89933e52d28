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
}
