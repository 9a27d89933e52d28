using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Keep;

/// <summary>Removes bind mounts of namespaces, and reports what became of the namespaces.</summary>
internal sealed class NamespaceUnpin
{
    private readonly List<(NamespaceMount Mount, ulong? Id)> _done = [];

    /// <summary>Takes one away, and its empty file with it if wanted.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal void Dismount(NamespaceMount mount, bool removeFile)
    {
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
}
