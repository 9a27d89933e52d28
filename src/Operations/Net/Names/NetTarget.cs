using System;
using System.Globalization;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>An open net namespace and what to call it.</summary>
internal sealed class NetTarget : IDisposable
{
    /// <param name="handle">Passes to this object.</param>
    /// <param name="name">Its name; null for one without.</param>
    internal NetTarget(NamespaceHandle handle, string? name)
    {
        Handle = handle;
        Name = name ?? string.Create(CultureInfo.InvariantCulture, $"net:[{handle.Inode}]");
    }

    /// <summary>Where the kernel shows the calling thread's own net namespace.</summary>
    internal const string OwnPath = "/proc/thread-self/ns/net";

    internal NamespaceHandle Handle { get; }

    internal string Name { get; }

    /// <summary>The namespace of an object, if it is there still.</summary>
    /// <exception cref="NamespaceException">It is no net namespace, cannot be opened by a file, or is no more.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static NetTarget Open(NamespaceInfo info)
    {
        if (info.Type != NamespaceType.Net)
        {
            throw new NamespaceException("NotANetNamespace", $"{info} is not a net namespace.", "Get-Namespace Net gives those that are.");
        }

        if (info.Path is not string path)
        {
            throw new NamespaceException(
                "NamespaceHasNoFile", $"{info} is kept by something that gives no file to open it by.", "Give the process that keeps it a file of it.");
        }

        NamespaceHandle handle = NamespaceFile.Open(path);
        if (handle.Inode == info.Inode && (info.NamespaceId is null || handle.NamespaceId == info.NamespaceId))
        {
            return new NetTarget(handle, info.Name);
        }

        handle.Dispose();
        throw new NamespaceException("NamespaceNotFound", $"{info} is not at '{path}' any more.", "Get it again.");
    }

    /// <summary>The net namespace of the calling thread.</summary>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    internal static NetTarget OpenOwn() => new(NamespaceFile.Open(OwnPath), null);

    /// <summary>The net namespace of whatever a user names.</summary>
    /// <param name="target">A process, namespace, name, path or container.</param>
    /// <param name="names">The names there are, for targets that are given otherwise.</param>
    /// <param name="cancellation">Ends a search of the machine.</param>
    /// <exception cref="NamespaceException">There is no such target, or it is not a net namespace.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static NetTarget Open(NamespaceTarget target, NetNamesByInode names, CancellationToken cancellation)
    {
        using ResolvedTarget resolved = target.Resolve(1 << (int)NamespaceType.Net, cancellation);
        NamespaceHandle handle = resolved.Take(NamespaceType.Net)
            ?? throw new NamespaceException("NotANetNamespace", $"{resolved.Label} is not a net namespace.", "Get-Namespace Net lists the net namespaces.");
        return new NetTarget(handle, names.Find(handle));
    }

    public void Dispose() => Handle.Dispose();
}
