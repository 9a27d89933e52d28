using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>Reads everything the kernel knows about each mount of a mount namespace. No process has to be in it.</summary>
internal static unsafe class MountEntryReader
{
    private const int MaxSize = 16 * 1024 * 1024;

    private const ulong Wanted = LibC.STATMOUNT_SB_BASIC | LibC.STATMOUNT_MNT_BASIC | LibC.STATMOUNT_PROPAGATE_FROM | LibC.STATMOUNT_MNT_ROOT
        | LibC.STATMOUNT_MNT_POINT | LibC.STATMOUNT_FS_TYPE | LibC.STATMOUNT_MNT_OPTS | LibC.STATMOUNT_FS_SUBTYPE | LibC.STATMOUNT_SB_SOURCE
        | LibC.STATMOUNT_MNT_UIDMAP | LibC.STATMOUNT_MNT_GIDMAP;

    // The attributes in the order in which mountinfo has them.
    private static readonly (ulong Bit, string Name)[] s_attributes =
    [
        (LibC.MOUNT_ATTR_NOSUID, ",nosuid"),
        (LibC.MOUNT_ATTR_NODEV, ",nodev"),
        (LibC.MOUNT_ATTR_NOEXEC, ",noexec"),
        (LibC.MOUNT_ATTR_NOATIME, ",noatime"),
        (LibC.MOUNT_ATTR_NODIRATIME, ",nodiratime"),
    ];

    private static readonly (uint Bit, string Name)[] s_flags =
    [
        (LibC.MS_SYNCHRONOUS, ",sync"),
        (LibC.MS_DIRSYNC, ",dirsync"),
        (LibC.MS_MANDLOCK, ",mand"),
        (LibC.MS_LAZYTIME, ",lazytime"),
    ];

