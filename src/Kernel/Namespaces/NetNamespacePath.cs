using System;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>The place where ip-netns(8) and others keep named net namespaces.</summary>
internal static class NetNamespacePath
{
    /// <summary>The directory of the names.</summary>
    internal const string Directory = "/run/netns";

    /// <summary>The directory as the kernel takes it: ends in NUL.</summary>
    internal static ReadOnlySpan<byte> DirectoryName => "/run/netns\0"u8;

    /// <summary>The file of a name.</summary>
    internal static string Of(string name) => $"{Directory}/{name}";

    /// <summary>The name that a path, or a label that begins with one, stands for; null where it is elsewhere.</summary>
    internal static string? NameOf(string path) =>
        path.Length > Directory.Length && path.StartsWith(Directory, StringComparison.Ordinal) && path[Directory.Length] == '/' ? path[(Directory.Length + 1)..] : null;

    /// <summary>The name of a path without its NUL; empty where the path is not that of a name.</summary>
    internal static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> directory = DirectoryName[..^1];
        ReadOnlySpan<byte> name = path.Length > directory.Length && path.StartsWith(directory) && path[directory.Length] == (byte)'/' ? path[(directory.Length + 1)..] : default;
        return name.Contains((byte)'/') ? default : name;
    }
}
