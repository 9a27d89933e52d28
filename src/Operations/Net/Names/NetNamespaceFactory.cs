using System;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Targets;
using LinuxNamespaces.Operations.Uses;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>Makes named net namespaces. One object serves any number of names with one thread.</summary>
internal sealed class NetNamespaceFactory(CancellationToken cancellation) : IDisposable
{
    /// <summary>lo has this index in every net namespace.</summary>
    internal const int LoopbackIndex = 1;

    private NamespaceThread? _thread;
    private NetNsIds? _ids;
    private bool _prepared;

    private NamespaceThread Thread => _thread ??= new NamespaceThread();

    private NetNsIds Ids => _ids ??= new NetNsIds();

    /// <summary>The places that could not be searched for other users of a file that was cleaned up, as a sentence; null where all was.</summary>
    internal string? HiddenText { get; private set; }

    /// <summary>Makes several; see <see cref="Create"/>.</summary>
    internal List<NameResult<NetNamespaceInfo>> CreateAll(IReadOnlyList<string> names, NetNamespaceSettings settings) =>
        NameResult<NetNamespaceInfo>.ForEach(Thread, names, name => Create(name, settings), cancellation);

    /// <summary>
    /// Makes a namespace, or takes that of a process, and gives it a name. The bind is the last thing done: a
    /// name that can be used is ready for use, and one that could not be finished is not there.
    /// </summary>
    /// <exception cref="NamespaceException">The name is bad or taken, or this is not allowed here.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal NetNamespaceInfo Create(string name, NetNamespaceSettings settings)
    {
        NetNamespaceName.Validate(name);
        cancellation.ThrowIfCancellationRequested();
        if (!_prepared)
        {
            NetNamespaceDirectory.Prepare(cancellation);
            _prepared = true;
        }

        Reserve(name, settings.Force);
        try
        {
            using NamespaceHandle handle = settings.ProcessId is int processId ? NamespaceFile.OpenOf(processId, NamespaceType.Net) : CreateFresh();
            if (settings.LoopbackUp)
            {
                using NetlinkSocket inside = NetlinkSocket.OpenIn(Thread, handle);
                inside.Execute(LinkMessage.SetUp(LoopbackIndex, up: true), "lo");
            }

            if (settings.NetNsId is NetNsIdChoice choice)
            {
                Ids.Assign(handle, name, choice);
            }

            int errno = MountCall.Bind(handle, NetNamespaceDirectory.PathOf(name));
            if (errno != 0)
            {
                throw NetNamespaceDirectory.Denied(errno, "mount", NetNamespaceDirectory.PathOf(name));
            }

            // Nobody can be in one that is new, so nobody is looked for.
            using ProcFileSystem? proc = settings.ProcessId is null ? null : ProcFileSystem.Open();
            int? id = settings is { NetNsId: null, ProcessId: null } ? null : Ids.Find(handle);
            return NetNamespaceList.Describe(name, new NamespaceIdentity(NamespaceType.Net, handle), id, [], proc is null ? null : new CurrentNamespaces(proc));
        }
        catch
        {
            _ = MountCall.Unmount(NetNamespaceDirectory.PathOf(name), detach: true);
            _ = NetNamespaceDirectory.DeleteFile(name);
            throw;
        }
    }

    public void Dispose()
    {
        _thread?.Dispose();
        _ids?.Dispose();
    }

    private void Reserve(string name, bool force)
    {
        int errno = NetNamespaceDirectory.CreateFile(name);
        if (errno == LibC.EEXIST)
        {
            if (NetNamespaceList.TryIdentify(name, out _))
            {
                throw new NamespaceException(
                    ErrorIds.NetNamespaceExists,
                    $"There is a net namespace named '{name}' already.",
                    "Choose another name, or remove that one with Remove-NetNamespace.");
            }

            if (!force)
            {
                throw StaleNetNamespace.Describe(name);
            }

            FileUses uses = FileUses.Read(cancellation);
            HiddenText = uses.UnseenText;
            StaleNetNamespace.RequireUnused(name, uses);
            errno = NetNamespaceDirectory.DeleteFile(name);
            errno = errno is 0 or LibC.ENOENT ? NetNamespaceDirectory.CreateFile(name) : errno;
        }

        if (errno != 0)
        {
            throw NetNamespaceDirectory.Denied(errno, "open", NetNamespaceDirectory.PathOf(name));
        }
    }

    private NamespaceHandle CreateFresh()
    {
        try
        {
            return Thread.CreateNamespace();
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EPERM)
        {
            throw NetNamespaceDirectory.Denied(exception.NativeErrorCode, exception.Syscall, "CLONE_NEWNET");
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.ENOSPC)
        {
            throw new NamespaceException(
                ErrorIds.NetNamespaceLimit,
                "There are as many net namespaces as this user may have.",
                "Get-NamespaceLimit lists the users and their counts. Remove some, or raise the limit (sysctl user.max_net_namespaces): Set-NamespaceLimit Net N, in this user namespace and its parents.",
                exception);
        }
    }
}
