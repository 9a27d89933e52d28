using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Finds the namespaces of the machine. One object is one look.</summary>
internal sealed class NamespaceInventory : IDisposable
{
    private readonly InventoryOptions _options;
    private readonly ProcFileSystem _proc;
    private readonly ProcessScan _scan;
    private readonly NetNsIds _netNsIds = new();
    private readonly UserDatabase _users = new();
    private readonly Dictionary<ulong, NamespaceEntry> _entries = [];
    private readonly Dictionary<ulong, uint?> _ownerUserIds = [];
    private readonly Dictionary<int, ProcessDetails?> _processes = [];

    private NamespaceInventory(InventoryOptions options, ProcFileSystem proc, ProcessScan scan)
    {
        _options = options;
        _proc = proc;
        _scan = scan;
    }

    /// <summary>Looks once.</summary>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static InventoryResult Read(InventoryOptions options, CancellationToken cancellation = default)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        using ProcessScan scan = ProcessScan.Run(proc, options, cancellation);
        using NamespaceInventory inventory = new(options, proc, scan);
        return inventory.Gather(cancellation);
    }

    public void Dispose() => _netNsIds.Dispose();

    private InventoryResult Gather(CancellationToken cancellation)
    {
        List<int> missing = [];
        AddProcesses();
        AddMounts();
        foreach (HeldNamespace held in _scan.Held.Values)
        {
            AddHeld(held);
        }

        HashSet<ulong>? wanted = SelectInodes(missing);
        if (_options.Opened is not null)
        {
            wanted = AddOpened();
        }

        // Relatives join the list while it is walked.
        Queue<NamespaceEntry> queue = new(_entries.Values.Where(entry => wanted is null || wanted.Contains(entry.Inode)));
        while (queue.TryDequeue(out NamespaceEntry? entry))
        {
            cancellation.ThrowIfCancellationRequested();
            DescribeFromAnyFile(entry, queue);
        }

        return BuildResult(wanted, missing);
    }

    private void AddProcesses()
    {
        for (int i = 0; i < _scan.Count; i++)
        {
            for (int type = 0; type < NamespaceTypes.Count; type++)
            {
                ulong inode = _scan.InodeAt(i, (NamespaceType)type);
                if (inode == 0)
                {
                    continue;
                }

                NamespaceEntry entry = GetOrAdd((NamespaceType)type, inode);
                entry.Source |= NamespaceSource.Process;
                entry.ProcessCount++;
                if (entry.FirstProcess < 0)
                {
                    entry.FirstProcess = i;
                }
            }
        }
    }

    private void AddMounts()
    {
        foreach (NamespaceMount mount in MountTable.ReadNamespaceMounts())
        {
            if (_options.Searches(NamespaceSource.Mount) || _entries.ContainsKey(mount.Inode))
            {
                NamespaceEntry entry = GetOrAdd(mount.Type, mount.Inode);
                entry.Source |= NamespaceSource.Mount;
                (entry.Mounts ??= []).Add(mount);
            }
        }
    }

    private NamespaceEntry? AddHeld(HeldNamespace held)
    {
        NamespaceEntry entry;
        if (!_entries.TryGetValue(held.Handle.Inode, out entry!))
        {
            if (!TryGetType(held.Handle, out NamespaceType type))
            {
                return null;
            }

            entry = GetOrAdd(type, held.Handle.Inode);
        }

        entry.Source |= held.Source;
        entry.Held ??= held;
        return entry;
    }

    private HashSet<ulong> AddOpened()
    {
        HashSet<ulong> wanted = [];
        foreach ((string path, NamespaceHandle handle) in _options.Opened!)
        {
            // The caller's own descriptor does not count as what keeps it alive.
            NamespaceEntry? entry = AddHeld(new HeldNamespace(handle, NamespaceSource.None, 0, path));
            if (entry is not null)
            {
                wanted.Add(entry.Inode);
            }
        }

        return wanted;
    }

    // Null: all. Names and inodes are looked for in what the whole search finds.
    private HashSet<ulong>? SelectInodes(List<int> missing)
    {
        if (_options.ProcessIds is null)
        {
            return null;
        }

        HashSet<ulong> wanted = [];
        foreach (int processId in _options.ProcessIds)
        {
            int index = _scan.IndexOf(processId);
            if (index < 0)
            {
                missing.Add(processId);
                continue;
            }

            for (int type = 0; type < NamespaceTypes.Count; type++)
            {
                wanted.Add(_scan.InodeAt(index, (NamespaceType)type));
            }
        }

        return wanted;
    }

    private NamespaceEntry GetOrAdd(NamespaceType type, ulong inode)
    {
        if (!_entries.TryGetValue(inode, out NamespaceEntry? entry))
        {
            entry = new NamespaceEntry(type, inode);
            _entries.Add(inode, entry);
        }

        return entry;
    }

    private void DescribeFromAnyFile(NamespaceEntry entry, Queue<NamespaceEntry> queue)
    {
        if (entry.IsDescribed)
        {
            return;
        }

        if (entry.Held is HeldNamespace held)
        {
            Describe(entry, held.Handle, queue);
            return;
        }

        using NamespaceHandle? handle = OpenByProcess(entry) ?? OpenByMount(entry);
        if (handle is not null)
        {
            Describe(entry, handle, queue);
        }
    }

    /// <summary>Opens it through its lowest PID that is still in it, and makes that its first process.</summary>
    private NamespaceHandle? OpenByProcess(NamespaceEntry entry)
    {
        for (int i = entry.FirstProcess; i >= 0 && i < _scan.Count; i++)
        {
            if (_scan.InodeAt(i, entry.Type) != entry.Inode
                || !ProcessDirectory.TryOpen(_proc, _scan.ProcessIdAt(i), out ProcessDirectory process))
            {
                continue;
            }

            using (process)
            {
                NamespaceHandle? handle = process.OpenNamespace(NamespaceLink.PathOf(entry.Type));
                if (handle?.Inode == entry.Inode)
                {
                    entry.FirstProcess = i;
                    return handle;
                }

                int errno = Errno.Last;
                handle?.Dispose();
                if (handle is null && !Errno.IsGone(errno))
                {
                    // Refused, not gone: the process stays, its namespace cannot be asked.
                    return null;
                }
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
                return handle;
            }

            _scan.Problems.Add(new(InventoryProblemKind.MountHidden, 0, Errno.Last, mount.DisplayPath));
        }

        return null;
    }

    private void Describe(NamespaceEntry entry, NamespaceHandle handle, Queue<NamespaceEntry> queue)
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
            AddRelative(owner, NamespaceType.User, queue);
        }

        if (entry.Type is NamespaceType.Pid or NamespaceType.User)
        {
            using NamespaceHandle? parent = handle.OpenParent();
            entry.ParentInode = parent?.Inode;
            AddRelative(parent, entry.Type, queue);
        }
    }

    private uint? OwnerUserIdOf(NamespaceHandle? owner)
    {
        if (owner is null)
        {
            return null;
        }

        if (!_ownerUserIds.TryGetValue(owner.Inode, out uint? userId))
        {
            userId = owner.OwnerUserId;
            _ownerUserIds.Add(owner.Inode, userId);
        }

        return userId;
    }

    // A relative no process is in can be asked only through the handle at hand, so it is described at once.
    private void AddRelative(NamespaceHandle? relative, NamespaceType type, Queue<NamespaceEntry> queue)
    {
        if (relative is null || !_options.Searches(NamespaceSource.Relation))
        {
            return;
        }

        NamespaceEntry entry = GetOrAdd(type, relative.Inode);
        entry.Source |= NamespaceSource.Relation;
        if (!entry.IsDescribed)
        {
            Describe(entry, relative, queue);
        }
    }

    private InventoryResult BuildResult(HashSet<ulong>? wanted, List<int> missing)
    {
        CurrentNamespaces current = new(_proc);
        List<NamespaceInfo> namespaces = [];
        foreach (NamespaceEntry entry in _entries.Values)
        {
            if (_options.Wants(entry.Type)
                && (wanted?.Contains(entry.Inode) ?? (entry.Source & _options.Sources) != 0)
                && _options.Inodes?.Contains(entry.Inode) != false
                && ToInfo(entry, current) is NamespaceInfo info
                && (_options.Name is null || entry.Mounts?.Exists(mount => mount.Name is string name && _options.Name(name)) == true))
            {
                namespaces.Add(info);
            }
        }

        namespaces.Sort(static (a, b) => a.Type != b.Type ? a.Type.CompareTo(b.Type) : a.Inode.CompareTo(b.Inode));
        if (_options.Hierarchy is NamespaceHierarchy hierarchy)
        {
            namespaces = new NamespaceTree(hierarchy, namespaces, ParentIdOf).ToList();
        }

        return new InventoryResult(namespaces, _scan.Problems, missing, _scan.Count);
    }

    // Null where all its processes have ended since they were read and nothing else keeps it.
    private NamespaceInfo? ToInfo(NamespaceEntry entry, CurrentNamespaces current)
    {
        ProcessDetails? details = null;
        int? processId = null;
        if (entry.FirstProcess >= 0)
        {
            details = DetailsOf(_scan.ProcessIdAt(entry.FirstProcess));
            processId = details is null ? null : _scan.ProcessIdAt(entry.FirstProcess);
            if (details is null && entry.Source == NamespaceSource.Process)
            {
                return null;
            }
        }

        uint? userId = details?.UserId ?? entry.OwnerUserId;
        return new NamespaceInfo
        {
            Type = entry.Type,
            Inode = entry.Inode,
            NamespaceId = entry.NamespaceId,
            ProcessCount = details is null ? 0 : entry.ProcessCount,
            ProcessId = processId,
            ParentProcessId = details?.ParentId,
            Command = details?.Command,
            UserId = userId,
            UserName = userId is uint id ? _users.NameOf(id) : null,
            OwnerInode = entry.OwnerInode,
            OwnerUserId = entry.OwnerUserId,
            ParentInode = entry.ParentInode,
            NetNsId = entry.NetNsId,
            Name = entry.Mounts?.Select(mount => mount.Name).Where(name => name is not null).Order(StringComparer.Ordinal).FirstOrDefault(),
            MountPoint = entry.Mounts is null ? null : string.Join('\n', entry.Mounts.Select(mount => mount.DisplayPath).Distinct()),
            Path = PathOf(entry, processId),
            Source = entry.Source,
            Container = details?.Container,
            IsInitial = current.IsInitial(entry.Type, entry.Inode),
            IsCurrent = current.IsCurrent(entry.Type, entry.Inode),
        };
    }

    private static string? PathOf(NamespaceEntry entry, int? processId)
    {
        if (processId is int id)
        {
            return $"/proc/{id}/ns/{entry.Type.KernelName()}";
        }

        return entry.Mounts is [NamespaceMount mount, ..] ? mount.DisplayPath
            : entry.Held?.Path is { Length: > 0 } path ? path
            : null;
    }

    private ProcessDetails? DetailsOf(int processId)
    {
        if (!_processes.TryGetValue(processId, out ProcessDetails? details))
        {
            if (ProcessDirectory.TryOpen(_proc, processId, out ProcessDirectory process))
            {
                using (process)
                {
                    details = ProcessDetails.Read(process);
                }
            }

            _processes.Add(processId, details);
        }

        return details;
    }

    private int ParentIdOf(int processId) => DetailsOf(processId)?.ParentId ?? 0;

    private static bool TryGetType(NamespaceHandle handle, out NamespaceType type)
    {
        try
        {
            type = handle.Type;
            return true;
        }
        catch (LinuxException)
        {
            type = default;
            return false;
        }
    }
}
