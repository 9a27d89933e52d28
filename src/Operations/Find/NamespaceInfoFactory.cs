using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Makes the public objects of what an inventory gathered, with the details of first processes.</summary>
internal sealed class NamespaceInfoFactory
{
    private readonly ProcFileSystem _proc;
    private readonly ProcessScan _scan;
    private readonly CommandLines _commands;
    private readonly CurrentNamespaces _current;
    private readonly ContainerDetector? _containers;
    private readonly UserDatabase _users = new();
    private readonly Dictionary<int, ProcessDetails?> _processes = [];

    internal NamespaceInfoFactory(ProcFileSystem proc, ProcessScan scan, CommandLines commands, bool hasContainers)
    {
        _proc = proc;
        _scan = scan;
        _commands = commands;
        _current = new CurrentNamespaces(proc);
        _containers = hasContainers ? new ContainerDetector(proc, _current) : null;
    }

    /// <summary>Null where all its processes have ended since they were read and nothing else keeps it.</summary>
    internal NamespaceInfo? Create(NamespaceEntry entry)
    {
        (int? processId, ProcessDetails? details) = FirstLivingProcess(entry);
        if (details is null && entry.Source == NamespaceSource.Process)
        {
            return null;
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
            MountPoint = MountPointOf(entry),
            MountNamespace = entry.Mounts is null ? entry.OtherMounts?[0].In.Inode : null,
            Path = PathOf(entry, processId, details),
            Sources = entry.Source,
            Container = details?.Container,
            IsInitial = _current.IsInitial(entry.Type, entry.Inode),
            IsCurrent = _current.IsCurrent(entry.Type, entry.Inode),
        };
    }

    // In one mount namespace only: a path means nothing without it.
    private static string? MountPointOf(NamespaceEntry entry)
    {
        IEnumerable<NamespaceMount>? mounts = entry.Mounts ?? (entry.OtherMounts is null ? null : MountsInFirst(entry.OtherMounts));
        return mounts is null ? null : string.Join('\n', mounts.Select(mount => mount.DisplayPath).Distinct());
    }

    private static IEnumerable<NamespaceMount> MountsInFirst(List<(OtherMountNamespace In, NamespaceMount Mount)> mounts) =>
        mounts.Where(other => other.In == mounts[0].In).Select(other => other.Mount);

    private static string? PathOf(NamespaceEntry entry, int? processId, ProcessDetails? details) =>
        processId is int id ? details is { LivingThread: > 0 } ? $"/proc/{id}/task/{details.LivingThread}/ns/{entry.Type.KernelName()}" : $"/proc/{id}/ns/{entry.Type.KernelName()}"
        : entry.ReachedBy is string reached ? reached.Length == 0 ? null : reached
        : entry.Mounts is [NamespaceMount mount, ..] ? mount.DisplayPath
        : entry.Held?.Path is { Length: > 0 } path ? path
        : entry.OtherMounts is [({ ProcessId: > 0 } place, NamespaceMount inside), ..] ? $"/proc/{place.ProcessId}/root{inside.DisplayPath}"
        : null;

    private (int? ProcessId, ProcessDetails? Details) FirstLivingProcess(NamespaceEntry entry)
    {
        for (int i = entry.FirstProcess; i >= 0 && i < _scan.Count; i++)
        {
            int processId = _scan.ProcessIdAt(i);
            if (_scan.InodeAt(i, entry.Type) == entry.Inode && DetailsOf(i, processId) is ProcessDetails details)
            {
                return (processId, details);
            }
        }

        return default;
    }

    private ProcessDetails? DetailsOf(int row, int processId)
    {
        if (!_processes.TryGetValue(processId, out ProcessDetails? details))
        {
            if (_scan.FactsOf(processId) is ProcessFacts facts)
            {
                details = ProcessDetails.Complete(processId, facts, _commands.Find(row, facts), _scan.InodesAt(row), _containers);
            }
            else if (ProcessDirectory.TryOpen(_proc, processId, out ProcessDirectory process))
            {
                using (process)
                {
                    details = ProcessDetails.Read(process, _containers);
                }
            }

            _processes.Add(processId, details);
        }

        return details;
    }
}
