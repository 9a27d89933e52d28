using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Look;

/// <summary>Reads the mounts of mount namespaces, by the kernel's own calls or, where it has none, from mountinfo.</summary>
internal sealed class MountReader : IDisposable
{
    private NamespaceThread? _thread;

    /// <summary>The mounts of a namespace, in the order of the kernel.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal List<NamespaceMountInfo> Read(LookTarget target)
    {
        string name = target.Name;
        ulong? id = target.Handle.NamespaceId;
        return ReadEntries(target).ConvertAll(entry => ToMount(name, target.Inode, id, entry));
    }

    /// <summary>The same as the kernel has them.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal List<MountEntry> ReadEntries(LookTarget target) =>
        MountEntryReader.TryRead(target.Handle) ?? ReadLines(target);

    /// <summary>The same from mountinfo: of this thread, of a process in it, or of a thread that goes there.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal List<MountEntry> ReadLines(LookTarget target)
    {
        if (target.IsOwn)
        {
            using Descriptor own = Descriptor.OpenAt(LibC.AT_FDCWD, MountInfo.OwnTable, LibC.O_RDONLY);
            return MountLines.TryRead(own) ?? throw new LinuxException(Errno.Last, "read", "/proc/thread-self/mountinfo");
        }

        // A thread that goes there sees the whole namespace; a process may have a root of its own.
        LinuxException refused;
        try
        {
            _thread ??= new NamespaceThread();
            using Descriptor file = NamespaceView.OpenProcFile(_thread, target.Handle, NamespaceType.Mnt, "thread-self/mountinfo\0"u8.ToArray());
            if (MountLines.TryRead(file) is List<MountEntry> mounts)
            {
                return mounts;
            }

            refused = new LinuxException(Errno.Last, "read", "mountinfo");
        }
        catch (LinuxException exception)
        {
            refused = exception;
        }

        return ReadLinesOf(target.FindProcess()) ?? throw refused;
    }

    public void Dispose() => _thread?.Dispose();

    private static List<MountEntry>? ReadLinesOf(ProcessHandle? process)
    {
        if (process is null)
        {
            return null;
        }

        using Descriptor file = Descriptor.OpenAt(process.Directory, "mountinfo\0"u8, LibC.O_RDONLY);
        return MountLines.TryRead(file);
    }

    private static NamespaceMountInfo ToMount(string name, ulong inode, ulong? id, MountEntry entry) => new()
    {
        Namespace = name,
        NamespaceInode = inode,
        NamespaceId = id,
        Id = entry.Id,
        ParentId = entry.ParentId,
        UniqueId = entry.UniqueId,
        MountPoint = entry.MountPoint,
        Source = entry.Source,
        Root = entry.Root,
        FileSystemType = entry.Type,
        Options = entry.Options,
        FileSystemOptions = entry.SuperOptions,
        Device = string.Create(CultureInfo.InvariantCulture, $"{entry.Major}:{entry.Minor}"),
        Propagation = (entry.PeerGroup != 0 ? NamespaceMountPropagation.Shared : 0)
            | (entry.MasterGroup != 0 ? NamespaceMountPropagation.Slave : 0)
            | (entry.IsUnbindable ? NamespaceMountPropagation.Unbindable : 0),
        PeerGroup = entry.PeerGroup == 0 ? null : entry.PeerGroup,
        MasterGroup = entry.MasterGroup == 0 ? null : entry.MasterGroup,
        PropagateFrom = entry.PropagateFrom == 0 ? null : entry.PropagateFrom,
        IsIdMapped = entry.Options.Split(',').Contains("idmapped"),
        UidMap = IdMapReader.ToRanges(entry.UserMap ?? []),
        GidMap = IdMapReader.ToRanges(entry.GroupMap ?? []),
    };
}
