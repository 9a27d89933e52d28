using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Uses;

namespace LinuxNamespaces.Operations.Keep;

/// <summary>Removes bind mounts of namespaces, and reports what became of the namespaces.</summary>
internal sealed class NamespaceUnpin
{
    private readonly List<(NamespaceMount Mount, ulong? Id)> _done = [];
    private FileUses? _uses;

    /// <summary>The places that could not be searched for other users of the files, as a sentence; null where all was.</summary>
    internal string? HiddenText => _uses?.HiddenText;

    /// <summary>Looks anew at the other mount namespaces before the next file is removed.</summary>
    internal void LookAgain() => _uses = null;

    /// <summary>Takes one away, and its empty file with it if wanted.</summary>
    /// <exception cref="NamespaceException">PathInUse: something is mounted on the file in another mount namespace.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal void Dismount(NamespaceMount mount, bool removeFile, CancellationToken cancellation)
    {
        if (removeFile)
        {
            RequireUnused(mount.RawPath, cancellation);
        }

        ulong? id;
        using (NamespaceHandle? handle = mount.Open())
        {
            id = handle?.NamespaceId;
        }

        int errno = mount.Unmount();
        if (errno != 0)
        {
            throw new LinuxException(errno, "umount", mount.DisplayPath);
        }

        _done.Add((mount, id));
        errno = removeFile ? mount.RemoveFile() : 0;

        // Another namespace is mounted below, or somebody has put something into the file: it is not ours to remove.
        if (errno is not (0 or LibC.ENOTEMPTY))
        {
            throw new LinuxException(errno, "unlink", mount.DisplayPath);
        }
    }

    /// <summary>Removes the file of a mount that is gone already: an interrupted dismount leaves that.</summary>
    /// <exception cref="NamespaceException">PathInUse: something is mounted on the file in another mount namespace.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal void RemoveLeftOver(string path, CancellationToken cancellation)
    {
        RequireUnused(path, cancellation);
        int errno = BindFile.RemoveLeftOver(path);
        if (errno != 0)
        {
            throw new LinuxException(errno, "unlink", SafeText.Escape(path));
        }
    }

    /// <summary>Looks once at the machine for what was dismounted.</summary>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    internal IEnumerable<NamespaceDismount> Report(CancellationToken cancellation)
    {
        if (_done.Count == 0)
        {
            yield break;
        }

        InventoryOptions options = new() { Sources = NamespaceSource.All, OtherMounts = true, Inodes = _done.Select(each => each.Mount.Inode).ToHashSet() };
        Dictionary<ulong, NamespaceInfo> left = NamespaceInventory.Read(options, cancellation).Namespaces.ToDictionary(ns => ns.Inode);
        foreach ((NamespaceMount mount, ulong? id) in _done)
        {
            NamespaceInfo? found = left.GetValueOrDefault(mount.Inode);
            bool isSame = found is not null && found.Type == mount.Type && NamespaceIdentity.IsSame(found, mount.Inode, id);
            yield return new NamespaceDismount
            {
                Type = mount.Type,
                Inode = mount.Inode,
                MountPoint = mount.DisplayPath,
                IsGone = !isSame,
                Sources = isSame ? found!.Sources : NamespaceSource.None,
            };
        }
    }

    private void RequireUnused(string path, CancellationToken cancellation)
    {
        if ((_uses ??= FileUses.Read(cancellation)).Find(path) is FileUse use)
        {
            throw new NamespaceException(ErrorIds.PathInUse, use.ToString(), $"{FileUse.Remedy} Without -RemoveFile the mount alone is taken away here.");
        }
    }
}
