using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Asks each namespace for its relatives and ids, through whatever file it can be opened by.</summary>
internal sealed class NamespaceDescriber(InventoryOptions options, ProcFileSystem proc, ProcessScan scan, NamespaceEntries entries) : IDisposable
{
    private readonly NetNsIds _netNsIds = new();
    private readonly Dictionary<ulong, Owner> _owners = [];

    // How many there are that no namespace is known to have. Most machines have given none.
    private int? _netNsIdsLeft;

    /// <summary>Describes those of the inodes (null: all), and adds the relatives found on the way.</summary>
    internal void DescribeAll(HashSet<ulong>? wanted, CancellationToken cancellation)
    {
        NamespaceEntry[] all = [.. entries.All.Where(entry => wanted?.Contains(entry.Inode) != false)];
        for (int i = 0; i < all.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            options.Progress?.Invoke("namespaces", i, all.Length);
            NamespaceEntry entry = all[i];
            if (entry.IsDescribed || TryDescribe(entry))
            {
                continue;
            }

            if (entry.Held is HeldNamespace held)
            {
                Describe(entry, held.Handle);
                continue;
            }

            using NamespaceHandle? handle = OpenByProcess(entry) ?? OpenByMount(entry) ?? OpenByOtherMount(entry);
            if (handle is not null)
            {
                Describe(entry, handle);
            }
        }
    }

    public void Dispose() => _netNsIds.Dispose();

    // Uses the facts from the kernel's structures, where they include the relatives.
    private bool TryDescribe(NamespaceEntry entry)
    {
        if (entry.Held is not null || !scan.Facts.TryGetValue(entry.Inode, out NamespaceFacts facts) || !IsKnown(facts.OwnerInode) || !IsKnown(facts.ParentInode))
        {
            return false;
        }

        entry.IsDescribed = true;
        entry.NamespaceId = facts.NamespaceId;
        entry.OwnerInode = facts.OwnerInode == 0 ? null : facts.OwnerInode;
        entry.OwnerUserId = facts.OwnerUserId;
        entry.ParentInode = facts.ParentInode == 0 ? null : facts.ParentInode;
        if (entry.Type == NamespaceType.Net && (_netNsIdsLeft ??= _netNsIds.ReadAll().Count) > 0)
        {
            using NamespaceHandle? handle = OpenByProcess(entry);
            entry.NetNsId = handle is null ? null : _netNsIds.Find(handle);
            _netNsIdsLeft -= entry.NetNsId is null ? 0 : 1;
        }

        AddRelative(facts.OwnerInode, NamespaceType.User);
        AddRelative(facts.ParentInode, entry.Type);
        return true;
    }

    private bool IsKnown(ulong relative) => relative == 0 || !options.Searches(NamespaceSource.Relation) || scan.Facts.ContainsKey(relative);

    private void AddRelative(ulong inode, NamespaceType type)
    {
        if (inode == 0 || !options.Searches(NamespaceSource.Relation))
        {
            return;
        }

        NamespaceEntry entry = entries.GetOrAdd(type, inode);
        entry.Source |= NamespaceSource.Relation;
        if (!entry.IsDescribed && !TryDescribe(entry))
        {
            using NamespaceHandle? handle = OpenByProcess(entry);
            if (handle is not null)
            {
                Describe(entry, handle);
            }
        }
    }

    // Through its lowest PID that is still in it, which becomes its first process.
    private NamespaceHandle? OpenByProcess(NamespaceEntry entry)
    {
        for (int i = entry.FirstProcess; i >= 0 && i < scan.Count; i++)
        {
            if (scan.InodeAt(i, entry.Type) != entry.Inode
                || !ProcessDirectory.TryOpen(proc, scan.ProcessIdAt(i), out ProcessDirectory process))
            {
                continue;
            }

            using (process)
            {
                NamespaceHandle? handle = process.OpenNamespace(NamespaceLink.PathOf(entry.Type));
                if (handle is null && !Errno.IsGone(Errno.Last))
                {
                    // Refused, not gone: the process stays, its namespace cannot be asked.
                    return null;
                }

                if (handle?.Inode == entry.Inode)
                {
                    entry.FirstProcess = i;
                    return handle;
                }

                handle?.Dispose();
            }
        }

        return null;
    }

    private NamespaceHandle? OpenByMount(NamespaceEntry entry)
    {
        foreach (NamespaceMount mount in entry.Mounts ?? [])
        {
            if (mount.Open() is NamespaceHandle handle)
            {
                entry.ReachedBy = mount.DisplayPath;
                return handle;
            }

            entry.ReachedBy = string.Empty;
            AddProblem(Errno.Last, mount.DisplayPath);
        }

        return null;
    }

    private NamespaceHandle? OpenByOtherMount(NamespaceEntry entry)
    {
        foreach ((OtherMountNamespace place, NamespaceMount mount) in entry.OtherMounts ?? [])
        {
            // The root of a process need not be that of its mount namespace: then no path leads there.
            entry.ReachedBy ??= string.Empty;
            if (place.OpenByProcess(proc, mount) is NamespaceHandle found)
            {
                entry.ReachedBy = $"/proc/{place.ProcessId}/root{mount.DisplayPath}";
                return found;
            }

            if (place.OpenByHandle(mount) is NamespaceHandle handle)
            {
                return handle;
            }

            AddProblem(Errno.Last, $"{mount.DisplayPath} in mnt:[{place.Inode}]");
        }

        return null;
    }

    private void AddProblem(int errno, string path) =>
        scan.Problems.Add(new(NamespaceMount.IsCovered(errno) ? InventoryProblemKind.MountCovered : InventoryProblemKind.MountHidden, 0, errno, path));

    private void Describe(NamespaceEntry entry, NamespaceHandle handle)
    {
        entry.IsDescribed = true;
        entry.NamespaceId = handle.NamespaceId;
        if (entry.Type == NamespaceType.Net)
        {
            entry.NetNsId = _netNsIds.Find(handle);
        }

        using (NamespaceHandle? owner = handle.OpenOwner())
        {
            entry.OwnerInode = owner?.Inode;
            entry.OwnerUserId = entry.Type == NamespaceType.User ? handle.OwnerUserId : OwnerUserIdOf(owner);
            AddRelative(owner, NamespaceType.User);
        }

        if (entry.Type is NamespaceType.Pid or NamespaceType.User)
        {
            using NamespaceHandle? parent = handle.OpenParent();
            entry.ParentInode = parent?.Inode;
            AddRelative(parent, entry.Type);
        }
    }

    private uint? OwnerUserIdOf(NamespaceHandle? owner)
    {
        if (owner is null)
        {
            return null;
        }

        if (!_owners.TryGetValue(owner.Inode, out Owner? known))
        {
            known = new Owner(owner.OwnerUserId);
            _owners.Add(owner.Inode, known);
        }

        return known.UserId;
    }

    // A relative no process is in can be asked only through the handle at hand, so it is described at once.
    private void AddRelative(NamespaceHandle? relative, NamespaceType type)
    {
        if (relative is null || !options.Searches(NamespaceSource.Relation))
        {
            return;
        }

        NamespaceEntry entry = entries.GetOrAdd(type, relative.Inode);
        entry.Source |= NamespaceSource.Relation;
        if (!entry.IsDescribed)
        {
            Describe(entry, relative);
        }
    }

    // A class: the framework's collections of values are compiled anew in each session.
    private sealed record Owner(uint? UserId);
}
