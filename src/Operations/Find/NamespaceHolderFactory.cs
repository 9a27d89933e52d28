using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Makes the public objects of what an inventory noted of the holders of namespaces.</summary>
internal sealed class NamespaceHolderFactory
{
    private readonly ProcFileSystem _proc;
    private readonly ProcessScan _scan;
    private readonly NamespaceEntries _entries;
    private readonly CurrentNamespaces _current;
    private readonly ContainerDetector _containers;
    private readonly UserDatabase _users = new();
    private readonly Dictionary<int, ProcessDetails?> _processes = [];

    internal NamespaceHolderFactory(ProcFileSystem proc, ProcessScan scan, NamespaceEntries entries)
    {
        _proc = proc;
        _scan = scan;
        _entries = entries;
        _current = new CurrentNamespaces(proc);
        _containers = new ContainerDetector(proc, _current);
    }

    /// <summary>In order of namespace, then processes by PID, then mounts.</summary>
    internal List<NamespaceHolder> CreateAll(IEnumerable<ulong> inodes) =>
        [.. inodes.Order().Select(_entries.Find).OfType<NamespaceEntry>().SelectMany(HoldersOf).OfType<NamespaceHolder>()];

    private IEnumerable<NamespaceHolder?> HoldersOf(NamespaceEntry entry)
    {
        IEnumerable<NamespaceHold> members = Enumerable.Range(0, _scan.Count)
            .Where(index => _scan.InodeAt(index, entry.Type) == entry.Inode)
            .Select(index => new NamespaceHold(entry.Inode, NamespaceSource.Process, _scan.ProcessIdAt(index), 0));
        IEnumerable<NamespaceHolder?> processes = members.Concat(_scan.Holds.Where(hold => hold.Inode == entry.Inode))
            .OrderBy(hold => hold.ProcessId).ThenBy(hold => hold.Source).ThenBy(hold => hold.Number)
            .Select(hold => Create(entry, hold));
        ulong own = _current.InodeOf(NamespaceType.Mnt);

        // One mount is in every mount namespace that it was propagated to, a hundred times on a machine with as many containers.
        IEnumerable<NamespaceHolder> mounts = (entry.Mounts ?? []).Select(mount => (Path: mount.DisplayPath, Place: own))
            .Concat((entry.OtherMounts ?? []).Select(other => (Path: other.Mount.DisplayPath, Place: other.In.Inode)))
            .GroupBy(mount => mount.Path, mount => mount.Place)
            .Select(places => Create(entry, places.Key, [.. places.Distinct()]));
        IEnumerable<NamespaceHolder> relations = (entry.Source & NamespaceSource.Relation) == 0
            ? []
            : [new NamespaceHolder { Type = entry.Type, Inode = entry.Inode, Source = NamespaceSource.Relation }];
        return [.. processes, .. mounts, .. relations];
    }

    private static NamespaceHolder Create(NamespaceEntry entry, string path, ulong[] places) => new()
    {
        Type = entry.Type,
        Inode = entry.Inode,
        Source = NamespaceSource.Mount,
        MountPoint = path,
        MountNamespace = places[0],
        MountNamespaces = new ValueList<ulong>(places),
    };

    // Null where the process has ended since.
    private NamespaceHolder? Create(NamespaceEntry entry, NamespaceHold hold) => DetailsOf(hold.ProcessId) is not ProcessDetails process ? null : new()
    {
        Type = entry.Type,
        Inode = entry.Inode,
        Source = hold.Source,
        Id = hold.ProcessId,
        ThreadId = hold.Source == NamespaceSource.Thread ? hold.Number : null,
        Descriptor = hold.Source is NamespaceSource.Descriptor or NamespaceSource.Socket ? hold.Number : null,
        UserName = _users.NameOf(process.UserId),
        CommandLine = process.Command,
        Container = process.Container,
    };

    private ProcessDetails? DetailsOf(int processId)
    {
        if (!_processes.TryGetValue(processId, out ProcessDetails? details) && ProcessDirectory.TryOpen(_proc, processId, out ProcessDirectory process))
        {
            using (process)
            {
                details = ProcessDetails.Read(process, _containers);
            }

            _processes.Add(processId, details);
        }

        return details;
    }
}
