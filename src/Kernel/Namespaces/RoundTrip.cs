using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>
/// Takes the calling thread into a namespace and back home in one go. The methods are compiled once and for all, and call nothing that the runtime would want
/// to compile better: a thread that the runtime starts meanwhile would stay inside.
/// </summary>
internal static unsafe class RoundTrip
{
    /// <summary>Makes a net namespace, and returns its descriptor; -1 with errno.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int CreateNet(int proc, int home)
    {
        int created = -1;
        fixed (byte* link = "thread-self/ns/net\0"u8)
        {
            if (LibC.setns(home, LibC.CLONE_NEWNET) == 0 && LibC.unshare(LibC.CLONE_NEWNET) == 0)
            {
                created = LibC.openat(proc, link, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
                GoHome(home, LibC.CLONE_NEWNET);
            }
        }

        return created;
    }

    /// <summary>Returns a netlink socket of a net namespace; -1 with errno.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int OpenSocket(int target, int home, int protocol)
    {
        int socket = -1;
        if (Leave(home, target, LibC.CLONE_NEWNET))
        {
            socket = NetlinkDescriptor.Open(protocol);
            GoHome(home, LibC.CLONE_NEWNET);
        }

        return socket;
    }

    /// <summary>Returns a file of another mount namespace; -1 with errno. The root of the thread is that of its own mount namespace from then on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int OpenFile(int mountNamespace, int home, byte[] path)
    {
        int file = -1;
        fixed (byte* name = path)
        {
            if (LibC.unshare(LibC.CLONE_FS) == 0 && Leave(home, mountNamespace, LibC.CLONE_NEWNS))
            {
                file = LibC.openat(LibC.AT_FDCWD, name, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
                GoHome(home, LibC.CLONE_NEWNS);
            }
        }

        return file;
    }

    /// <summary>
    /// Takes the thread into the target, where it may come home from there; false with errno. In a container that shares a namespace of the host, its root may
    /// go into namespaces of its own and not back, for the host owns the home.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool Leave(int home, int target, int type) => LibC.setns(home, type) == 0 && LibC.setns(target, type) == 0;

    /// <summary>Puts the thread back: the next work would start from the wrong place, and this is where none may go on. Keeps errno.</summary>
    /// <exception cref="LinuxException">It cannot be put back.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void GoHome(int home, int type)
    {
        int errno = Errno.Last;
        if (LibC.setns(home, type) != 0)
        {
            LinuxException.ThrowLast("setns", "home");
        }

        Marshal.SetLastPInvokeError(errno);
    }
}
