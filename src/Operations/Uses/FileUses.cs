using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Uses;

/// <summary>
/// The mounts of other mount namespaces on files, to be asked before a file is deleted: the kernel takes those mounts away with it.
/// One look serves any number of files.
/// </summary>
internal sealed class FileUses
{
    private readonly MountPlaces? _own;
    private readonly List<Place> _others = [];

    private FileUses(MountPlaces? own) => _own = own;

    /// <summary>How many processes or mount namespaces could not be looked at.</summary>
    internal int Hidden { get; private set; }

    /// <summary>Whether /proc leaves out the processes of other pid namespaces, and the kernel does not list mount namespaces either.</summary>
    internal bool IsNested { get; private set; }

    /// <summary>The places that could not be looked at, as a sentence; null where all was.</summary>
    internal string? HiddenText => Hidden == 0 ? null
        : string.Create(CultureInfo.InvariantCulture, $"The mounts of {Hidden} other process(es) or mount namespace(s) cannot be seen from here.");

    /// <summary>The same of a file that nothing is mounted on here: it may have been made anywhere, also out of sight.</summary>
    internal string? UnseenText => IsNested ? "The mounts of processes outside of this pid namespace cannot be seen from here." : HiddenText;

    /// <summary>Looks at all other mount namespaces.</summary>
    /// <exception cref="NamespaceException">There is no usable /proc.</exception>
    /// <exception cref="LinuxException">The list of processes cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static FileUses Read(CancellationToken cancellation)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        using ProcessScan scan = ProcessScan.Run(proc, new InventoryOptions { Types = NamespaceTypeSet.Of(NamespaceType.Mnt), Sources = NamespaceSource.Process }, cancellation);
        CurrentNamespaces current = new(proc);
        ulong own = current.InodeOf(NamespaceType.Mnt);
        FileUses uses = new(MountPlaces.TryReadOwn());
        using NamespaceHandle? mine = NamespaceHandle.TryOpen(LibC.AT_FDCWD, "/proc/thread-self/ns/mnt\0"u8);
        using NamespaceHandle? myOwner = mine?.OpenOwner();
        List<OtherMountNamespace> others = OtherMountNamespace.OpenAll(scan, own, out bool isListed);
        try
        {
            foreach (OtherMountNamespace other in others)
            {
                NamespaceHandle? handle = other.TryOpen(proc);
                try
                {
                    // A user may mount anything on any file in a mount namespace of their own. That does not keep others from deleting it,
                    // which is the reason for which the kernel takes such mounts away.
                    if (handle is not null && myOwner is not null && IsOwnedBelow(handle, myOwner.Inode))
                    {
                        continue;
                    }

                    if (other.TryReadPlaces(proc) is MountPlaces places)
                    {
                        uses._others.Add(new Place(other.Inode, other.ProcessId, places, IsYounger(handle, mine, current.IsInitial(NamespaceType.Mnt, own))));
                    }
                    else if (!Errno.IsGone(Errno.Last))
                    {
                        uses.Hidden++;
                    }
                }
                finally
                {
                    if (handle != other.Handle)
                    {
                        handle?.Dispose();
                    }
                }
            }

            // Those that the kernel lists include those of processes that cannot be looked at, for whoever may administer all.
            if (!isListed || !current.IsInitial(NamespaceType.User, current.InodeOf(NamespaceType.User)))
            {
                uses.Hidden += scan.Problems.Count(problem => problem.Kind is InventoryProblemKind.ProcessHidden or InventoryProblemKind.ProcessesUnlisted);
            }

            uses.IsNested = !isListed && !current.IsInitial(NamespaceType.Pid, current.InodeOf(NamespaceType.Pid));
            return uses;
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }
    }

    /// <summary>
    /// The processes that would lose something with the file. A copy of our own mount in a younger mount namespace counts for nothing, nor one that goes with ours:
    /// the name was made here, and ends here.
    /// </summary>
    /// <param name="path">The file, by its absolute path.</param>
    internal FileUse? Find(string path)
    {
        if (_own?.PlaceOf(path) is not FilePlace place)
        {
            return null;
        }

        PlacedMount[] here = [.. _own.On(place)];
        foreach (Place other in _others)
        {
            foreach (PlacedMount mount in other.Mounts.On(place))
            {
                PlacedMount? same = Array.Find(here, mine => mine.Source == mount.Source);
                bool isCopy = same is not null;
                bool goesWithOurs = same is not null && same.PeerGroup != 0 && (mount.PeerGroup == same.PeerGroup || mount.Master == same.PeerGroup);
                if (!goesWithOurs && !(isCopy && other.IsYounger))
                {
                    return new FileUse(path, mount.Description, other.Inode, other.ProcessId, isCopy);
                }
            }
        }

        return null;
    }

    // Whether it belongs to a user namespace that was made, at whatever distance, in this one.
    private static bool IsOwnedBelow(NamespaceHandle ns, ulong userNamespace)
    {
        NamespaceHandle? owner = ns.OpenOwner();
        if (owner is null || owner.Inode == userNamespace)
        {
            owner?.Dispose();
            return false;
        }

        while (owner is not null && owner.Inode != userNamespace)
        {
            NamespaceHandle? parent = owner.OpenParent();
            owner.Dispose();
            owner = parent;
        }

        owner?.Dispose();
        return owner is not null;
    }

    private static bool IsYounger(NamespaceHandle? other, NamespaceHandle? own, bool isFirst) =>
        isFirst || (other is not null && own is not null && MountCalls.TryGetId(other, out ulong id) && MountCalls.TryGetId(own, out ulong ours) && id > ours);

    private sealed record Place(ulong Inode, int ProcessId, MountPlaces Mounts, bool IsYounger);
}
