using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>Opens a namespace that was seen before, wherever it is now; never another one that has its inode.</summary>
internal sealed class NamespaceFinder(CancellationToken cancellation) : IDisposable
{
    private ProcFileSystem? _proc;

    /// <summary>Opens it: by its id, by where it was, or by a search of the machine.</summary>
    /// <exception cref="NamespaceException">NamespaceGone; NamespaceCovered: only a mount under another one keeps it.</exception>
    internal NamespaceHandle Open(NamespaceInfo ns)
    {
        // From Linux 6.19 on the kernel answers for one out of the caller's sight as for one that is gone, so the search decides.
        return TryOpenSeen(ns) ?? Search(ns, out string? covered) ?? throw (covered is null ? Gone(ns) : Covered(ns, covered));
    }

    /// <summary>Opens it by its id or by where it was, without a search; null where it is not there.</summary>
    internal static NamespaceHandle? TryOpenSeen(NamespaceInfo ns) =>
        (ns.NamespaceId is ulong id ? NamespaceHandle.TryOpenById(ns.Type, ns.Inode, id) : null) ?? OpenWhereSeen(ns);

    public void Dispose() => _proc?.Dispose();

    private static NamespaceHandle? OpenWhereSeen(NamespaceInfo ns)
    {
        IEnumerable<string?> paths = [ns.Path, .. ns.MountPoint?.Split('\n') ?? []];
        return paths.OfType<string>()
            .Select(path => Take(ns, NamespaceHandle.TryOpenAny(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'))))
            .FirstOrDefault(handle => handle is not null);
    }

    // An open descriptor is duplicated before it is examined, so that its holder cannot close it meanwhile.
    private NamespaceHandle? Search(NamespaceInfo ns, out string? covered)
    {
        covered = null;
        _proc ??= ProcFileSystem.Open();
        using ProcessScan scan = ProcessScan.Run(_proc, new InventoryOptions { Sources = NamespaceSource.All }, cancellation);
        if (scan.Held.Remove(ns.Inode, out HeldNamespace? held) && Take(ns, held.Handle) is NamespaceHandle found)
        {
            return found;
        }

        return SearchProcesses(ns, scan)
            ?? SearchOwnMounts(ns, ref covered)
            ?? SearchOtherMounts(ns, scan, ref covered)
            ?? (ns.Type is NamespaceType.User or NamespaceType.Pid ? SearchRelatives(ns, scan) : null);
    }

    private NamespaceHandle? SearchProcesses(NamespaceInfo ns, ProcessScan scan)
    {
        for (int i = 0; i < scan.Count; i++)
        {
            if (scan.InodeAt(i, ns.Type) == ns.Inode && Take(ns, Open(scan.ProcessIdAt(i), ns.Type)) is NamespaceHandle handle)
            {
                return handle;
            }
        }

        return null;
    }

    private static NamespaceHandle? SearchOwnMounts(NamespaceInfo ns, ref string? covered)
    {
        foreach (NamespaceMount mount in MountTable.ReadNamespaceMounts().Where(mount => mount.Inode == ns.Inode))
        {
            if (mount.Open() is NamespaceHandle handle)
            {
                return Take(ns, handle);
            }

            covered = NamespaceMount.IsCovered(Errno.Last) ? mount.DisplayPath : covered;
        }

        return null;
    }

    private NamespaceHandle? SearchOtherMounts(NamespaceInfo ns, ProcessScan scan, ref string? covered)
    {
        List<OtherMountNamespace> others = OtherMountNamespace.ReadAll(_proc!, scan, new CurrentNamespaces(_proc!).InodeOf(NamespaceType.Mnt));
        try
        {
            foreach ((OtherMountNamespace place, NamespaceMount mount) in others.SelectMany(place => place.Mounts.Where(mount => mount.Inode == ns.Inode).Select(mount => (place, mount))))
            {
                if (place.Open(_proc!, mount) is NamespaceHandle handle)
                {
                    return Take(ns, handle);
                }

                covered ??= NamespaceMount.IsCovered(Errno.Last) ? $"{mount.DisplayPath} in mnt:[{place.Inode}]" : null;
            }

            return null;
        }
        finally
        {
            others.ForEach(place => place.Dispose());
        }
    }

    // Parents and owners without a process: up from everything that has a process.
    private NamespaceHandle? SearchRelatives(NamespaceInfo ns, ProcessScan scan)
    {
        HashSet<ulong> seen = [];
        for (int i = 0; i < scan.Count; i++)
        {
            for (int type = 0; type < NamespaceTypes.Count; type++)
            {
                ulong inode = scan.InodeAt(i, (NamespaceType)type);
                if (inode != 0 && (ns.Type == NamespaceType.User || type == (int)NamespaceType.Pid) && seen.Add(inode)
                    && SearchUpwards(ns, Open(scan.ProcessIdAt(i), (NamespaceType)type)) is NamespaceHandle handle)
                {
                    return handle;
                }
            }
        }

        return null;
    }

    private static NamespaceHandle? SearchUpwards(NamespaceInfo ns, NamespaceHandle? handle)
    {
        while (handle is not null && !IsMeant(ns, handle))
        {
            using NamespaceHandle below = handle;
            handle = ns.Type == NamespaceType.User ? below.OpenOwner() : below.OpenParent();
        }

        return handle;
    }

    private NamespaceHandle? Open(int processId, NamespaceType type)
    {
        if (!ProcessDirectory.TryOpen(_proc!, processId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            return process.OpenNamespace(NamespaceLink.PathOf(type));
        }
    }

    // Null, and closed, where it is another.
    private static NamespaceHandle? Take(NamespaceInfo ns, NamespaceHandle? handle)
    {
        if (handle is not null && !IsMeant(ns, handle))
        {
            handle.Dispose();
            return null;
        }

        return handle;
    }

    private static bool IsMeant(NamespaceInfo ns, NamespaceHandle handle) =>
        (!handle.TryGetType(out NamespaceType type) || type == ns.Type) && NamespaceIdentity.IsSame(ns, handle);

    private static NamespaceException Covered(NamespaceInfo ns, string path) => new(
        ErrorIds.NamespaceCovered,
        $"The namespace {ns} cannot be opened: it is mounted on {path}, and another mount covers that path.",
        "Unmount what covers it.");

    private static NamespaceException Gone(NamespaceInfo ns) => new(
        ErrorIds.NamespaceGone,
        $"The namespace {ns} does not exist any more.",
        "Get-Namespace -Source All lists those there are.");
}
