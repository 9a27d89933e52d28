using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>pidfd calls: a process by descriptor instead of a number that may be used again.</summary>
internal static class PidDescriptor
{
    /// <summary>pidfd_open(2), Linux 5.3. The kernel sets close-on-exec itself.</summary>
    internal static Descriptor Open(int processId) =>
        Descriptor.FromResult(LibC.syscall(LibC.SYS_pidfd_open, processId, 0, 0));

    /// <summary>
    /// pidfd_getfd(2), Linux 5.6: a duplicate of a descriptor of the process, close-on-exec. Needs
    /// PTRACE_MODE_ATTACH_REALCREDS.
    /// </summary>
    internal static Descriptor Duplicate(Descriptor process, int number) =>
        Descriptor.FromResult(LibC.syscall(LibC.SYS_pidfd_getfd, process.Number, number, 0));

    /// <summary>
    /// The net namespace of a socket (SIOCGSKNS, Linux 4.10); null with errno, EPERM without CAP_NET_ADMIN in it.
    /// </summary>
    internal static unsafe NamespaceHandle? OpenSocketNamespace(Descriptor socket)
    {
        lock (NamespaceHandle.Gate)
        {
            return NamespaceHandle.TryAdopt(Descriptor.FromResult(LibC.ioctl(socket.Number, LibC.SIOCGSKNS, null)));
        }
    }
}
