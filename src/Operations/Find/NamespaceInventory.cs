using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Bpf;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Finds the namespaces of the machine. One object is one look.</summary>
internal sealed class NamespaceInventory
{
    private readonly InventoryOptions _options;
    private readonly ProcFileSystem _proc;
    private readonly ProcessScan _scan;
    private readonly NamespaceEntries _entries = new();

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
        return new NamespaceInventory(options, proc, scan).Gather(cancellation);
    }

    /// <summary>Gives the kernel back what was loaded for looking.</summary>
    internal static void Close() => TaskIterators.Close();

    private InventoryResult Gather(CancellationToken cancellation)
    {
        using CommandLines commands = CommandLines.Read(_proc, _scan, isForAll: !_options.IsRepeated && _options.ProcessIds is null && _options.Opened is null && _options.Inodes is null && _options.Name is null);
        AddProcesses();
        AddMounts();
        foreach (HeldNamespace held in _scan.Held.Values)
        {
            AddHeld(held);
        }

        using OtherMounts others = new(_options, _proc, _scan);
        others.AddTo(_entries);
        List<int> missing = [];
        HashSet<ulong>? wanted = SelectInodes(missing);
        using (NamespaceDescriber describer = new(_options, _proc, _scan, _entries))
        {
            describer.DescribeAll(wanted, cancellation);
        }

        NamespaceInfoFactory factory = new(_proc, _scan, commands, _options.HasContainers);
        List<NamespaceInfo> namespaces = [.. _entries.All.Where(entry => IsListed(entry, wanted)).Select(factory.Create).OfType<NamespaceInfo>()];
        namespaces.Sort(static (a, b) => a.Type != b.Type ? (int)a.Type - (int)b.Type : a.Inode.CompareTo(b.Inode));
        if (_options.Hierarchy is NamespaceHierarchy hierarchy)
        {
            namespaces = new NamespaceTree(hierarchy, namespaces).ToList();
        }

        return new InventoryResult(namespaces, _scan.Problems, missing, _scan.Count, _scan.Engine, _scan.IsByIterator, _options.HoldersOf is null ? [] : new NamespaceHolderFactory(_proc, _scan, _entries).CreateAll(_options.HoldersOf));
    }

    private void AddProcesses()
    {
        for (int i = 0; i < _scan.Sets.Count; i++)
        {
            NamespaceSet set = _scan.Sets[i];
            for (int type = 0; type < NamespaceTypes.Count; type++)
            {
                ulong inode = set.Inodes[type];
                if (inode == 0 || !_options.Reads((NamespaceType)type))
                {
                    continue;
                }

                // Combinations are in the order of their first processes.
                NamespaceEntry entry = _entries.GetOrAdd((NamespaceType)type, inode);
                entry.Source |= NamespaceSource.Process;
                entry.ProcessCount += set.ProcessCount;
                entry.FirstProcess = entry.FirstProcess < 0 ? set.FirstProcess : entry.FirstProcess;
            }
        }

        foreach ((ulong inode, NamespaceSource source) in _scan.AlsoHeld)
        {
            if (_entries.Find(inode) is NamespaceEntry entry)
            {
                entry.Source |= source;
            }
        }
    }

    private void AddMounts()
    {
        List<NamespaceMount> mounts = MountTable.ReadNamespaceMounts(out ProcessHiding hiding);
        if (!_scan.IsByIterator && hiding.IsInForce)
        {
            _scan.Problems.Add(MissingProcess.Unlisted);
        }

        foreach (NamespaceMount mount in mounts)
        {
            NamespaceEntry? entry = _options.Searches(NamespaceSource.Mount)
                ? _entries.GetOrAdd(mount.Type, mount.Inode)
                : _entries.Find(mount.Inode);
            if (entry is not null)
            {
                entry.Source |= NamespaceSource.Mount;
                (entry.Mounts ??= []).Add(mount);
            }
        }
    }

    private NamespaceEntry? AddHeld(HeldNamespace held)
    {
        NamespaceEntry? entry = _entries.Find(held.Handle.Inode);
        if (entry is null && held.Handle.TryGetType(out NamespaceType type))
        {
            entry = _entries.GetOrAdd(type, held.Handle.Inode);
        }

        if (entry is not null)
        {
            entry.Source |= held.Source;
            entry.Held ??= held;
        }

        return entry;
    }

    // The inodes to describe; null for all. Names, and inodes alone, are looked up in the result of the whole search.
    private HashSet<ulong>? SelectInodes(List<int> missing)
    {
        if (_options.ProcessIds is null && _options.Opened is null)
        {
            return null;
        }

        HashSet<ulong> wanted = [.. _options.Inodes ?? new HashSet<ulong>()];
        SelectProcesses(_options.ProcessIds ?? new HashSet<int>(), wanted, missing);
        AddOpened(_options.Opened ?? [], wanted);
        return wanted;
    }

    private void SelectProcesses(IEnumerable<int> processIds, HashSet<ulong> wanted, List<int> missing)
    {
        HashSet<int> ended = [.. _scan.Problems.Where(problem => problem.Kind == InventoryProblemKind.ProcessEnded).Select(problem => problem.ProcessId)];
        foreach (int processId in processIds)
        {
            int index = _scan.IndexOf(processId);
            if (index < 0 || ended.Contains(processId))
            {
                missing.Add(processId);
                continue;
            }

            for (int type = 0; type < NamespaceTypes.Count; type++)
            {
                wanted.Add(_scan.InodeAt(index, (NamespaceType)type));
            }
        }
    }

    private void AddOpened(IEnumerable<OpenedNamespace> opened, HashSet<ulong> wanted)
    {
        foreach ((string path, NamespaceHandle handle) in opened)
        {
            // The caller's own descriptor does not count as what keeps it alive.
            if (AddHeld(new HeldNamespace(handle, NamespaceSource.None, 0, SafeText.Escape(path))) is NamespaceEntry entry)
            {
                wanted.Add(entry.Inode);
            }
        }
    }

    private bool IsListed(NamespaceEntry entry, HashSet<ulong>? wanted) =>
        _options.Wants(entry.Type)
        && (wanted?.Contains(entry.Inode) ?? (_options.Searches(entry.Source) || (_options.OtherMounts && entry.Source == NamespaceSource.None)))
        && (wanted is not null || _options.Inodes?.Contains(entry.Inode) != false)
        && (_options.Name is null || entry.Mounts?.Exists(mount => mount.Name is string name && _options.Name(name)) == true);
}
