using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>listns(2), Linux 6.19: every namespace in use that the caller may administer, by id.</summary>
internal static unsafe class NamespaceList
{
    // More than nearly every machine has.
    private const int UsualNumber = 2048;

    /// <summary>The most the kernel takes in one call; it refuses a larger buffer with EOVERFLOW.</summary>
    private const int MaxNumber = 1_000_000;

    /// <summary>Fills a buffer with ids that are greater than the cursor, and says how many; below 0 with errno.</summary>
    internal delegate nint Reader(ulong cursor, ulong[] ids);

    /// <summary>The ids, in ascending order; null with errno where the kernel has no such call.</summary>
    internal static List<ulong>? Read() => OlderKernel.Lacks(KernelFeature.ListNamespaces) ? null : Read(Call, UsualNumber);

    /// <summary>
    /// All that a reader has. They are asked for in one call, with a buffer that grows until there is room to spare: Linux 6.19 to 7.2 answer
    /// ENOENT to a cursor where the next namespace is just being removed, though more follow. Where even the largest buffer is full, the
    /// rest is asked for from its last id; there ENOENT means that nothing follows.
    /// </summary>
    internal static List<ulong>? Read(Reader reader, int size, int maxSize = MaxNumber)
    {
        List<ulong> all = [];
        ulong cursor = 0;
        while (true)
        {
            ulong[] ids = new ulong[size];
            nint count = reader(cursor, ids);
            if (count < 0)
            {
                return Errno.Last == LibC.ENOENT ? all : null;
            }

            if (count == size && size < maxSize)
            {
                size = Math.Min(size * 4, maxSize);
                continue;
            }

            all.AddRange(ids.AsSpan(0, (int)count));
            if (count < size)
            {
                return all;
            }

            cursor = ids[^1];
        }
    }

    private static nint Call(ulong cursor, ulong[] ids)
    {
        LibC.ns_id_req request = new() { size = (uint)sizeof(LibC.ns_id_req), ns_id = cursor };
        fixed (ulong* start = ids)
        {
            return LibC.syscall4(LibC.SYS_listns, (nint)(&request), (nint)start, ids.Length, 0);
        }
    }
}
