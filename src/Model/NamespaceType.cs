using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>
/// The eight kinds of Linux namespaces, by the kernel's own names (the file names in <c>/proc/PID/ns</c>). The other words people
/// use for them are taken where a type is asked for, and compare as equal; the kernel's names are what is shown.
/// See namespaces(7).
/// </summary>
/// <remarks>64 bits wide, because ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.</remarks>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "See the remarks.")]
public enum NamespaceType : long
{
    /// <summary>Cgroup root directory (Linux 4.6).</summary>
    Cgroup,

    /// <summary>Another word for <see cref="Cgroup"/>.</summary>
    ControlGroup = Cgroup,

    /// <summary>System V IPC and POSIX message queues (Linux 2.6.19).</summary>
    Ipc,

    /// <summary>Mount points (Linux 2.4.19).</summary>
    Mnt,

    /// <summary>Another word for <see cref="Mnt"/>.</summary>
    Mount = Mnt,

    /// <summary>Network devices, stacks, ports (Linux 2.6.24).</summary>
    Net,

    /// <summary>Another word for <see cref="Net"/>.</summary>
    Network = Net,

    /// <summary>Process IDs (Linux 2.6.24).</summary>
    Pid,

    /// <summary>Another word for <see cref="Pid"/>.</summary>
    Process = Pid,

    /// <summary>Boot-time and monotonic clocks (Linux 5.6).</summary>
    Time,

    /// <summary>Another word for <see cref="Time"/>.</summary>
    Clock = Time,

    /// <summary>User and group IDs, capabilities (Linux 3.8).</summary>
    User,

    /// <summary>Host name and NIS domain name (Linux 2.6.19).</summary>
    Uts,

    /// <summary>Another word for <see cref="Uts"/>.</summary>
    Hostname = Uts,
}
