using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Watch;

/// <summary>Compares two looks at the machine: namespaces that are new, that are gone, and that have other holders.</summary>
internal sealed class NamespacePoll(NamespaceTypeSet types)
{
    private readonly bool _hasNames = types.Contains(NamespaceType.Net);
    private Dictionary<(NamespaceType Type, ulong Inode), NamespaceInfo>? _before;

    /// <summary>Whether the last look was by the kernel's task iterator: then many of them cost little.</summary>
    internal bool IsCheap { get; private set; }

    /// <summary>Looks once; the first time everything is <see cref="NamespaceChange.Existing"/>.</summary>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<NamespaceEvent> Look(CancellationToken cancellation)
    {
        InventoryResult result = NamespaceInventory.Read(new InventoryOptions { Types = types, IsRepeated = true, HasContainers = false }, cancellation);
        IsCheap = result.IsByIterator;
        Dictionary<(NamespaceType Type, ulong Inode), NamespaceInfo> now = result.Namespaces.ToDictionary(ns => (ns.Type, ns.Inode));
        List<NamespaceEvent> events = [];
        if (_before is null)
        {
            Report(events, NamespaceChange.Existing, now.Values);
        }
        else
        {
            Report(events, NamespaceChange.Removed, _before.Values.Where(old => FindSame(now, old) is null));
            Report(events, NamespaceChange.Added, now.Values.Where(found => FindSame(_before, found) is null));
            Report(events, NamespaceChange.HolderChanged, now.Values.Where(found => FindSame(_before, found) is NamespaceInfo old && IsHeldOtherwise(old, found)));
        }

        _before = now;
        return events;
    }

    // A name is reported when it comes and goes, by the watch that listens for names.
    private void Report(List<NamespaceEvent> events, NamespaceChange change, IEnumerable<NamespaceInfo> namespaces) =>
        events.AddRange(namespaces.Where(ns => !(_hasNames && ns.Name is not null)).Select(ns => new NamespaceEvent
        {
            Time = DateTime.Now,
            Change = change,
            Type = ns.Type,
            Inode = ns.Inode,
            NamespaceId = ns.NamespaceId,
            NetNsId = ns.NetNsId,
            Name = ns.Name,
            Source = ns.Source,
            ProcessId = ns.ProcessId,
            Command = ns.Command,
        }));

    private static bool IsHeldOtherwise(NamespaceInfo before, NamespaceInfo now) =>
        before.Sources != now.Sources || before.ProcessId != now.ProcessId || before.MountPoint != now.MountPoint;

    // Inodes are used again, ids are not. A namespace whose file is covered by another mount has an id that cannot be read.
    private static NamespaceInfo? FindSame(Dictionary<(NamespaceType Type, ulong Inode), NamespaceInfo> all, NamespaceInfo ns) =>
        all.TryGetValue((ns.Type, ns.Inode), out NamespaceInfo? other) && (ns.NamespaceId is null || other.NamespaceId is null || ns.NamespaceId == other.NamespaceId) ? other : null;
}
