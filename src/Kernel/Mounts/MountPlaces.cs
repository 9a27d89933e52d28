using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>
/// The mounts of a mount namespace by the files they cover. Deleting a file takes the mounts on it away in every other mount namespace (Linux 3.18),
/// whatever path it has there: so files are compared by their file systems.
/// </summary>
internal sealed unsafe class MountPlaces
{
    private const int MaxPath = 4096;

    private readonly List<Line> _lines = [];
    private readonly Dictionary<ulong, Line> _byId = [];
    private ILookup<FilePlace, PlacedMount>? _places;

    private MountPlaces()
    {
    }

    /// <summary>The calling thread's own; null with errno where the table cannot be read.</summary>
    internal static MountPlaces? TryReadOwn() => TryRead(LibC.AT_FDCWD, MountInfo.OwnTable);

    /// <summary>Reads the mount namespace of a process, as far as its root shows it; null with errno.</summary>
    internal static MountPlaces? TryRead(in ProcessDirectory process) => TryRead(process.Descriptor, "mountinfo\0"u8);

    /// <summary>Reads an open mount namespace (listmount(2) and statmount(2) with a namespace, Linux 6.11); null with errno.</summary>
    internal static MountPlaces? TryRead(NamespaceHandle mountNamespace)
    {
        if (MountCalls.TryList(mountNamespace, out ulong namespaceId) is not ulong[] ids)
        {
            return null;
        }

        MountPlaces found = new();
        foreach (ulong id in ids)
        {
            found.AddMount(id, namespaceId);
        }

        return found;
    }

    /// <summary>Reads the text of a mountinfo file.</summary>
    internal static MountPlaces Parse(ReadOnlySpan<byte> table)
    {
        MountPlaces found = new();
        foreach (MountInfo mount in MountInfo.Of(table))
        {
            if (Utf8Parser.TryParse(mount.Id, out ulong id, out _) && Utf8Parser.TryParse(mount.ParentId, out ulong parent, out _)
                && MountInfo.TryParseDevice(mount.Device, out ulong device))
            {
                found.Add(new Line(
                    id,
                    parent,
                    new FilePlace(device, Encoding.Latin1.GetString(MountInfo.Unescape(mount.Root).AsSpan()[..^1])),
                    Encoding.Latin1.GetString(MountInfo.Unescape(mount.MountPoint).AsSpan()[..^1]),
                    Encoding.Latin1.GetString(mount.Type),
                    ParseField(mount.Optional, "shared:"u8),
                    ParseField(mount.Optional, "master:"u8)));
            }
        }

        return found;
    }

    /// <summary>The mounts on a file, the first of a stack only: the others lie on that one.</summary>
    internal IEnumerable<PlacedMount> On(FilePlace place)
    {
        _places ??= _lines.Select(Placed).OfType<PlacedMount>().ToLookup(mount => mount.Place);
        return _places[place];
    }

    /// <summary>
    /// The file itself that an absolute path leads to, whatever namespace is mounted on it; null where its directory is not there or no mount has it.
    /// The last part of the path must not be a link.
    /// </summary>
    internal FilePlace? PlaceOf(string path)
    {
        int slash = path.LastIndexOf('/');
        using Descriptor directory = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes($"{(slash <= 0 ? "/" : path[..slash])}\0"), LibC.O_PATH);
        if (!directory.IsOpen)
        {
            return null;
        }

        using ProcessDirectory self = ProcessDirectory.OpenOwnThread();
        ReadOnlySpan<byte> real = self.ReadLink(Encoding.ASCII.GetBytes(FormattableString.Invariant($"fd/{directory.Number}\0")), new byte[MaxPath]);
        string full = $"{Encoding.Latin1.GetString(real).TrimEnd('/')}/{Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path[(slash + 1)..]))}";
        Line? best = null;
        foreach (Line line in _lines)
        {
            // The last of several on the same path is on top. A mount on the file itself is not the place where the file lies.
            if (line.Type != "nsfs" && (best is null || line.Point.Length >= best.Point.Length) && Below(full, line.Point) is not null)
            {
                best = line;
            }
        }

        return best is null ? null : Within(best, full);
    }

    private static FilePlace? Within(Line mount, string path) =>
        Below(path, mount.Point) is not string rest ? null
        : mount.Root with { Path = rest.Length == 0 ? mount.Root.Path : mount.Root.Path.TrimEnd('/') + rest };

    // The part that follows the mount point, with its slash; null where the path is elsewhere.
    private static string? Below(string path, string point) =>
        point == "/" ? path
        : path.StartsWith(point, StringComparison.Ordinal) && (path.Length == point.Length || path[point.Length] == '/') ? path[point.Length..]
        : null;

    private static ulong ParseField(ReadOnlySpan<byte> optional, ReadOnlySpan<byte> name)
    {
        int start = optional.IndexOf(name);
        return start >= 0 && Utf8Parser.TryParse(optional[(start + name.Length)..], out ulong value, out _) ? value : 0;
    }

    private static MountPlaces? TryRead(int directory, ReadOnlySpan<byte> path)
    {
        byte[]? table = MountInfo.TryReadTable(directory, path);
        return table is null ? null : Parse(table);
    }

    private PlacedMount? Placed(Line line) =>
        line.ParentId != line.Id && _byId.TryGetValue(line.ParentId, out Line? parent) && Within(parent, line.Point) is FilePlace place
            ? new PlacedMount(place, line.Root, line.Type, line.PeerGroup, line.Master)
            : null;

    private void Add(Line line)
    {
        _lines.Add(line);
        _byId[line.Id] = line;
    }

    private void AddMount(ulong mountId, ulong namespaceId)
    {
        const ulong Wanted = LibC.STATMOUNT_SB_BASIC | LibC.STATMOUNT_MNT_BASIC | LibC.STATMOUNT_MNT_ROOT | LibC.STATMOUNT_MNT_POINT | LibC.STATMOUNT_FS_TYPE;
        byte* buffer = stackalloc byte[MountCalls.UsualSize];
        if (!MountCalls.TryRead(mountId, namespaceId, Wanted, buffer, MountCalls.UsualSize))
        {
            // It has gone meanwhile, and covers nothing.
            return;
        }

        LibC.statmount* status = (LibC.statmount*)buffer;
        byte* strings = buffer + sizeof(LibC.statmount);
        Add(new Line(
            status->mnt_id,
            status->mnt_parent_id,
            new FilePlace(((ulong)status->sb_dev_major << 32) | status->sb_dev_minor, Text(strings + status->mnt_root)),
            Text(strings + status->mnt_point),
            Text(strings + status->fs_type),
            status->mnt_peer_group,
            status->mnt_master));
    }

    private static string Text(byte* start) => Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start));

    private sealed record Line(ulong Id, ulong ParentId, FilePlace Root, string Point, string Type, ulong PeerGroup, ulong Master);
}
