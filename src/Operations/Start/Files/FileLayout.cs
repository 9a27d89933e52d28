using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>The paths of a child that are to be something else, in the order in which they are made: a directory before what lies in it.</summary>
internal sealed class FileLayout
{
    private readonly string? _root;
    private readonly List<FileEntry> _all;
    private readonly Dictionary<string, FileEntry> _mounts = [];
    private readonly HashSet<string> _links = [];
    private readonly Dictionary<string, bool> _isNew = [];

    private FileLayout(FileWishes wishes)
    {
        _root = wishes.OtherRoot;
        _all = [.. wishes.Entries];
        if (wishes.ProcDirectory is string proc)
        {
            // Among the others, so that what lies below /proc comes after it.
            _all.Add(new() { Kind = FileEntryKind.Proc, Target = FileEntry.Normalize(proc, "-ProcDirectory"), Attributes = LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NODEV | LibC.MOUNT_ATTR_NOEXEC });
        }

        _all.Sort(Compare);
        foreach (FileEntry entry in _all)
        {
            if (entry.IsMount)
            {
                _mounts[entry.Target] = entry;
            }
            else if (entry.Kind == FileEntryKind.Link)
            {
                _links.Add(entry.Target);
            }
        }
    }

    /// <summary>The entry that becomes the root; null where that is the session's, or a directory of it.</summary>
    internal FileEntry? Root => _all.Count > 0 && _all[0].Target == "/" ? _all[0] : null;

    /// <summary>All others.</summary>
    internal IEnumerable<FileEntry> Entries => _all.Where(entry => entry.Target != "/");

    /// <summary>Whether the program finds a file, and no directory, at a path. A path that cannot be known is taken for a directory.</summary>
    internal static bool IsFileInside(FileWishes wishes, string path)
    {
        FileLayout layout = Of(wishes);
        FileEntry? there = layout._all.Find(entry => entry.Target == path);
        return there is null ? layout.IsDirectory(path) == false
            : there.Kind == FileEntryKind.Content || (there.Kind == FileEntryKind.Bind && FileStatus.TryGet(there.Source, out FileStatus status) && !status.IsDirectory);
    }

    /// <summary>In the order in which it is made.</summary>
    internal static FileLayout Of(FileWishes wishes) => new(wishes);

    /// <summary>Two things at one path, and places that nothing can be made in.</summary>
    /// <exception cref="NamespaceException">InvalidRequest.</exception>
    internal void Validate()
    {
        for (int i = 1; i < _all.Count; i++)
        {
            if (_all[i].Target == _all[i - 1].Target)
            {
                throw RequestRules.Invalid($"Two things are to be at '{SafeText.Escape(_all[i].Target)}'.", "Give each path of the program once.");
            }
        }

        if (Root is FileEntry root)
        {
            if (_root is not null || root.Kind is not (FileEntryKind.Bind or FileEntryKind.Tmpfs or FileEntryKind.Overlay))
            {
                throw RequestRules.Invalid("'/' can be one directory, tmpfs or overlay.", "Leave -Root out, or name another target.");
            }
        }

        foreach (FileEntry entry in Entries)
        {
            if (entry.Kind is FileEntryKind.Link or FileEntryKind.Directory && !IsOwnSpace(entry.Target))
            {
                throw RequestRules.Invalid(
                    $"The link '{SafeText.Escape(entry.Target)}' would be made in a directory of the session.", "Put a tmpfs or a throw-away overlay there first: -Tmpfs or -Overlay.");
            }
        }
    }

    /// <summary>Whether something is mounted at a path, which hides what was made there. A mask is not mounted where there is nothing to hide.</summary>
    internal bool IsMountPoint(string path) => _mounts.TryGetValue(path, out FileEntry? mount) && mount.Kind != FileEntryKind.Mask;

    /// <summary>Whether a symbolic link is made at a path.</summary>
    internal bool IsLink(string path) => _links.Contains(path);

    /// <summary>Whether a path lies in space that is the child's alone, where mount points may be made.</summary>
    internal bool IsOwnSpace(string path) => Space(path)?.IsOwnSpace == true;

    /// <summary>
    /// Whether all file systems from the root down to a directory are the child's own, and were empty: the only links in them are those that were asked for.
    /// </summary>
    internal bool IsNew(string directory)
    {
        if (!_isNew.TryGetValue(directory, out bool isNew))
        {
            isNew = directory == "/" ? Root?.Kind == FileEntryKind.Tmpfs
                : (!_mounts.TryGetValue(directory, out FileEntry? mount) || mount.Kind == FileEntryKind.Tmpfs) && IsNew(Path.GetDirectoryName(directory)!);
            _isNew[directory] = isNew;
        }

        return isNew;
    }

    /// <summary>The entry below whose target a path lies; null for the root that is there anyway.</summary>
    internal FileEntry? Space(string path)
    {
        for (string? above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
        {
            if (_mounts.TryGetValue(above, out FileEntry? mount))
            {
                return mount;
            }
        }

        return null;
    }

    /// <summary>Whether a path means something else to the child.</summary>
    internal bool Hides(string path) => _root is not null || _all.Any(entry => entry.Target == path || IsBelow(path, entry.Target));

    /// <summary>Whether what the child is to find at a path is a directory. A path that cannot be looked at is taken for one.</summary>
    /// <returns>null where nothing is there.</returns>
    internal bool? IsDirectory(string path)
    {
        if (Outside(path) is not string outside)
        {
            return null;
        }

        return FileStatus.TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(outside + '\0'), out FileStatus status) ? status.IsDirectory
            : SessionFiles.IsMissing(Kernel.Errors.Errno.Last) ? null : true;
    }

    // The path of the session that is there before the entry of that path is made.
    private string? Outside(string path)
    {
        FileEntry? space = Space(path);
        string rest = space is null || space.Target == "/" ? path : path[space.Target.Length..];
        return space?.Kind switch
        {
            null => _root + path,
            FileEntryKind.Bind => space.Source.TrimEnd('/') + rest,
            FileEntryKind.Proc => "/proc" + rest,
            FileEntryKind.Overlay => space.Lower.Concat(space.Upper is null ? [] : [space.Upper]).Select(lower => lower + rest).FirstOrDefault(one => SessionFiles.Look(one) == 0),
            _ => null,
        };
    }

    // A directory before what lies in it; of one directory by name.
    private static int Compare(FileEntry one, FileEntry other)
    {
        int difference = one.Depth - other.Depth;
        return difference != 0 ? difference : string.CompareOrdinal(one.Target, other.Target);
    }

    private static bool IsBelow(string path, string directory) => directory == "/" ? path != "/" : SessionFiles.IsBelow(path, directory);
}
