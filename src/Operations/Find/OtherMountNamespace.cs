using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>A mount namespace that is not ours, and the namespaces bound in it.</summary>
internal sealed class OtherMountNamespace : IDisposable
{
    private OtherMountNamespace(ulong inode, int processId)
    {
        Inode = inode;
        ProcessId = processId;
    }

    internal ulong Inode { get; }

    /// <summary>A process in it; 0 where there is none.</summary>
    internal int ProcessId { get; }

    /// <summary>Where the kernel can be asked for it; null where only a process shows it.</summary>
    internal NamespaceHandle? Handle { get; private set; }

    /// <summary>The namespaces bound in it, once they have been read.</summary>
    internal List<NamespaceMount> Mounts { get; private set; } = [];

    /// <summary>All of them with what is bound in each.</summary>
    internal static List<OtherMountNamespace> ReadAll(ProcFileSystem proc, ProcessScan scan, ulong own)
    {
        List<OtherMountNamespace> all = OpenAll(scan, own, out _);
        foreach (OtherMountNamespace each in all.Where(each => scan.BoundIn?.Contains(each.Inode) != false))
        {
            List<NamespaceMount>? mounts = (each.Handle is null ? null : MountNamespaceWalk.ReadNamespaceMounts(each.Handle)) ?? ReadOfProcess(proc, each.ProcessId);
            if (mounts is null && !Errno.IsGone(Errno.Last))
            {
                scan.Problems.Add(new(InventoryProblemKind.MountHidden, 0, Errno.Last, $"mnt:[{each.Inode}]"));
            }

            each.Mounts = mounts ?? [];
        }

        return all;
    }

    /// <summary>
    /// All of them: those the kernel lists (with or without a process), and those of processes where it does not or
    /// may not.
    /// </summary>
    /// <param name="scan">The processes.</param>
    /// <param name="own">Ours, which is left out.</param>
    /// <param name="isListed">Whether the kernel listed them (Linux 6.12): all whose owner we may administer.</param>
    internal static List<OtherMountNamespace> OpenAll(ProcessScan scan, ulong own, out bool isListed)
    {
        Dictionary<ulong, OtherMountNamespace> found = [];
        for (int i = 0; i < scan.Count; i++)
        {
            ulong inode = scan.InodeAt(i, NamespaceType.Mnt);
            if (inode != 0 && inode != own && !found.ContainsKey(inode))
            {
                found.Add(inode, new OtherMountNamespace(inode, scan.ProcessIdAt(i)));
            }
        }

        List<NamespaceHandle>? listed = MountNamespaceWalk.OpenOthers();
        isListed = listed is not null;
        foreach (NamespaceHandle handle in listed ?? [])
        {
            if (!found.TryGetValue(handle.Inode, out OtherMountNamespace? place))
            {
                place = new OtherMountNamespace(handle.Inode, 0);
                found.Add(handle.Inode, place);
            }

            place.Handle = handle;
        }

        List<OtherMountNamespace> all = [.. found.Values];
        all.Sort((one, other) => one.Inode.CompareTo(other.Inode));
        return all;
    }

    /// <summary>The files that its mounts cover; null with errno.</summary>
    internal MountPlaces? TryReadPlaces(ProcFileSystem proc)
    {
        if ((Handle is null ? null : MountPlaces.TryRead(Handle)) is MountPlaces places)
        {
            return places;
        }

        if (ProcessId == 0 || !ProcessDirectory.TryOpen(proc, ProcessId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            _ = process.TryOpenLivingThread(out ProcessDirectory living, out _);
            using ProcessDirectory thread = living;
            return MountPlaces.TryRead(thread.IsOpen ? thread : process);
        }
    }

    /// <summary>The mount namespace, to be disposed of where it is not <see cref="Handle"/>; null with errno.</summary>
    internal NamespaceHandle? TryOpen(ProcFileSystem proc)
    {
        if (Handle is not null || ProcessId == 0 || !ProcessDirectory.TryOpen(proc, ProcessId, out ProcessDirectory process))
        {
            return Handle;
        }

        using (process)
        {
            return NamespaceHandle.TryOpen(process.Descriptor, "ns/mnt\0"u8);
        }
    }

    /// <summary>Opens what is bound there; null with errno.</summary>
    internal NamespaceHandle? Open(ProcFileSystem proc, NamespaceMount mount) => OpenByProcess(proc, mount) ?? OpenByHandle(mount);

    /// <summary>The same by going there; null with errno.</summary>
    internal NamespaceHandle? OpenByHandle(NamespaceMount mount)
    {
        if (Handle is null)
        {
            return null;
        }

        // Closing the thread leaves an errno of its own.
        NamespaceHandle? handle;
        int errno;
        using (NamespaceThread thread = new())
        {
            handle = mount.OpenIn(Handle, thread);
            errno = Errno.Last;
        }

        Marshal.SetLastPInvokeError(errno);
        return handle;
    }

    public void Dispose() => Handle?.Dispose();

    /// <summary>The same below the root of a process in it; null with errno.</summary>
    internal NamespaceHandle? OpenByProcess(ProcFileSystem proc, NamespaceMount mount)
    {
        if (ProcessId == 0 || !ProcessDirectory.TryOpen(proc, ProcessId, out ProcessDirectory process))
        {
            return null;
        }

        NamespaceHandle? handle;
        int errno;
        using (process)
        {
            _ = process.TryOpenLivingThread(out ProcessDirectory living, out _);
            using ProcessDirectory thread = living;
            using Descriptor root = Descriptor.OpenAt(thread.IsOpen ? thread.Descriptor : process.Descriptor, "root\0"u8, LibC.O_PATH);
            handle = root.IsOpen ? mount.OpenBelow(root.Number) : null;
            errno = Errno.Last;
        }

        Marshal.SetLastPInvokeError(errno);
        return handle;
    }

    private static List<NamespaceMount>? ReadOfProcess(ProcFileSystem proc, int processId)
    {
        if (processId == 0 || !ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            _ = process.TryOpenLivingThread(out ProcessDirectory living, out _);
            using ProcessDirectory thread = living;
            return MountTable.TryReadNamespaceMounts(thread.IsOpen ? thread : process);
        }
    }
}
