using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Containers;

/// <summary>Finds the container of a process. One object is for one look at the machine.</summary>
internal sealed class ContainerDetector(ProcFileSystem proc, CurrentNamespaces current)
{
    private readonly ContainerHints _hints = new(proc, current);
    private readonly Dictionary<(uint UserId, string Runtime, string Id), string?> _known = [];
    private readonly Dictionary<string, Container?> _byCgroup = [];
    private readonly Dictionary<ulong, Container?> _byCgroups = [];
    private ContainerStates? _states;
    private ContainerNames? _names;

    internal ContainerStates States => _states ??= ContainerStates.Read(proc, current.InodeOf(NamespaceType.Mnt));

    /// <summary>Finds the container by every hint, with its name where that can be read; null outside of containers.</summary>
    internal Container? Find(in ProcessDirectory process) => (FindCertain(process) ?? _hints.Find(process)) is Container container ? Named(container) : null;

    /// <summary>The same, where much of the process is known, so that it need not be opened.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="cgroups">The number of its set of control groups; processes with the same number share a container. 0 where it is not known.</param>
    /// <param name="inodes">Its namespaces, by type.</param>
    internal Container? Find(int processId, ulong cgroups, ulong[] inodes)
    {
        if (cgroups == 0 || !_byCgroups.TryGetValue(cgroups, out Container? container))
        {
            if (!ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
            {
                return null;
            }

            using (process)
            {
                container = ContainerIdentity.Of(process, _byCgroup);
            }

            _byCgroups[cgroups] = container;
        }

        container ??= States.Find(inodes[(int)NamespaceType.Mnt]) ?? _hints.Find(processId, inodes[(int)NamespaceType.Pid]);
        return container is null ? null : Named(container);
    }

    /// <summary>
    /// By control groups and state files, never by what a container may say of itself: where this leads, programs are
    /// started. Users have such groups and files too: <see cref="Container.UserId"/> is whose word it is.
    /// </summary>
    internal Container? FindCertain(in ProcessDirectory process) => ContainerIdentity.Of(process, _byCgroup) ?? States.Find(process);

    // Each is looked up once: some runtimes keep a file for each container.
    private Container Named(Container container)
    {
        if (container.Id.Length == 0)
        {
            return container;
        }

        (uint, string, string) key = (container.UserId, container.Runtime, container.Id);
        if (!_known.TryGetValue(key, out string? name))
        {
            name = (_names ??= new ContainerNames()).NameOf(container);
            _known.Add(key, name);
        }

        return name is null ? container : container with { Name = name };
    }
}
