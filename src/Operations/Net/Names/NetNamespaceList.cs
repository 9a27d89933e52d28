using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>The result of <see cref="NetNamespaceList.Read"/>.</summary>
/// <param name="Namespaces">In the order of their names.</param>
/// <param name="Stale">Names that are wanted, and are files without a net namespace.</param>
internal sealed record NetNamespaceListResult(IReadOnlyList<NetNamespaceInfo> Namespaces, IReadOnlyList<string> Stale);

/// <summary>The named net namespaces.</summary>
internal static class NetNamespaceList
{
    /// <summary>Reads those with a name that is wanted, with their ids as <paramref name="ids"/> has them.</summary>
    /// <exception cref="LinuxException">The names, or the processes, cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static NetNamespaceListResult Read(Predicate<string> wanted, NetNsIds ids, CancellationToken cancellation)
    {
        List<NetNamespaceInfo> found = [];
        List<string> stale = [];
        using Descriptor directory = NetNamespaceDirectory.Open();
        List<(string Name, NamespaceIdentity Identity)> named = [];
        foreach (string name in NetNamespaceDirectory.ReadNames())
        {
            if (!wanted(name))
            {
                continue;
            }

            if (TryIdentify(directory.Number, name, out NamespaceIdentity identity))
            {
                named.Add((name, identity));
            }
            else if (!Errno.IsGone(Errno.Last))
            {
                stale.Add(name);
            }
        }

        if (named.Count > 0)
        {
            // Most machines have given few ids or none; when all are found, nobody needs to be asked for his.
            HashSet<int> unfound = [.. ids.ReadAll()];
            Dictionary<ulong, int?> known = [];
            using ProcFileSystem proc = ProcFileSystem.Open();
            CurrentNamespaces current = new(proc);
            foreach ((string name, NamespaceIdentity identity) in named)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!known.TryGetValue(identity.Inode, out int? id) && unfound.Count > 0)
                {
                    id = FindId(directory.Number, name, ids);
                    known.Add(identity.Inode, id);
                    unfound.Remove(id ?? LibC.NETNSA_NSID_NOT_ASSIGNED);
                }

                _ = Describe(name, identity, id, found, current);
            }
        }

        return new NetNamespaceListResult(found, stale);
    }

    /// <summary>Whether the name stands for a net namespace now.</summary>
    internal static bool TryIdentify(string name, out NamespaceIdentity identity)
    {
        using Descriptor directory = NetNamespaceDirectory.Open();
        return TryIdentify(directory.Number, name, out identity);
    }

    /// <summary>Opens a named net namespace.</summary>
    /// <exception cref="NamespaceException">There is none of that name, or it is a stale file.</exception>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    internal static NamespaceHandle Open(string name)
    {
        NetNamespaceName.Validate(name);
        using Descriptor directory = NetNamespaceDirectory.Open();
        if (TryIdentify(directory.Number, name, out _)
            && NamespaceHandle.TryOpen(directory.Number, Terminated(name)) is NamespaceHandle handle)
        {
            return handle;
        }

        throw Errno.Last switch
        {
            LibC.ENOENT or LibC.EBADF => new NamespaceException(
                ErrorIds.NamespaceNameNotFound,
                $"There is no net namespace named '{name}'.",
                "Get-NetNamespace lists those there are; New-NetNamespace makes one."),
            LibC.EINVAL => StaleNetNamespace.Describe(name),
            int errno => new LinuxException(errno, "open", NetNamespaceDirectory.PathOf(name)),
        };
    }

    /// <summary>Makes sure that a name still stands for what was seen under it; anything will do where nothing was.</summary>
    /// <exception cref="NamespaceException">NetNamespaceChanged.</exception>
    internal static void RequireSame(string name, NamespaceHandle now, NamespaceInfo? seen)
    {
        if (seen is not null && !NamespaceIdentity.IsSame(seen, now))
        {
            throw new NamespaceException(
                ErrorIds.NetNamespaceChanged,
                $"'{name}' stands for another net namespace by now: net:[{now.Inode}], not net:[{seen.Inode}] as it was then.",
                "Get it again with Get-NetNamespace.");
        }
    }

    /// <summary>Adds the object for a name and what is behind it to a listing.</summary>
    /// <param name="name">The name.</param>
    /// <param name="identity">The namespace behind it.</param>
    /// <param name="netNsId">Its id; null for none.</param>
    /// <param name="listing">Those found with it.</param>
    /// <param name="current">The namespaces of the caller, to compare with; null for a new one, which is neither the first nor ours, and empty.</param>
    internal static NetNamespaceInfo Describe(
        string name, NamespaceIdentity identity, int? netNsId, List<NetNamespaceInfo> listing, CurrentNamespaces? current = null)
    {
        string path = NetNamespaceDirectory.PathOf(SafeText.Escape(name));
        return new NetNamespaceInfo(listing, isNew: current is null)
        {
            Type = NamespaceType.Net,
            Inode = identity.Inode,
            NamespaceId = identity.NamespaceId,
            Name = name,
            MountPoint = path,
            Path = path,
            NetNsId = netNsId,
            IsInitial = current?.IsInitial(NamespaceType.Net, identity.Inode) ?? false,
            IsCurrent = current?.IsCurrent(NamespaceType.Net, identity.Inode) ?? false,
        };
    }

    private static bool TryIdentify(int directory, string name, out NamespaceIdentity identity)
    {
        if (!NamespaceIdentity.TryGet(directory, Terminated(name), out identity))
        {
            return false;
        }

        if (identity.Type != NamespaceType.Net)
        {
            System.Runtime.InteropServices.Marshal.SetLastPInvokeError(LibC.EINVAL);
            return false;
        }

        return true;
    }

    private static int? FindId(int directory, string name, NetNsIds ids)
    {
        using NamespaceHandle? handle = NamespaceHandle.TryOpen(directory, Terminated(name));
        return handle is null ? null : ids.Find(handle);
    }

    private static byte[] Terminated(string name) => Encoding.UTF8.GetBytes(name + '\0');
}
