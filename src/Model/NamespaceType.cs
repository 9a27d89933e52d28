namespace LinuxNamespaces;

/// <summary>
/// The eight kinds of Linux namespaces, by the kernel's own names (the file names in <c>/proc/PID/ns</c>).
/// See namespaces(7).
/// </summary>
public enum NamespaceType
{
    /// <summary>Cgroup root directory (Linux 4.6).</summary>
    Cgroup,

    /// <summary>System V IPC and POSIX message queues (Linux 2.6.19).</summary>
    Ipc,

    /// <summary>Mount points (Linux 2.4.19).</summary>
    Mnt,

    /// <summary>Network devices, stacks, ports (Linux 2.6.24).</summary>
    Net,

    /// <summary>Process IDs (Linux 2.6.24).</summary>
    Pid,

    /// <summary>Boot-time and monotonic clocks (Linux 5.6).</summary>
    Time,

    /// <summary>User and group IDs, capabilities (Linux 3.8).</summary>
    User,

    /// <summary>Host name and NIS domain name (Linux 2.6.19).</summary>
    Uts,
}
