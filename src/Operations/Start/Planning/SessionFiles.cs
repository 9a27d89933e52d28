using System;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>The files as the session sees them before a start, for forecasts.</summary>
/// <param name="isHidden">Whether a path may mean something else to the child.</param>
internal sealed class SessionFiles(Func<string, bool> isHidden)
{
    private readonly Func<string, bool> _isHidden = isHidden;

    /// <summary>Whether the child finds at that path what the session finds there.</summary>
    internal bool AreTheChilds(string path) => path.StartsWith('/') && !_isHidden(path);

    /// <summary>Whether an errno says that nothing is there. Any other says little: the child may have more rights than the session.</summary>
    internal static bool IsMissing(int errno) => errno is LibC.ENOENT or LibC.ENOTDIR;

    /// <summary>0 where something is there, else an errno.</summary>
    internal static int Look(string path) => FileStatus.TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), out _) ? 0 : Errno.Last;

    /// <summary>0 where a directory is there, or where no path was given; else an errno.</summary>
    internal static int LookAtDirectory(string? path) =>
        string.IsNullOrEmpty(path) ? 0
            : !FileStatus.TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), out FileStatus status) ? Errno.Last
            : status.IsDirectory ? 0 : LibC.ENOTDIR;

    /// <summary>Whether a path lies below a directory.</summary>
    internal static bool IsBelow(string path, string directory)
    {
        ReadOnlySpan<char> above = directory.AsSpan().TrimEnd('/');
        return path.Length > above.Length && path[above.Length] == '/' && path.AsSpan().StartsWith(above, StringComparison.Ordinal);
    }
}