    /// <summary>
    /// All mounts below the root of the namespace, in the order they were made. Null with errno where the kernel refuses, does not have the
    /// calls, or does not tell by them what a mount was made of (before Linux 6.13).
    /// </summary>
    internal static List<MountEntry>? TryRead(NamespaceHandle mountNamespace)
    {
        if (MountCalls.TryList(mountNamespace, out ulong namespaceId) is not ulong[] ids)
        {
            return null;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(MountCalls.UsualSize);
        try
        {
            return TryRead(ids, namespaceId, ref buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static List<MountEntry>? TryRead(ulong[] ids, ulong namespaceId, ref byte[] buffer)
    {
        List<MountEntry> mounts = new(ids.Length);
        Dictionary<ulong, string> texts = [];
        bool hasSources = false;
        foreach (ulong id in ids)
        {
            if (TryReadOne(id, namespaceId, ref buffer))
            {
                fixed (byte* start = buffer)
                {
                    LibC.statmount* status = (LibC.statmount*)start;
                    hasSources |= (status->mask & LibC.STATMOUNT_SB_SOURCE) != 0;
                    mounts.Add(ToEntry(status, texts));
                }
            }
            else if (Errno.Last != LibC.ENOENT)
            {
                return null;
            }
        }

        return Known(mounts, hasSources);
    }

    /// <summary>
    /// Takes out the kernel's first file system where another root lies on it. From Linux 7.0 on it lies itself on an empty one, and
    /// listmount(2) includes it for other namespaces; mountinfo, which begins at the root of a process, does not.
    /// </summary>
    internal static List<MountEntry> WithoutHiddenRoot(List<MountEntry> mounts)
    {
        mounts.RemoveAll(mount => mount is { Type: "rootfs", MountPoint: "/" } && mounts.Exists(other => other.ParentId == mount.Id && other.MountPoint == "/"));
        return mounts;
    }

    // There is always a mount that was made of something.
    private static List<MountEntry>? Known(List<MountEntry> mounts, bool hasSources)
    {
        if (hasSources)
        {
            return WithoutHiddenRoot(mounts);
        }

        Marshal.SetLastPInvokeError(LibC.EOPNOTSUPP);
        return null;
    }

    // The options of a file system may be longer than any buffer of one size.
    private static bool TryReadOne(ulong mountId, ulong namespaceId, ref byte[] buffer)
    {
        while (true)
        {
            fixed (byte* start = buffer)
            {
                if (MountCalls.TryRead(mountId, namespaceId, Wanted, start, buffer.Length))
                {
                    return true;
                }
            }

            if (Errno.Last != LibC.EOVERFLOW || buffer.Length >= MaxSize)
            {
                return false;
            }

            byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 4);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }
    }

    private static MountEntry ToEntry(LibC.statmount* status, Dictionary<ulong, string> texts)
    {
        byte* strings = (byte*)(status + 1);
        ulong mask = status->mask;
        string type = Text(strings, status->fs_type, mask & LibC.STATMOUNT_FS_TYPE);
        string subtype = Text(strings, status->fs_subtype, mask & LibC.STATMOUNT_FS_SUBTYPE);
        return new MountEntry
        {
            Id = (int)status->mnt_id_old,
            ParentId = (int)status->mnt_parent_id_old,
            UniqueId = status->mnt_id,
            Major = status->sb_dev_major,
            Minor = status->sb_dev_minor,
            Root = Text(strings, status->mnt_root, mask & LibC.STATMOUNT_MNT_ROOT),
            MountPoint = Text(strings, status->mnt_point, mask & LibC.STATMOUNT_MNT_POINT),
            Type = subtype.Length == 0 ? type : $"{type}.{subtype}",
            Source = Text(strings, status->sb_source, mask & LibC.STATMOUNT_SB_SOURCE),
            Options = OptionsOf(status->mnt_attr, texts),
            SuperOptions = SuperOptionsOf(status->sb_flags, (mask & LibC.STATMOUNT_MNT_OPTS) == 0 ? default : Bytes(strings, status->mnt_opts)),
            PeerGroup = (status->mnt_propagation & LibC.MS_SHARED) != 0 ? status->mnt_peer_group : 0,
            MasterGroup = (status->mnt_propagation & LibC.MS_SLAVE) != 0 ? status->mnt_master : 0,
            PropagateFrom = status->propagate_from == status->mnt_master ? 0 : status->propagate_from,
            IsUnbindable = (status->mnt_propagation & LibC.MS_UNBINDABLE) != 0,
            UserMap = MapOf(strings, status->mnt_uidmap, (mask & LibC.STATMOUNT_MNT_UIDMAP) == 0 ? 0 : status->mnt_uidmap_num),
            GroupMap = MapOf(strings, status->mnt_gidmap, (mask & LibC.STATMOUNT_MNT_GIDMAP) == 0 ? 0 : status->mnt_gidmap_num),
        };
    }

    private static ReadOnlySpan<byte> Bytes(byte* strings, uint offset) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(strings + offset);

    private static string Text(byte* strings, uint offset, ulong isKnown) => isKnown == 0 ? string.Empty : SafeText.FromUtf8(Bytes(strings, offset));

    // A few combinations are those of all mounts.
    private static string OptionsOf(ulong attributes, Dictionary<ulong, string> texts)
    {
        if (!texts.TryGetValue(attributes, out string? text))
        {
            StringBuilder all = new((attributes & LibC.MOUNT_ATTR_RDONLY) != 0 ? "ro" : "rw");
            foreach ((ulong bit, string name) in s_attributes)
            {
                all.Append((attributes & bit) != 0 ? name : string.Empty);
            }

            // The default is neither of the other two, and has no bit.
            all.Append((attributes & (LibC.MOUNT_ATTR_NOATIME | LibC.MOUNT_ATTR_STRICTATIME)) == 0 ? ",relatime" : string.Empty);
            all.Append((attributes & LibC.MOUNT_ATTR_NOSYMFOLLOW) != 0 ? ",nosymfollow" : string.Empty);
            all.Append((attributes & LibC.MOUNT_ATTR_IDMAP) != 0 ? ",idmapped" : string.Empty);
            text = all.ToString();
            texts.Add(attributes, text);
        }

        return text;
    }

    private static string SuperOptionsOf(uint flags, ReadOnlySpan<byte> own)
    {
        string text = (flags & LibC.MS_RDONLY) != 0 ? "ro" : "rw";
        foreach ((uint bit, string name) in s_flags)
        {
            text += (flags & bit) != 0 ? name : string.Empty;
        }

        return own.IsEmpty ? text : $"{text},{MountInfo.Decode(own)}";
    }

    private static List<IdRange>? MapOf(byte* strings, uint offset, uint count)
    {
        if (count == 0)
        {
            return null;
        }

        List<IdRange> ranges = [];
        for (uint i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> line = Bytes(strings, offset);
            ranges.AddRange(IdRange.ParseAll(Encoding.ASCII.GetString(line)));
            offset += (uint)line.Length + 1;
        }

        return ranges;
    }
}
