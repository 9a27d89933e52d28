using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>The things that a mount forbids (ro, nosuid, nodev, noexec): MOUNT_ATTR_* of mount_setattr(2), and the same as MS_* of mount(2).</summary>
internal static class MountAttributes
{
    // The first four have the same numbers for both calls.
    private static readonly (string Word, uint Attribute)[] s_words =
    [
        ("ro", LibC.MOUNT_ATTR_RDONLY), ("nosuid", LibC.MOUNT_ATTR_NOSUID), ("nodev", LibC.MOUNT_ATTR_NODEV), ("noexec", LibC.MOUNT_ATTR_NOEXEC),
    ];

    private static readonly Lazy<bool> s_isSupported = new(() => LibC.syscall(LibC.SYS_mount_setattr, -1, 0, 0) != 0 && Errno.Last != LibC.ENOSYS);

    /// <summary>Whether the kernel has mount_setattr(2) (Linux 5.12), which changes a whole tree of mounts at once.</summary>
    internal static bool AreSetByTree => !OlderKernel.Lacks(KernelFeature.MountAttributes) && s_isSupported.Value;

    // By the sum of the four numbers.
    private static readonly string?[] s_descriptions = new string?[1 << 4];

    /// <summary>The words for people, with commas.</summary>
    internal static string Describe(uint attributes) =>
        s_descriptions[attributes & 0xF] ??= string.Join(',', s_words.Where(word => (attributes & word.Attribute) != 0).Select(word => word.Word));

    /// <summary>The mounts below a directory of this process, the one it lies on first, with what each forbids already.</summary>
    internal static List<(string Path, uint Attributes)> ReadTree(string directory)
    {
        (string Path, uint Attributes) own = ("/", 0);
        List<(string Path, uint Attributes)> below = [];
        foreach (MountInfo mount in MountInfo.Of(MountInfo.ReadOwn()))
        {
            string path = mount.Path;
            if (IsAtOrBelow(directory, path) && path.Length >= own.Path.Length)
            {
                own = (path, Parse(mount.MountOptions));
            }
            else if (IsAtOrBelow(path, directory))
            {
                below.Add((path, Parse(mount.MountOptions)));
            }
        }

        return [(directory, own.Attributes), .. below];
    }

    private static bool IsAtOrBelow(string path, string directory) => directory == "/" || path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static uint Parse(ReadOnlySpan<byte> options)
    {
        string[] words = System.Text.Encoding.ASCII.GetString(options).Split(',');
        return s_words.Where(word => words.Contains(word.Word)).Aggregate(0U, (mask, word) => mask | word.Attribute);
    }
}
