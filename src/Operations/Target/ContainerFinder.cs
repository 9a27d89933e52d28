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
    /// Those that the text means: <c>id</c> or <c>runtime:id</c>, a name in place of the id. The one whose id it is; else all
    /// that have the name; else all whose ids begin so.
    /// </summary>
    internal static ContainerProcess[] Find(string text, CancellationToken cancellation)
    {
        ContainerProcess[] running = FindAll(cancellation);
        ContainerNames? names = null;
        return Select((id, container) => container.Id == id)
            ?? Select((id, container) => (names ??= new ContainerNames()).Of(container).Contains(id))
            ?? Select((id, container) => container.Id.StartsWith(id, StringComparison.Ordinal))
            ?? [];

        ContainerProcess[]? Select(Func<string, Container, bool> means)
        {
            ContainerProcess[] found = [.. running.Where(each => Strip(text, each.Container) is { Length: > 0 } id && means(id, each.Container))];
            return found.Length > 0 ? found : null;
        }
    }

    private static ContainerProcess[] FindAll(CancellationToken cancellation)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        Dictionary<string, ContainerProcess> first = [];
        ContainerDetector containers = new(proc, new CurrentNamespaces(proc));
        foreach (int processId in proc.ReadProcessIds())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
            {
                continue;
            }

            using (process)
            {
                if (containers.FindCertain(process) is Container container && !first.ContainsKey(container.Key) && process.TryReadStat(out ProcessStat stat))
                {
                    first.Add(container.Key, new ContainerProcess(container, new ProcessIdentity(processId, stat.StartTime)));
                }
            }
        }

        // Its runtime knows better than the lowest number which process is its first.
        foreach (ContainerProcess known in containers.States.All.Where(known => known.Process.StartTicks is not null && first.ContainsKey(known.Container.Key)))
        {
            if (ProcessIdentity.Of(known.Process.ProcessId) == known.Process)
            {
                first[known.Container.Key] = known with { Container = first[known.Container.Key].Container };
            }
        }

        return [.. first.Values];
    }

    // A name may itself have a colon.
    private static string Strip(string text, Container container) =>
        text.StartsWith(container.Runtime + ":", StringComparison.Ordinal) ? text[(container.Runtime.Length + 1)..] : text;
}
