using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>listns(2), Linux 6.19: every namespace in use that the caller may administer, by id.</summary>
internal static unsafe class NamespaceList
{
    private const int NumberOfIds = 512;

    /// <summary>The ids, in ascending order; null with errno where the kernel has no such call.</summary>
    internal static List<ulong>? Read()
    {
        if (OlderKernel.Lacks(KernelFeature.ListNamespaces))
        {
            return null;
        }

        List<ulong> all = [];
        ulong* ids = stackalloc ulong[NumberOfIds];
        LibC.ns_id_req request = new() { size = (uint)sizeof(LibC.ns_id_req) };
        while (true)
        {
            nint count = LibC.syscall4(LibC.SYS_listns, (nint)(&request), (nint)ids, NumberOfIds, 0);
            if (count < 0)
            {
                return null;
            }

            for (nint i = 0; i < count; i++)
            {
                all.Add(ids[i]);
            }

            if (count < NumberOfIds)
            {
                return all;
            }

            request.ns_id = ids[count - 1];
        }
    }
}
