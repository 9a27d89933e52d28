using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;

namespace LinuxNamespaces.Operations.Find;

/// <summary>What an inventory shows of the first process in a namespace.</summary>
/// <param name="ParentId">The PID of its parent.</param>
/// <param name="UserId">Its uid.</param>
/// <param name="Command">Its command line.</param>
/// <param name="Container">The container it is in.</param>
/// <param name="LivingThread">A thread that has what the main thread has lost by ending before it; 0 where the main thread lives.</param>
internal sealed record ProcessDetails(int ParentId, uint UserId, string? Command, string? Container, int LivingThread)
{
    /// <summary>Null where the process has gone.</summary>
    internal static ProcessDetails? Read(in ProcessDirectory process, ContainerDetector containers)
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

        return new ProcessDetails(stat.ParentId, userId, process.ReadCommandLine(), containers.Find(process)?.ToString(), thread);
    }
}
