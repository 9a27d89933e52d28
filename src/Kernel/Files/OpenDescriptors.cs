using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>The open descriptors of this process, as far as a program it starts would get them.</summary>
internal static class OpenDescriptors
{
    private static bool? s_canBeClosedAtOnce;

    /// <summary>Whether close_range(2) knows the flags that are needed: Linux 5.11. Below, each descriptor is marked by a call of its own.</summary>
    internal static bool CanBeClosedAtOnce => !OlderKernel.Lacks(KernelFeature.CloseRange) && (s_canBeClosedAtOnce ??= Probe());

    /// <summary>The numbers of those that would stay open at an execve(2), in ascending order.</summary>
    internal static List<int> ReadInheritable() =>
    [
        .. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => int.Parse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture))
            .Where(number => LibC.fcntl(number, LibC.F_GETFD, 0) is int flags && flags >= 0 && (flags & LibC.FD_CLOEXEC) == 0)
            .Order(),
    ];

    // No descriptor has the greatest possible number, so nothing is closed.
    private static bool Probe() => LibC.syscall(LibC.SYS_close_range, unchecked((nint)uint.MaxValue), unchecked((nint)uint.MaxValue), LibC.CLOSE_RANGE_CLOEXEC) == 0;
}
