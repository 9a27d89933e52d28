using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Containers;

/// <summary>Tells which container a process is in. One object is for one look at the machine.</summary>
internal sealed class ContainerDetector(ProcFileSystem proc, CurrentNamespaces current)
{
    private readonly ContainerHints _hints = new(proc, current);
    private ContainerStates? _states;

    internal ContainerStates States => _states ??= ContainerStates.Read(proc, current.InodeOf(NamespaceType.Mnt));

    /// <summary>By all that tells; null outside of containers.</summary>
    internal Container? Find(in ProcessDirectory process) => FindCertain(process) ?? _hints.Find(process);

    /// <summary>
    /// By control groups and state files, never by what a container may say of itself: where this leads, programs are
    /// started. Users have such groups and files too: <see cref="Container.UserId"/> is whose word it is.
    /// </summary>
    internal Container? FindCertain(in ProcessDirectory process) => ContainerIdentity.Of(process) ?? States.Find(process);
}
