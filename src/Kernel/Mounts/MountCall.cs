using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>mount(2) and umount2(2) on the calling thread's mount namespace. All return 0 or an errno.</summary>
internal static unsafe class MountCall
{
    /// <summary>Binds an open namespace on a file.</summary>
    internal static int Bind(NamespaceHandle source, string target) =>
        Mount($"/proc/thread-self/fd/{source.Descriptor}", target, LibC.MS_BIND);

    /// <summary>Binds a directory, with what is mounted below, onto itself: that makes it a mount of its own.</summary>
    internal static int BindOntoItself(string directory) => Mount(directory, directory, LibC.MS_BIND | LibC.MS_REC);

    /// <summary>Makes a mount, with those below, shared with every copy of the mount namespace; EINVAL where it is not a mount.</summary>
    internal static int MakeShared(string path) => Mount(null, path, LibC.MS_SHARED | LibC.MS_REC);

    /// <summary>Makes a mount, with those below, take part in no exchange.</summary>
    internal static int MakePrivate(string path) => Mount(null, path, LibC.MS_PRIVATE | LibC.MS_REC);

    /// <summary>Takes away the topmost mount of a path, symbolic links not followed; EINVAL where there is none.</summary>
    internal static int Unmount(string path, bool detach)
    {
        fixed (byte* target = Terminated(path))
        {
            return LibC.umount2(target, LibC.UMOUNT_NOFOLLOW | (detach ? LibC.MNT_DETACH : 0)) == 0 ? 0 : Errno.Last;
        }
    }

    private static int Mount(string? source, string target, uint flags)
    {
        // The type counts for nothing here, but older kernels want one that is a string.
        fixed (byte* from = source is null ? null : Terminated(source), to = Terminated(target), type = "none\0"u8)
        {
            return LibC.mount(from, to, type, flags, null) == 0 ? 0 : Errno.Last;
        }
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');
}
