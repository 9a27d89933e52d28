using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>The namespaces of a process, opened.</summary>
internal static class ProcessNamespaces
{
    private static bool? s_opensByPidDescriptor;

    /// <summary>Whether a pidfd gives the namespaces of its process (PIDFD_GET_*_NAMESPACE, Linux 6.11).</summary>
    internal static bool OpenByPidDescriptor
    {
        get
        {
            if (OlderKernel.Lacks(KernelFeature.PidDescriptorNamespaces))
            {
                return false;
            }

            lock (NamespaceHandle.Gate)
            {
                return (s_opensByPidDescriptor ??= TryOpenNamespace()) == true;
            }
        }
    }

    /// <summary>Opens one of its namespaces (see <see cref="NamespaceLink.PathOf"/>); null with errno.</summary>
    internal static NamespaceHandle? OpenNamespace(this ProcessHandle process, ReadOnlySpan<byte> link) => NamespaceHandle.TryOpen(process.Directory, link);

    /// <summary>Opens ns/NAME; null with errno where that is refused or the process has gone.</summary>
    /// <remarks>Where the main thread has ended, the namespace is that of a thread that lives.</remarks>
    internal static NamespaceHandle? OpenNamespace(this in ProcessDirectory process, ReadOnlySpan<byte> link)
    {
        NamespaceHandle? handle = NamespaceHandle.TryOpen(process.Descriptor, link);
        if (handle is null && Errno.Last == LibC.ENOENT)
        {
            if (process.TryOpenLivingThread(out ProcessDirectory thread, out _))
            {
                using (thread)
                {
                    return NamespaceHandle.TryOpen(thread.Descriptor, link);
                }
            }

            Marshal.SetLastPInvokeError(LibC.ENOENT);
        }

        return handle;
    }

    /// <summary>
    /// The net namespace of a socket (SIOCGSKNS, Linux 4.10); null with errno, EPERM without CAP_NET_ADMIN in it.
    /// </summary>
    internal static unsafe NamespaceHandle? OpenOfSocket(Descriptor socket)
    {
        lock (NamespaceHandle.Gate)
        {
            return NamespaceHandle.TryAdopt(Descriptor.FromResult(LibC.ioctl(socket.Number, LibC.SIOCGSKNS, null)));
        }
    }

    // Null where the call failed for lack of a descriptor or of memory; the next call asks again.
    private static unsafe bool? TryOpenNamespace()
    {
        int self = (int)LibC.syscall(LibC.SYS_pidfd_open, Environment.ProcessId, 0, 0);
        int found = self < 0 ? -1 : LibC.ioctl(self, LibC.PIDFD_GET_UTS_NAMESPACE, null);
        bool isUnknown = found < 0 && Errno.Last is LibC.EMFILE or LibC.ENFILE or LibC.ENOMEM;
        foreach (int number in stackalloc int[] { self, found })
        {
            if (number >= 0)
            {
                _ = LibC.close(number);
            }
        }

        return isUnknown ? null : found >= 0;
    }
}
