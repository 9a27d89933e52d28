using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>listmount(2) and statmount(2) in a mount namespace (Linux 6.11): no process has to be in it.</summary>
internal static unsafe class MountCalls
{
    /// <summary>Room for the answer of most mounts: the paths may be longer than one that can be given in a call, but not much.</summary>
    internal const int UsualSize = 16 * 1024;

    private const int FirstNumberOfIds = 512;

    /// <summary>The id of a mount namespace: the later it was made, the greater; false with errno where it cannot be had.</summary>
    internal static bool TryGetId(NamespaceHandle mountNamespace, out ulong id)
    {
        LibC.mnt_ns_info info = new() { size = (uint)sizeof(LibC.mnt_ns_info) };
        bool hasId = LibC.ioctl(mountNamespace.Descriptor, LibC.NS_MNT_GET_INFO, &info) == 0;
        id = hasId ? info.mnt_ns_id : 0;
        return hasId;
    }

    /// <summary>
    /// The unique ids of all mounts below the root of the namespace, in the order they were made; null with errno where the kernel refuses,
    /// or does not have the calls.
    /// </summary>
    internal static ulong[]? TryList(NamespaceHandle mountNamespace, out ulong namespaceId)
    {
        namespaceId = 0;
        return OlderKernel.Lacks(KernelFeature.ListMount) || !TryGetId(mountNamespace, out namespaceId) ? null : TryList(namespaceId);
    }

    /// <summary>Reads the wanted fields of a mount: a <see cref="LibC.statmount"/>, and its texts behind it. False with errno.</summary>
    internal static bool TryRead(ulong mountId, ulong namespaceId, ulong wanted, byte* buffer, int size)
    {
        LibC.mnt_id_req request = new() { size = LibC.MNT_ID_REQ_SIZE_VER1, mnt_id = mountId, param = wanted, mnt_ns_id = namespaceId };
        return LibC.syscall4(LibC.SYS_statmount, (nint)(&request), (nint)buffer, size, 0) == 0;
    }

    // Neither List<ulong> nor Array.Resize: the runtime has no code of theirs for this type, and a first look would wait for the compiler.
    private static ulong[]? TryList(ulong namespaceId)
    {
        ulong[] ids = new ulong[FirstNumberOfIds];
        int total = 0;
        LibC.mnt_id_req request = new() { size = LibC.MNT_ID_REQ_SIZE_VER1, mnt_id = LibC.LSMT_ROOT, mnt_ns_id = namespaceId };
        while (true)
        {
            int room = ids.Length - total;
            nint count;
            fixed (ulong* start = ids)
            {
                count = LibC.syscall4(LibC.SYS_listmount, (nint)(&request), (nint)(start + total), room, 0);
            }

            // At a cursor ENOENT means that the mount there is gone, with all that came after.
            if (count < 0 && (total == 0 || Errno.Last != LibC.ENOENT))
            {
                return null;
            }

            total += Math.Max(0, (int)count);
            if (count < room)
            {
                return Copy(ids, total, total);
            }

            request.param = ids[total - 1];
            ids = Copy(ids, total, ids.Length * 4);
        }
    }

    private static ulong[] Copy(ulong[] ids, int count, int length)
    {
        ulong[] copy = new ulong[length];
        Array.Copy(ids, copy, count);
        return copy;
    }
}
