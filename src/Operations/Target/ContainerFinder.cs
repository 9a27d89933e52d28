using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Finds running containers by name, id or the beginning of an id.</summary>
internal static class ContainerFinder
{
    /// <summary>Those that the text means: <c>id</c> or <c>runtime:id</c>; more than one where it is no unique prefix.</summary>
    internal static ContainerProcess[] Find(string text, CancellationToken cancellation)
    {
        Dictionary<string, ContainerProcess> first = [];
        using ProcFileSystem proc = ProcFileSystem.Open();
        foreach (int processId in proc.ReadProcessIds())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
            {
                continue;
            }

            using (process)
            {
                if (ContainerIdentity.Of(process) is string container && Means(text, container, out _) && !first.ContainsKey(container)
                    && process.TryReadStat(out ProcessStat stat))
                {
                    first.Add(container, new ContainerProcess(container, new ProcessIdentity(processId, stat.StartTime)));
                }
            }
        }

        ContainerProcess[] exact = [.. first.Values.Where(each => Means(text, each.Container, out bool whole) && whole)];
        return exact.Length > 0 ? exact : [.. first.Values];
    }

    private static bool Means(string text, string container, out bool whole)
    {
        string name = text.Contains(':') ? container : container[(container.IndexOf(':') + 1)..];
        whole = name == text;
        return name.StartsWith(text, StringComparison.Ordinal);
    }
}
