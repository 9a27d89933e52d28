using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Containers;

/// <summary>Finds running containers by name, id or the beginning of an id.</summary>
internal static class ContainerFinder
{
    /// <summary>
    /// Those that the text means: <c>id</c> or <c>runtime:id</c>, a name in place of the id. The one whose id it is; else all
    /// that have the name; else all whose ids begin so. The caller's own go before others': anybody may call theirs anything.
    /// </summary>
    internal static ContainerProcess[] Find(string text, CancellationToken cancellation)
    {
        ContainerProcess[] running = FindAll(cancellation);
        ContainerNames? names = null;
        ContainerProcess[] byId = Select((id, container) => container.Id == id);
        ContainerProcess[] exact = byId.Any(IsOwn) ? byId : Select((id, container) => (names ??= new ContainerNames()).Of(container).Contains(id));
        if (exact.Any(IsOwn))
        {
            return [.. exact.Where(IsOwn)];
        }

        exact = byId.Length > 0 ? byId : exact;
        ContainerProcess[] beginning = Select((id, container) => container.Id.StartsWith(id, StringComparison.Ordinal));
        ContainerProcess[] own = [.. beginning.Where(IsOwn)];

        // Where another user's is called so and one of the caller's begins so, which is meant is for the caller to say.
        return exact.Length > 0 ? [.. exact, .. own] : own.Length > 0 ? own : beginning;

        ContainerProcess[] Select(Func<string, Container, bool> means) =>
            [.. running.Where(each => Strip(text, each.Container) is { Length: > 0 } id && means(id, each.Container))];
    }

    /// <summary>The running containers for a person to choose from: a name, or else an id, and the container as it is shown elsewhere.</summary>
    internal static IEnumerable<(string Name, string Container)> ReadNames()
    {
        ContainerNames names = new();
        return [.. FindAll(default).Select(each => each.Container).Where(container => container.Id.Length > 0)
            .Select(container => (names.Of(container).FirstOrDefault() ?? container.ShortId, container.ToString())).Distinct()];
    }

    private static bool IsOwn(ContainerProcess container) => container.Container.UserId == ProcessCredentials.UserId;

    // Two places with one key are two containers: none of them may stand for the other.
    private static ContainerProcess[] FindAll(CancellationToken cancellation)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        Dictionary<(string Key, string? Place), ContainerProcess> first = [];
        CurrentNamespaces current = new(proc);
        ContainerDetector containers = new(proc, current);
        proc.Visit((int processId, in ProcessDirectory process) =>
        {
            if (containers.FindCertain(process) is Container container && !IsSupervisor(container, process, current) && process.TryReadStat(out ProcessStat stat))
            {
                first.TryAdd((container.Key, container.Place), new ContainerProcess(container, new ProcessIdentity(processId, stat.StartTime)));
            }
        }, cancellation);

        // Its runtime knows better than the lowest number which process is its first, of those that are in it.
        foreach (ContainerProcess known in containers.States.All)
        {
            if (!ProcessDirectory.TryOpen(proc, known.Process.ProcessId, out ProcessDirectory process))
            {
                continue;
            }

            using (process)
            {
                if (containers.FindCertain(process) is Container container && container.UserId == known.Container.UserId
                    && first.ContainsKey((container.Key, container.Place)) && process.TryReadStat(out ProcessStat stat) && stat.StartTime == (known.Process.StartTicks ?? stat.StartTime))
                {
                    first[(container.Key, container.Place)] = new ContainerProcess(container, new ProcessIdentity(known.Process.ProcessId, stat.StartTime));
                }
            }
        }

        return [.. first.Values];
    }

    // In version 1 the unit of systemd-nspawn has one group for it and for the container. It is outside: in the namespaces of this session.
    private static bool IsSupervisor(Container container, in ProcessDirectory process, CurrentNamespaces current) =>
        container is { Runtime: "nspawn", Place: string place } && !place.StartsWith(':') && place.Contains("/systemd-nspawn@", StringComparison.Ordinal)
        && IsCurrent(NamespaceType.Pid, process, current) && IsCurrent(NamespaceType.Mnt, process, current);

    private static bool IsCurrent(NamespaceType type, in ProcessDirectory process, CurrentNamespaces current) =>
        current.IsCurrent(type, process.ReadNamespaceInode(NamespaceLink.PathOf(type)));

    // A name may itself have a colon.
    private static string Strip(string text, Container container) =>
        text.StartsWith(container.Runtime + ":", StringComparison.Ordinal) ? text[(container.Runtime.Length + 1)..]
        : container.Runtime is "incus" or "lxd" && text.StartsWith("lxc:", StringComparison.Ordinal) ? text["lxc:".Length..]
        : text;
}
