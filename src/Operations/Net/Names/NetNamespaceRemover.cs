using System;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Targets;
using LinuxNamespaces.Operations.Uses;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>Takes names of net namespaces away. One object serves any number of names with one thread.</summary>
internal sealed class NetNamespaceRemover(CancellationToken cancellation) : IDisposable
{
    // More mounts on one file than anybody makes by mistake.
    private const int MaxStackedMounts = 64;

    private NamespaceThread? _thread;

    private FileUses? _uses;
    private bool _wasForced;

    private NamespaceThread Thread => _thread ??= new NamespaceThread();

    /// <summary>Takes several away; see <see cref="Remove"/>.</summary>
    internal List<NameResult<ulong>> RemoveAll(IReadOnlyList<string> names, bool force) =>
        NameResult<ulong>.ForEach(Thread, names, name => Remove(name, force), cancellation);

    /// <summary>The places that could not be searched for other users of the names, as a sentence; null where all was.</summary>
    internal string? HiddenText => _wasForced ? _uses?.UnseenText : _uses?.HiddenText;

    /// <summary>Looks anew at the other mount namespaces before the next name is removed.</summary>
    internal void LookAgain() => _uses = null;

    /// <summary>
    /// Takes a name away. Network hardware is brought home to our net namespace first, unless processes inside
    /// may be using it. Others may keep the namespace: the inode returned identifies it, 0 for
    /// none.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="force">Clean up a stale plain file.</param>
    /// <param name="expected">The namespace it must still stand for; null for any.</param>
    /// <exception cref="NamespaceException">There is no such name, or it is not to be removed.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal ulong Remove(string name, bool force, NamespaceInfo? expected = null)
    {
        cancellation.ThrowIfCancellationRequested();
        ulong removed = 0;
        try
        {
            using NamespaceHandle handle = NetNamespaceList.Open(name);
            removed = handle.Inode;

            NetNamespaceList.RequireSame(name, handle, expected);
            StaleNetNamespace.RequireUnused(name, _uses ??= FileUses.Read(cancellation));
            ReturnDevices(handle);
        }
        catch (NamespaceException exception) when (force && exception.ErrorId == ErrorIds.StaleNetNamespaceFile)
        {
            // Nothing is mounted there, or nothing that is a net namespace: only the file is to go, where nobody else uses it.
            _wasForced = true;
            StaleNetNamespace.RequireUnused(name, _uses ??= FileUses.Read(cancellation));
        }

        Unmount(name);
        return removed;
    }

    public void Dispose() => _thread?.Dispose();

    private static void Unmount(string name)
    {
        string path = NetNamespaceDirectory.PathOf(name);

        // Detached as ip does it: somebody who has the file open keeps the namespace, not its name.
        int errno = 0;
        for (int i = 0; i < MaxStackedMounts && errno == 0; i++)
        {
            errno = MountCall.Unmount(path, detach: true);
        }

        // EINVAL: nothing mounted there any more, or something that may not be unmounted; unlink finds out.
        errno = errno is 0 or LibC.EINVAL or LibC.ENOENT ? NetNamespaceDirectory.DeleteFile(name) : errno;
        switch (errno)
        {
            case 0 or LibC.ENOENT:
                return;
            case LibC.EBUSY:
                throw new NamespaceException(
                    ErrorIds.NetNamespaceBusy,
                    $"'{path}' cannot be removed: its mount is locked, as those are that a user namespace inherited, or another mount lies on top of it.",
                    "Remove it in the mount namespace it comes from.",
                    new LinuxException(errno, "unlink", path));
            default:
                throw NetNamespaceDirectory.Denied(errno, "unlink", path);
        }
    }

    private void ReturnDevices(NamespaceHandle handle)
    {
        using NetlinkSocket inside = NetlinkSocket.OpenIn(Thread, handle);
        List<LinkMessage> hardware = inside.Dump(LinkMessage.GetAll(statistics: false), "links", LinkMessage.Parse, cancellation);
        hardware.RemoveAll(link => !IsHardware(link));
        if (hardware.Count > 0 && !HasProcesses(handle.Inode))
        {
            using NamespaceHandle home = NamespaceFile.Open("/proc/thread-self/ns/net");
            foreach (LinkMessage link in hardware)
            {
                Return(inside, link, home);
            }
        }
    }

    /// <summary>Whether the kernel made the interface for a device, and not on request.</summary>
    internal static bool IsHardware(LinkMessage link) => link.Kind is null && !link.IsLoopback;

    /// <summary>Moves an interface to another namespace, under a new name where its own is taken there.</summary>
    internal static void Return(NetlinkSocket inside, LinkMessage link, NamespaceHandle home)
    {
        try
        {
            inside.Execute(LinkMessage.Move(link.Index, home, null), link.Name);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST)
        {
            inside.Execute(LinkMessage.Move(link.Index, home, "dev%d"), link.Name);
        }
    }

    private bool HasProcesses(ulong inode)
    {
        using NetNamespaceProcesses processes = NetNamespaceProcesses.Read(cancellation);
        return processes.Find(inode).Count > 0;
    }
}
