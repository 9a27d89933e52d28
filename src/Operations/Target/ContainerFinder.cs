using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Finds running containers by name, id or the beginning of an id.</summary>
internal static class ContainerFinder
{
    /// <summary>
    /// Those that the text means: <c>id</c> or <c>runtime:id</c>. The one whose id it is, or all whose ids begin so.
    /// </summary>
    internal static ContainerProcess[] Find(string text, CancellationToken cancellation)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        Dictionary<string, ContainerProcess> first = [];
        ContainerStates states = ContainerStates.Read(proc, new CurrentNamespaces(proc).InodeOf(NamespaceType.Mnt));
        foreach (int processId in proc.ReadProcessIds())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
            {
                continue;
            }

            using (process)
            {
                if ((ContainerIdentity.Of(process) ?? states.Find(process)) is Container container && Means(text, container)
                    && !first.ContainsKey(container.Id) && process.TryReadStat(out ProcessStat stat))
                {
                    first.Add(container.Id, new ContainerProcess(container, new ProcessIdentity(processId, stat.StartTime)));
                }
            }
        }

        // Its runtime knows better than the lowest number which process is its first.
        foreach (ContainerProcess known in states.All.Where(known => known.Process.StartTicks is not null && first.ContainsKey(known.Container.Id)))
        {
            if (ProcessIdentity.Of(known.Process.ProcessId) == known.Process)
            {
                first[known.Container.Id] = known with { Container = first[known.Container.Id].Container };
            }
        }

        ContainerProcess[] exact = [.. first.Values.Where(each => IsWhole(text, each.Container))];
        return exact.Length > 0 ? exact : [.. first.Values];
    }

    private static bool Means(string text, Container container) => TryStrip(text, container, out string id) && container.Id.StartsWith(id, StringComparison.Ordinal);

    private static bool IsWhole(string text, Container container) => TryStrip(text, container, out string id) && container.Id == id;

    // A name may itself have a colon.
    private static bool TryStrip(string text, Container container, out string id)
    {
        id = text.StartsWith(container.Runtime + ":", StringComparison.Ordinal) ? text[(container.Runtime.Length + 1)..] : text;
        return id.Length > 0;
    }
}
