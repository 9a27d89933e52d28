using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Look;

/// <summary>Opens namespaces of one type to look into.</summary>
internal sealed class LookTargets(NamespaceType type, CancellationToken cancellation)
{
    private InventoryResult? _inventory;

    /// <summary>The namespace of the calling thread.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    internal LookTarget OpenOwn()
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        NamespaceHandle handle = NamespaceFile.Open($"/proc/thread-self/ns/{type.KernelName()}");
        return new LookTarget(type, handle, null, null, proc.OwnProcessId == 0 ? null : proc.OwnProcessId);
    }

    /// <summary>The target that a user names.</summary>
    /// <exception cref="NamespaceException">There is no such target, or it has no namespace of the type (TargetLacksType).</exception>
    /// <exception cref="LinuxException">A path that cannot be opened, or no usable /proc.</exception>
    internal LookTarget Open(NamespaceTarget target)
    {
        using ResolvedTarget resolved = target.Resolve(NamespaceTypeSet.Of(type), cancellation);
        NamespaceHandle handle = resolved.Take(type) ?? throw new NamespaceException(
            ErrorIds.TargetLacksType,
            $"{resolved.Label} has no {type.KernelName()} namespace to look into.",
            $"Give a process, a container, or a namespace of that type: Get-Namespace {type} lists them.");
        return target.Value is NamespaceInfo info
            ? new LookTarget(type, handle, null, LookTarget.NameOf(info), info.ProcessId)
            : new LookTarget(type, handle, null, null, resolved.Process?.ProcessId).WithProcess();
    }

    /// <summary>All namespaces of the type that the machine shows, and what could not be read; looked for once.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    internal InventoryResult Inventory => _inventory ??= NamespaceInventory.Read(
        new InventoryOptions { Types = NamespaceTypeSet.Of(type), Sources = NamespaceSource.All, OtherMounts = true }, cancellation);

    /// <summary>All of the machine that can be opened; what has gone meanwhile, or is out of reach, is left out.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    internal IEnumerable<LookTarget> OpenAll() => Inventory.Namespaces.Select(TryOpen).OfType<LookTarget>();

    /// <summary>Those whose name or container fits: by its whole text, or without the runtime in front.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    internal IEnumerable<LookTarget> OpenMatching(Predicate<string> fits) => Inventory.Namespaces.Where(info => Fits(info, fits)).Select(TryOpen).OfType<LookTarget>();

    /// <summary>The same, of several types, and not opened.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    internal static IEnumerable<NamespaceInfo> FindMatching(NamespaceTypeSet types, Predicate<string> fits, CancellationToken cancellation) =>
        NamespaceInventory.Read(new InventoryOptions { Types = types }, cancellation).Namespaces.Where(info => Fits(info, fits));

    /// <summary>Whether a name fits, or what is behind the runtime in front of it.</summary>
    internal static bool Fits(string name, Predicate<string> fits) => fits(name) || fits(name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]);

    // A net namespace may have several names.
    private static bool Fits(NamespaceInfo info, Predicate<string> fits) => Fits(LookTarget.NameOf(info), fits)
        || info.MountPoint?.Split('\n').Any(path => NetNamespacePath.NameOf(path) is string name && fits(name)) == true;

    private LookTarget? TryOpen(NamespaceInfo info)
    {
        cancellation.ThrowIfCancellationRequested();
        return LookTarget.TryOpen(info, LookTarget.NameOf(info));
    }
}
