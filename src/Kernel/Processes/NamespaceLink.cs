using System;
using System.Buffers.Text;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The text the kernel gives a namespace, for example <c>net:[4026531840]</c>.</summary>
internal static class NamespaceLink
{
    /// <summary>The NUL-terminated path of each type's link below /proc/PID.</summary>
    internal static ReadOnlySpan<byte> PathOf(NamespaceType type) => type switch
    {
        NamespaceType.Cgroup => "ns/cgroup\0"u8,
        NamespaceType.Ipc => "ns/ipc\0"u8,
        NamespaceType.Mnt => "ns/mnt\0"u8,
        NamespaceType.Net => "ns/net\0"u8,
        NamespaceType.Pid => "ns/pid\0"u8,
        NamespaceType.Time => "ns/time\0"u8,
        NamespaceType.User => "ns/user\0"u8,
        NamespaceType.Uts => "ns/uts\0"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The inode between the brackets, or 0 where the text is not of that form.</summary>
    internal static ulong ParseInode(ReadOnlySpan<byte> text)
    {
        int open = text.IndexOf((byte)'[');
        if (open <= 0 || text[^1] != (byte)']')
        {
            return 0;
        }

        ReadOnlySpan<byte> digits = text[(open + 1)..^1];
        return Utf8Parser.TryParse(digits, out ulong inode, out int used) && used == digits.Length ? inode : 0;
    }
}
