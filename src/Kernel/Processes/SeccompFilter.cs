using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>
/// Whether system calls of the calling thread go through a filter (seccomp(2)), as in a container. A filter may answer with any errno: EPERM to
/// a caller with every privilege, ENOSYS on a kernel that has the call.
/// </summary>
internal static class SeccompFilter
{
    /// <summary>Whether there is one. It cannot be taken away again.</summary>
    internal static bool IsInForce { get; } = KernelFile.TryRead("/proc/thread-self/status") is string status && ProcessStatus.FieldOf(status, "Seccomp") == "2";
}
