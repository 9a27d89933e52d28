using System;

namespace LinuxNamespaces.Kernel.Errors;

/// <summary>Properties that depend on the kernel's version and cannot be detected in any other way.</summary>
internal static class KernelFeatures
{
    private static readonly Version s_exec = new(6, 3);
    private static readonly Version s_counted = new(6, 2);

    /// <summary>execve enters the time namespace made for children; before, only a fork with memory of its own did.</summary>
    internal static bool TimeNamespaceEnteredByExec { get; set; } = Environment.OSVersion.Version >= s_exec;

    /// <summary>/proc/net/protocols counts the MPTCP sockets that listen or have a connection; before, it says 0 of them.</summary>
    internal static bool MptcpSocketsAreCounted { get; set; } = Environment.OSVersion.Version >= s_counted;
}
