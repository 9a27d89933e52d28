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
    private const int NumberOfIds = 512;

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
        if (OlderKernel.Lacks(KernelFeature.ListMount) || !TryGetId(mountNamespace, out ulong namespaceId))
        {
            return null;
        }

        List<NamespaceMount> mounts = [];
        ulong* ids = stackalloc ulong[NumberOfIds];
        LibC.mnt_id_req request = new() { size = LibC.MNT_ID_REQ_SIZE_VER1, mnt_id = LibC.LSMT_ROOT, mnt_ns_id = namespaceId };
        while (true)
        {
            nint count = LibC.syscall4(LibC.SYS_listmount, (nint)(&request), (nint)ids, NumberOfIds, 0);
            if (count < 0)
            {
                // At a cursor it means that what was there is gone, with all that came after.
                return mounts.Count > 0 && Errno.Last == LibC.ENOENT ? mounts : null;
            }

            for (nint i = 0; i < count; i++)
            {
                if (ReadNamespaceMount(ids[i], namespaceId) is NamespaceMount mount)
                {
                    mounts.Add(mount);
                }
            }

            if (count < NumberOfIds)
            {
                return mounts;
            }

            request.param = ids[count - 1];
        }
    }

    /// <summary>The id of a mount namespace: the later it was made, the greater (Linux 6.11); false with errno where it cannot be had.</summary>
    internal static bool TryGetId(NamespaceHandle mountNamespace, out ulong id)
    {
        LibC.mnt_ns_info info = new() { size = (uint)sizeof(LibC.mnt_ns_info) };
        bool hasId = LibC.ioctl(mountNamespace.Descriptor, LibC.NS_MNT_GET_INFO, &info) == 0;
        id = hasId ? info.mnt_ns_id : 0;
        return hasId;
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
        LibC.mnt_id_req request = new()
        {
            size = LibC.MNT_ID_REQ_SIZE_VER1,
            mnt_id = mountId,
            param = LibC.STATMOUNT_SB_BASIC | LibC.STATMOUNT_MNT_ROOT | LibC.STATMOUNT_MNT_POINT,
            mnt_ns_id = mountNamespaceId,
        };

        // The path of a mount point may be longer than a path that can be given in one call, but not much.
        const int Size = 16 * 1024;
        byte* buffer = stackalloc byte[Size];
        if (LibC.syscall4(LibC.SYS_statmount, (nint)(&request), (nint)buffer, Size, 0) != 0)
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
