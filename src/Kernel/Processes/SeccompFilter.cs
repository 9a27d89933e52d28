using System;
using System.IO;
using System.Linq;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>
/// Whether system calls of the calling thread go through a filter (seccomp(2)), as in a container. A filter may answer with any errno: EPERM to
/// a caller with every privilege, ENOSYS on a kernel that has the call.
/// </summary>
internal static class SeccompFilter
{
    /// <summary>Whether there is one. It cannot be taken away again.</summary>
    internal static bool IsInForce { get; } = Read("/proc/thread-self/status");

    /// <summary>Parses the text of a status file; false where it cannot be read, or has no such line.</summary>
    internal static bool Read(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault(line => line.StartsWith("Seccomp:", StringComparison.Ordinal))?["Seccomp:".Length..].Trim() == "2";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
