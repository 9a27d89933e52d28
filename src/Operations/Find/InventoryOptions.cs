using System;
using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Find;

/// <summary>The scope of an inventory: types, sources and processes.</summary>
internal sealed class InventoryOptions
{
    /// <summary>The sources searched by default: all that cost no more than one look at each process.</summary>
    internal const NamespaceSource DefaultSources = NamespaceSource.Process | NamespaceSource.Descriptor
        | NamespaceSource.Socket | NamespaceSource.Mount | NamespaceSource.Relation;

    /// <summary>The same, where the kernel's task iterator is read.</summary>
    internal const NamespaceSource IteratorSources = DefaultSources | NamespaceSource.Thread | NamespaceSource.Child;

    /// <summary>Where to look, and what a namespace must be kept alive by to be listed; null for what costs little.</summary>
    internal NamespaceSource? Sources { get; init; }

    /// <summary>Whether the kernel's task iterator is read, by which threads and children cost nothing.</summary>
    internal bool HasIterator { get; set; }

    /// <summary>Whether to find the containers of processes, which reads files of their runtimes.</summary>
    internal bool HasContainers { get; init; } = true;

    /// <summary>Whether the same look will be taken again soon: then loading programs into the kernel is worth it on any machine.</summary>
    internal bool IsRepeated { get; init; }

    /// <summary>Also look into the other mount namespaces for bind mounts: a call per mount of each.</summary>
    internal bool OtherMounts { get; init; }

    /// <summary>Note everything that keeps one of these inodes; null for nothing.</summary>
    internal IReadOnlySet<ulong>? HoldersOf { get; init; }

    /// <summary>Only these types.</summary>
    internal NamespaceTypeSet Types { get; init; } = NamespaceTypeSet.All;

    /// <summary>Only the namespaces of these processes; null for all.</summary>
    internal IReadOnlySet<int>? ProcessIds { get; init; }

    /// <summary>Only these inodes; null for all.</summary>
    internal IReadOnlySet<ulong>? Inodes { get; init; }

    /// <summary>Only net namespaces with a name this accepts; null for all.</summary>
    internal Predicate<string>? Name { get; init; }

    /// <summary>Namespaces opened by the caller, with their paths: only these where given.</summary>
    internal IReadOnlyCollection<OpenedNamespace>? Opened { get; init; }

    /// <summary>The tree to draw; null for none.</summary>
    internal NamespaceHierarchy? Hierarchy { get; init; }

    /// <summary>
    /// Told, on the caller's thread, how far the search is: what is counted, how many are done, and of how many.
    /// </summary>
    internal Action<string, int, int>? Progress { get; init; }

    internal bool Wants(NamespaceType type) => Types.Contains(type);

    /// <summary>Whether processes are asked for the type: other mount namespaces are found by their processes, too.</summary>
    internal bool Reads(NamespaceType type) => Wants(type) || (OtherMounts && type == NamespaceType.Mnt);

    internal bool Searches(NamespaceSource source) => ((Sources ?? (HasIterator ? IteratorSources : DefaultSources)) & source) != 0;
}

/// <summary>A namespace that the caller has opened, and where it was.</summary>
internal sealed record OpenedNamespace(string Path, NamespaceHandle Handle);
