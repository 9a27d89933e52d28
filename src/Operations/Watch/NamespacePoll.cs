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
    private Dictionary<Key, NamespaceInfo>? _before;

    /// <summary>Whether the last look was by the kernel's task iterator: then many of them cost little.</summary>
    internal bool IsCheap { get; private set; }

    /// <summary>Looks once; the first time everything is <see cref="NamespaceChange.Existing"/>.</summary>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<NamespaceEvent> Look(CancellationToken cancellation)
    {
        InventoryResult result = NamespaceInventory.Read(new InventoryOptions { Types = types, IsRepeated = true, HasContainers = false }, cancellation);
        IsCheap = result.IsByIterator;
        Dictionary<Key, NamespaceInfo> now = result.Namespaces.ToDictionary(ns => new Key(ns.Type, ns.Inode, ns.NamespaceId));
        List<NamespaceEvent> events = [];
        if (_before is null)
        {
            Report(events, NamespaceChange.Existing, now.Values);
        }
        else
        {
            Report(events, NamespaceChange.Removed, _before.Where(old => !now.ContainsKey(old.Key)).Select(old => old.Value));
            Report(events, NamespaceChange.Added, now.Where(found => !_before.ContainsKey(found.Key)).Select(found => found.Value));
            Report(events, NamespaceChange.HolderChanged, now.Where(found => _before.TryGetValue(found.Key, out NamespaceInfo? old) && IsHeldOtherwise(old, found.Value)).Select(found => found.Value));
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

    private readonly record struct Key(NamespaceType Type, ulong Inode, ulong? Id);
}
