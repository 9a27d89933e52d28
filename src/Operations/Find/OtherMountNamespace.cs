using System;
using System.Collections.Generic;
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
    private OtherMountNamespace(ulong inode, int processId, NamespaceHandle? handle, List<NamespaceMount> mounts)
    {
        Inode = inode;
        ProcessId = processId;
        Handle = handle;
        Mounts = mounts;
    }

    internal ulong Inode { get; }

    /// <summary>A process in it; 0 where there is none.</summary>
    internal int ProcessId { get; }

    /// <summary>Where the kernel can be asked for it; null where only a process shows it.</summary>
    internal NamespaceHandle? Handle { get; }

    internal List<NamespaceMount> Mounts { get; }

    /// <summary>
    /// All of them: those the kernel lists (with or without a process), and those of processes where it does not or
    /// may not.
    /// </summary>
    internal static List<OtherMountNamespace> ReadAll(ProcFileSystem proc, ProcessScan scan, ulong own)
    {
        SortedDictionary<ulong, (int ProcessId, NamespaceHandle? Handle)> found = [];
        for (int i = 0; i < scan.Count; i++)
        {
            ulong inode = scan.InodeAt(i, NamespaceType.Mnt);
            if (inode != 0 && inode != own)
            {
                found.TryAdd(inode, (scan.ProcessIdAt(i), null));
            }
        }

        foreach (NamespaceHandle handle in MountNamespaceWalk.OpenOthers() ?? [])
        {
            found[handle.Inode] = (found.GetValueOrDefault(handle.Inode).ProcessId, handle);
        }

        List<OtherMountNamespace> all = [];
        foreach ((ulong inode, (int processId, NamespaceHandle? handle)) in found)
        {
            List<NamespaceMount>? mounts = (handle is null ? null : MountNamespaceWalk.ReadNamespaceMounts(handle)) ?? ReadOfProcess(proc, processId);
            if (mounts is null && !Errno.IsGone(Errno.Last))
            {
                scan.Problems.Add(new(InventoryProblemKind.MountHidden, 0, Errno.Last, $"mnt:[{inode}]"));
            }

            all.Add(new OtherMountNamespace(inode, processId, handle, mounts ?? []));
        }

        return all;
    }

    /// <summary>Opens what is bound there; null with errno.</summary>
    internal NamespaceHandle? Open(ProcFileSystem proc, NamespaceMount mount)
    {
        if (OpenByProcess(proc, mount) is NamespaceHandle handle)
        {
            return handle;
        }

        if (Handle is null)
        {
            return null;
        }

        using NamespaceThread thread = new();
        return mount.OpenIn(Handle, thread);
    }

    public void Dispose() => Handle?.Dispose();

    private NamespaceHandle? OpenByProcess(ProcFileSystem proc, NamespaceMount mount)
    {
        if (ProcessId == 0 || !ProcessDirectory.TryOpen(proc, ProcessId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            _ = process.TryOpenLivingThread(out ProcessDirectory living, out _);
            using ProcessDirectory thread = living;
            using Descriptor root = Descriptor.OpenAt(thread.IsOpen ? thread.Descriptor : process.Descriptor, "root\0"u8, LibC.O_PATH);
            return root.IsOpen ? mount.OpenBelow(root.Number) : null;
        }
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
