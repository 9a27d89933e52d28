using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Searches other mount namespaces, where the options ask for it.</summary>
internal sealed class OtherMounts(InventoryOptions options, ProcFileSystem proc, ProcessScan scan) : IDisposable
{
    private readonly List<OtherMountNamespace> _all = [];
    private readonly List<HeldNamespace> _listed = [];

    /// <summary>Adds the mount namespaces themselves, what is bound in them, and the namespaces that only listns(2) reports.</summary>
    internal void AddTo(NamespaceEntries entries)
    {
        if (!options.OtherMounts)
        {
            return;
        }

        _all.AddRange(OtherMountNamespace.ReadAll(proc, scan, new CurrentNamespaces(proc).InodeOf(NamespaceType.Mnt)));
        foreach (OtherMountNamespace place in _all)
        {
            NamespaceEntry? known = scan.Facts.ContainsKey(place.Inode) ? entries.Find(place.Inode) : null;
            if (place.Handle is NamespaceHandle handle && known is null)
            {
                entries.GetOrAdd(NamespaceType.Mnt, place.Inode).Held ??= new HeldNamespace(handle, NamespaceSource.None, 0, string.Empty);
            }

            foreach (NamespaceMount mount in place.Mounts)
            {
                NamespaceEntry entry = entries.GetOrAdd(mount.Type, mount.Inode);
                entry.Source |= NamespaceSource.Mount;
                (entry.OtherMounts ??= []).Add((place, mount));
            }
        }

        AddListed(entries);
    }

    public void Dispose()
    {
        _all.ForEach(place => place.Dispose());
        _listed.ForEach(held => held.Dispose());
    }

    private void AddListed(NamespaceEntries entries)
    {
        HashSet<ulong> known = [.. scan.Facts.Values.Select(facts => facts.NamespaceId).OfType<ulong>()];
        foreach (ulong id in (NamespaceList.Read() ?? []).Where(id => !known.Contains(id)))
        {
            NamespaceHandle? handle = NamespaceHandle.TryOpenById(id);
            if (handle is null || entries.Find(handle.Inode) is not null || !handle.TryGetType(out NamespaceType type))
            {
                handle?.Dispose();
                continue;
            }

            HeldNamespace held = new(handle, NamespaceSource.None, 0, string.Empty);
            _listed.Add(held);
            entries.GetOrAdd(type, handle.Inode).Held = held;
        }
    }
}
