namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>Where a file lies within its file system. It is the same from every mount namespace and every root, as paths are not.</summary>
/// <param name="Device">The device number of the file system, major and minor in one value.</param>
/// <param name="Path">The path within, each byte a character.</param>
internal sealed record FilePlace(ulong Device, string Path);
