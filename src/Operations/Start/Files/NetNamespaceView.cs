using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using LinuxNamespaces.Kernel.Mounts;

namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>
/// The view of a program in a named net namespace, as with ip-netns(8): the files of /etc/netns/NAME in the place of those of /etc,
/// and that namespace's devices in /sys. Needs a mount namespace of its own.
/// </summary>
internal sealed class NetNamespaceView
{
    private const string Etc = "/etc";
    private const string Sys = "/sys";

    private NetNamespaceView(IReadOnlyList<string> mountsBelowSys, IReadOnlyList<(string Source, string Target)> files, IReadOnlyList<string> skipped)
    {
        MountsBelowSys = mountsBelowSys;
        Files = files;
        Skipped = skipped;
    }

    /// <summary>The topmost mounts below /sys, which a fresh one would hide: control groups for one.</summary>
    internal IReadOnlyList<string> MountsBelowSys { get; }

    /// <summary>The sources and targets of the binds. A symbolic link is followed: the file it leads to is covered.</summary>
    internal IReadOnlyList<(string Source, string Target)> Files { get; }

    /// <summary>Files for which there is nothing in /etc to be bound to.</summary>
    internal IReadOnlyList<string> Skipped { get; }

    /// <summary>Looks at what there is for a name, in the session's own mount namespace.</summary>
    internal static NetNamespaceView Read(string name)
    {
        string directory = Path.Combine("/etc/netns", name);
        string[] entries = Directory.Exists(directory) ? Directory.GetFileSystemEntries(directory) : [];
        (string Source, string Target)[] files = [.. entries.Order(StringComparer.Ordinal).Select(entry => (entry, Path.Combine(Etc, Path.GetFileName(entry))))];
        return new NetNamespaceView(
            ReadMountsBelowSys(),
            [.. files.Where(file => Path.Exists(file.Target))],
            [.. files.Where(file => !Path.Exists(file.Target)).Select(file => file.Source)]);
    }

    private static List<string> ReadMountsBelowSys()
    {
        List<string> topmost = [];

        List<string> mounts = [];
        foreach (MountInfo mount in MountInfo.Of(MountInfo.ReadOwn()))
        {
            mounts.Add(mount.Path);
        }

        foreach (string mount in mounts.Where(path => path.StartsWith(Sys + "/", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal))
        {
            if (topmost.Count == 0 || !mount.StartsWith(topmost[^1] + "/", StringComparison.Ordinal))
            {
                topmost.Add(mount);
            }
        }

        return topmost;
    }
}
