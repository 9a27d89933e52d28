using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;

namespace LinuxNamespaces.Operations.Find;

/// <summary>What an inventory shows of the first process in a namespace.</summary>
internal sealed record ProcessDetails(int ParentId, uint UserId, string? Command, string? Container)
{
    /// <summary>Null where the process has gone.</summary>
    internal static ProcessDetails? Read(in ProcessDirectory process, ContainerDetector containers)
    {
        if (!process.TryReadStat(out ProcessStat stat) || !process.TryGetUserId(out uint userId))
        {
            return null;
        }

        return new ProcessDetails(stat.ParentId, userId, process.ReadCommandLine(), containers.Find(process)?.ToString());
    }
}
