using System;
using System.Text;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>The mount a path lies on, and whether what is mounted below it is passed on to other mount namespaces.</summary>
/// <param name="Path">Where it is mounted.</param>
/// <param name="IsShared">Whether its propagation is shared.</param>
internal readonly record struct MountParent(string Path, bool IsShared)
{
    /// <summary>Finds the parent mount of an absolute path without symbolic links in the text of a mountinfo file; null where no line matches.</summary>
    internal static MountParent? Find(ReadOnlySpan<byte> table, string path)
    {
        MountParent? best = null;
        byte[] wanted = Encoding.UTF8.GetBytes(path);
        int longest = -1;
        foreach (MountInfo mount in MountInfo.Of(table))
        {
            ReadOnlySpan<byte> mountPoint = MountInfo.Unescape(mount.MountPoint).AsSpan()[..^1];
            if (mountPoint.Length >= longest && IsBelow(wanted, mountPoint))
            {
                // The last of several on the same path is on top.
                longest = mountPoint.Length;
                best = new MountParent(SafeText.FromUtf8(mountPoint), mount.IsShared);
            }
        }

        return best;
    }

    /// <summary>The same in the calling thread's mount namespace.</summary>
    internal static MountParent? Find(string path) => Find(MountInfo.ReadOwn(), path);

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> mountPoint) =>
        path.StartsWith(mountPoint) && (mountPoint.Length == path.Length || mountPoint.EndsWith("/"u8) || path[mountPoint.Length] == (byte)'/');
}
