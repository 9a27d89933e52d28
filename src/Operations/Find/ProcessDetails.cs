using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;

namespace LinuxNamespaces.Operations.Find;

/// <summary>The details of the first process in a namespace.</summary>
/// <param name="ParentId">The PID of its parent.</param>
/// <param name="UserId">Its uid.</param>
/// <param name="Command">Its command line.</param>
/// <param name="Container">The container it is in.</param>
/// <param name="LivingThread">A thread that has what the main thread has lost by ending before it; 0 where the main thread lives.</param>
internal sealed record ProcessDetails(int ParentId, uint UserId, string? Command, string? Container, int LivingThread)
{
    /// <summary>Null where the process has gone.</summary>
    internal static ProcessDetails? Read(in ProcessDirectory process, ContainerDetector? containers)
    {
        if (!process.TryReadStat(out ProcessStat stat) || !process.TryGetUserId(out uint userId))
        {
            return null;
        }

        int thread = 0;
        if (stat.HasEnded && process.TryOpenLivingThread(out ProcessDirectory living, out thread))
        {
            living.Dispose();
        }

        return new ProcessDetails(stat.ParentId, userId, process.ReadCommandLine(), containers?.Find(process)?.ToString(), thread);
    }

    /// <summary>Completes the facts from the kernel's structures; null where the process has gone.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="facts">The known facts.</param>
    /// <param name="command">Its command line; null where it is not to be had.</param>
    /// <param name="inodes">Its namespaces, by type.</param>
    /// <param name="containers">Finds the container; null where it is not wanted.</param>
    internal static ProcessDetails? Complete(int processId, ProcessFacts facts, string? command, ulong[] inodes, ContainerDetector? containers)
    {
        if (command is not null)
        {
            return new ProcessDetails(facts.ParentId, facts.UserId, command, containers?.Find(processId, facts.Cgroups, inodes)?.ToString(), 0);
        }

        // The kernel may have shown a process that /proc hides.
        using Descriptor process = PidDescriptor.Open(processId);
        return process.IsOpen ? new ProcessDetails(facts.ParentId, facts.UserId, $"[{facts.Name}]", null, 0) : null;
    }
}
