using System;
using System.Buffers;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>The mount a path lies on, and whether what is mounted below it is passed on to other mount namespaces.</summary>
/// <param name="Path">Where it is mounted.</param>
/// <param name="IsShared">Whether its propagation is shared.</param>
internal readonly record struct MountParent(string Path, bool IsShared)
{
    /// <summary>Of an absolute path without symbolic links, in the text of a mountinfo file; null where no line matches.</summary>
    internal static MountParent? Find(ReadOnlySpan<byte> table, string path)
    {
        MountParent? best = null;
        byte[] wanted = Encoding.UTF8.GetBytes(path);
        int longest = -1;
        while (!table.IsEmpty)
        {
            int end = table.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? table : table[..end];
            table = end < 0 ? default : table[(end + 1)..];
            if (TryParse(line, out byte[] mountPoint, out bool isShared) && mountPoint.Length >= longest && IsBelow(wanted, mountPoint))
            {
                // The last of several on the same path is on top.
                longest = mountPoint.Length;
                best = new MountParent(SafeText.FromUtf8(mountPoint), isShared);
            }
        }

        return best;
    }

    /// <summary>The same in the calling thread's mount namespace.</summary>
    internal static MountParent? Find(string path)
    {
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, "/proc/thread-self/mountinfo\0"u8, LibC.O_RDONLY);
        ArrayBufferWriter<byte> text = new(64 * 1024);
        while (file.IsOpen)
        {
            int got = file.Read(text.GetSpan(64 * 1024)[..(64 * 1024)]);
            if (got <= 0)
            {
                break;
            }

            text.Advance(got);
        }

        return Find(text.WrittenSpan, path);
    }

    // Field 5 is the mount point; the optional fields up to the lone dash begin with the seventh.
    private static bool TryParse(ReadOnlySpan<byte> line, out byte[] mountPoint, out bool isShared)
    {
        mountPoint = [];
        isShared = false;
        int field = 1;
        foreach (Range range in new FieldEnumerator(line))
        {
            ReadOnlySpan<byte> text = line[range];
            if (field == 5)
            {
                mountPoint = NamespaceMount.Unescape(text)[..^1];
            }
            else if (field >= 7 && text.SequenceEqual("-"u8))
            {
                return true;
            }
            else if (field >= 7 && text.StartsWith("shared:"u8))
            {
                isShared = true;
            }

            field++;
        }

        return false;
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> mountPoint) =>
        path.StartsWith(mountPoint) && (mountPoint.Length == path.Length || mountPoint.EndsWith("/"u8) || path[mountPoint.Length] == (byte)'/');
}
