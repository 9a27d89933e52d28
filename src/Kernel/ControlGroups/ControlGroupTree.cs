using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;

namespace LinuxNamespaces.Kernel.ControlGroups;

/// <summary>A mount of the hierarchy of control groups of version 2, see cgroups(7).</summary>
/// <param name="MountPoint">The directory it is mounted on, without a slash at its end.</param>
/// <param name="Root">The group that this directory is, as /proc/PID/cgroup names it, without a slash at its end.</param>
internal sealed record ControlGroupTree(string MountPoint, string Root)
{
    /// <summary>The group of a process, from the text of its /proc/PID/cgroup; null where version 2 is not mounted anywhere.</summary>
    internal static string? GroupOf(string text) => GroupOf(text, string.Empty);

    /// <summary>The same in the hierarchy of version 2, or else in that of systemd.</summary>
    internal static string? GroupOfAny(string text) => GroupOf(text) ?? GroupOf(text, "name=systemd");

    // Lines of number, controllers and group, with colons between. The hierarchy of version 2 names no controllers.
    private static string? GroupOf(string text, string controllers) =>
        text.Split('\n').Select(line => line.Split(':', 3)).FirstOrDefault(fields => fields.Length == 3 && fields[1] == controllers)?[2];

    /// <summary>The mount that has a group and that no later mount hides; null where there is none.</summary>
    internal static ControlGroupTree? Find(string group)
    {
        if (group.StartsWith("/..", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (MountInfo mount in MountInfo.Of(MountInfo.ReadOwn()))
        {
            if (!mount.Type.SequenceEqual("cgroup2"u8))
            {
                continue;
            }

            string root = Encoding.UTF8.GetString(MountInfo.Unescape(mount.Root).AsSpan()[..^1]).TrimEnd('/');
            ControlGroupTree tree = new(mount.Path.TrimEnd('/'), root);
            if (tree.FolderOf(group) is string folder && FileStatus.TryGet(folder, out FileStatus status) && mount.IsOn(status.Device))
            {
                return tree;
            }
        }

        return null;
    }

    /// <summary>The directory of a group; null where the mount does not have it.</summary>
    internal string? FolderOf(string group) => group.TrimEnd('/') == Root || group.StartsWith(Root + "/", StringComparison.Ordinal)
        ? MountPoint + group[Root.Length..].TrimEnd('/')
        : null;

    /// <summary>The words of a list such as cgroup.controllers; none where it cannot be read.</summary>
    internal static IReadOnlyList<string> ReadList(string folder, string file) =>
        KernelFile.TryRead($"{folder}/{file}")?.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Writes a value into a file of a group.</summary>
    /// <returns>0, or an errno.</returns>
    internal static int Write(string folder, string file, string value) => Write(LibC.AT_FDCWD, $"{folder}/{file}", value);

    /// <summary>The same with a path from an open directory.</summary>
    internal static unsafe int Write(int directory, string path, string value)
    {
        using Descriptor opened = Descriptor.OpenAt(directory, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_WRONLY);
        if (!opened.IsOpen)
        {
            return Errno.Last;
        }

        byte[] bytes = Encoding.ASCII.GetBytes(value);
        fixed (byte* start = bytes)
        {
            return LibC.write(opened.Number, start, (nuint)bytes.Length) < 0 ? Errno.Last : 0;
        }
    }
}
