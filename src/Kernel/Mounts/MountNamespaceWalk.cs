using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>All mount namespaces the caller may administer, with or without a process, and the namespaces bound in them.</summary>
internal static unsafe class MountNamespaceWalk
{
    /// <summary>
    /// The other mount namespaces, in the order they were made, open (NS_MNT_GET_NEXT, Linux 6.12); null with
    /// errno where the kernel has no such walk.
    /// </summary>
    internal static List<NamespaceHandle>? OpenOthers()
    {
        using NamespaceHandle? own = NamespaceHandle.TryOpen(LibC.AT_FDCWD, "/proc/thread-self/ns/mnt\0"u8);
        if (own is null || OlderKernel.Lacks(KernelFeature.MountNamespaceWalk))
        {
            return null;
        }

        List<NamespaceHandle> found = [];
        if (!Walk(own, LibC.NS_MNT_GET_PREV, found))
        {
            return null;
        }

        found.Reverse();
        Walk(own, LibC.NS_MNT_GET_NEXT, found);
        return found;
    }

    /// <summary>
    /// The nsfs mounts of a mount namespace, mount points as its own root sees them (listmount(2) and statmount(2)
    /// with a namespace, Linux 6.11); null with errno where that is refused or not to be had.
    /// </summary>
    internal static List<NamespaceMount>? ReadNamespaceMounts(NamespaceHandle mountNamespace)
    {
        if (MountCalls.TryList(mountNamespace, out ulong namespaceId) is not ulong[] ids)
        {
            return null;
        }

        List<NamespaceMount> mounts = [];
        foreach (ulong id in ids)
        {
            if (ReadNamespaceMount(id, namespaceId) is NamespaceMount mount)
            {
                mounts.Add(mount);
            }
        }

        return mounts;
    }

    private static bool Walk(NamespaceHandle start, uint direction, List<NamespaceHandle> found)
    {
        NamespaceHandle here = start;
        while (true)
        {
            LibC.mnt_ns_info info = new() { size = (uint)sizeof(LibC.mnt_ns_info) };
            NamespaceHandle? next;
            lock (NamespaceHandle.Gate)
            {
                next = NamespaceHandle.TryAdopt(Descriptor.FromResult(LibC.ioctl(here.Descriptor, direction, &info)));
            }

            if (next is null)
            {
                return Errno.Last == LibC.ENOENT;
            }

            found.Add(next);
            here = next;
        }
    }

    private static NamespaceMount? ReadNamespaceMount(ulong mountId, ulong mountNamespaceId)
    {
        const ulong Wanted = LibC.STATMOUNT_SB_BASIC | LibC.STATMOUNT_MNT_ROOT | LibC.STATMOUNT_MNT_POINT;
        byte* buffer = stackalloc byte[MountCalls.UsualSize];
        if (!MountCalls.TryRead(mountId, mountNamespaceId, Wanted, buffer, MountCalls.UsualSize))
        {
            return null;
        }

        LibC.statmount* status = (LibC.statmount*)buffer;
        byte* strings = buffer + sizeof(LibC.statmount);
        return status->sb_magic == LibC.NSFS_MAGIC
            ? NamespaceMount.Create(
                MemoryMarshal.CreateReadOnlySpanFromNullTerminated(strings + status->mnt_root),
                MemoryMarshal.CreateReadOnlySpanFromNullTerminated(strings + status->mnt_point))
            : null;
    }
}
