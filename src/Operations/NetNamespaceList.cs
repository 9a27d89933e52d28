using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>What <see cref="NetNamespaceList.Read"/> found.</summary>
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
            // Most machines have given no id at all, and then nobody needs to be asked for his.
            bool anyIds = ids.ReadAll().Count > 0;
            using NetNamespaceProcesses processes = NetNamespaceProcesses.Read(cancellation);
            foreach ((string name, NamespaceIdentity identity) in named)
            {
                cancellation.ThrowIfCancellationRequested();
                _ = Describe(name, identity, anyIds ? FindId(directory.Number, name, ids) : null, found, processes);
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
                "NamespaceNameNotFound",
                $"There is no net namespace named '{name}'.",
                "Get-NetNamespace lists those there are; New-NetNamespace makes one."),
            LibC.EINVAL => NetNamespaceFactory.Stale(name),
            int errno => new LinuxException(errno, "open", NetNamespaceDirectory.PathOf(name)),
        };
    }

    /// <summary>Adds the object for a name and what is behind it to a listing.</summary>
    internal static NetNamespaceInfo Describe(
        string name, NamespaceIdentity identity, int? netNsId, List<NetNamespaceInfo> listing, NetNamespaceProcesses? processes = null)
    {
        string path = NetNamespaceDirectory.PathOf(SafeText.Escape(name));
        NamespaceProcesses inside = processes?.Find(identity.Inode) ?? default;
        return new NetNamespaceInfo(listing)
        {
            Type = NamespaceType.Net,
            Inode = identity.Inode,
            NamespaceId = identity.NamespaceId,
            Name = name,
            MountPoint = path,
            Path = path,
            NetNsId = netNsId,
            Source = NamespaceSource.Mount | (inside.Count > 0 ? NamespaceSource.Process : NamespaceSource.None),
            ProcessCount = inside.Count,
            ProcessId = inside.First?.Id,
            ParentProcessId = inside.First?.Details.ParentId,
            Command = inside.First?.Details.Command,
            Container = inside.First?.Details.Container,
            UserId = inside.First?.Details.UserId,
            UserName = inside.First is { } first ? processes!.NameOf(first.Details.UserId) : null,
            IsInitial = processes?.IsInitial(identity.Inode) ?? false,
            IsCurrent = processes?.IsCurrent(identity.Inode) ?? false,
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
