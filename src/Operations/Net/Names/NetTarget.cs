using System;
using System.Globalization;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>An open net namespace and what to call it.</summary>
internal sealed class NetTarget : INamespacePlace
{
    /// <param name="handle">Passes to this object.</param>
    /// <param name="name">Its name; null for one without.</param>
    /// <param name="container">The container it is of; null for none, or where that is not known.</param>
    internal NetTarget(NamespaceHandle handle, string? name, string? container = null)
    {
        Handle = handle;
        Name = name ?? (IsHost(handle.Inode) ? HostName : container) ?? string.Create(CultureInfo.InvariantCulture, $"net:[{handle.Inode}]");
    }

    /// <summary>Where the kernel shows the calling thread's own net namespace.</summary>
    internal const string OwnPath = "/proc/thread-self/ns/net";

    /// <summary>The name for the net namespace that the machine started with.</summary>
    internal const string HostName = "host";

    internal NamespaceHandle Handle { get; }

    public string Name { get; }

    /// <summary>The process by which it was named; null where it was not.</summary>
    internal int? ProcessId { get; private init; }

    public ulong Inode => Handle.Inode;

    /// <summary>Opens a net namespace that was just seen; null where it is out of reach, or has been removed.</summary>
    internal static NetTarget? TryOpen(NamespaceInfo info) =>
        NamespaceFinder.TryOpenSeen(info) is NamespaceHandle handle ? new NetTarget(handle, info.Name, info.Container) : null;

    /// <summary>The net namespace of the calling thread.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    internal static NetTarget OpenOwn()
    {
        ProcFileSystem.Open().Dispose();
        return new NetTarget(NamespaceFile.Open(OwnPath), null);
    }

    /// <summary>The net namespace of whatever a user names.</summary>
    /// <param name="target">A process, namespace, name, path or container.</param>
    /// <param name="names">The names there are, for targets that are given otherwise.</param>
    /// <param name="cancellation">Ends a search of the machine.</param>
    /// <exception cref="NamespaceException">There is no such target, or it is not a net namespace.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static NetTarget Open(NamespaceTarget target, NetNamesByInode names, CancellationToken cancellation)
    {
        // A name is looked at by what reads /run/netns: it knows stale files for what they are.
        if (target.Value is string name && NetNamespaceDirectory.Has(name))
        {
            return new NetTarget(NetNamespaceList.Open(name), name);
        }

        if (OpenNearby(target, names) is NetTarget nearby)
        {
            return nearby;
        }

        using ResolvedTarget resolved = target.Resolve(NamespaceTypeSet.Of(NamespaceType.Net), cancellation);
        NamespaceHandle handle = resolved.Take(NamespaceType.Net)
            ?? throw new NamespaceException(ErrorIds.NotANetNamespace, $"{resolved.Label} is not a net namespace.", "Get-Namespace Net lists the net namespaces.");
        return new NetTarget(handle, names.Find(handle), resolved.Process is ProcessHandle process ? ContainerOf(process.ProcessId) : null) { ProcessId = resolved.Process?.ProcessId };
    }

    // A search of the machine is not needed for what has a name, or is the session's own.
    private static NetTarget? OpenNearby(NamespaceTarget target, NetNamesByInode names)
    {
        if (ToSeen(target.Value) is not NamespaceInfo seen)
        {
            return null;
        }

        NetTarget found = names.Find(seen.Inode) is string known ? new NetTarget(NetNamespaceList.Open(known), known) : OpenOwn();
        if (NamespaceIdentity.IsSame(seen, found.Handle))
        {
            return found;
        }

        found.Dispose();
        return null;
    }

    // A target that says nothing about a net namespace but which one it is.
    private static NamespaceInfo? ToSeen(object value)
    {
        const string Start = "net:[";
        return value switch
        {
            NamespaceInfo { Type: NamespaceType.Net, Path: null } info => info,
            string text when text.StartsWith(Start, StringComparison.Ordinal)
                && ulong.TryParse(text.AsSpan(Start.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode) =>
                new NamespaceInfo { Type = NamespaceType.Net, Inode = inode },
            _ => null,
        };
    }

    public void Dispose() => Handle.Dispose();

    private static string? ContainerOf(int processId)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        if (!ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            return new ContainerDetector(proc, new CurrentNamespaces(proc)).Find(process)?.ToString();
        }
    }

    private static bool IsHost(ulong inode)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        return new CurrentNamespaces(proc).IsInitial(NamespaceType.Net, inode);
    }
}
