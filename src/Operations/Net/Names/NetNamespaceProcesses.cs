using System;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>Which processes are in which net namespace: the small part of an inventory that named ones need.</summary>
internal sealed class NetNamespaceProcesses : IDisposable
{
    private readonly ProcFileSystem _proc;
    private readonly ContainerDetector _containers;
    private readonly UserDatabase _users = new();
    private readonly Dictionary<ulong, List<int>> _processIds = [];

    private NetNamespaceProcesses(ProcFileSystem proc)
    {
        _proc = proc;
        _containers = new ContainerDetector(proc, new CurrentNamespaces(proc));
    }

    /// <summary>Looks at all processes.</summary>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static NetNamespaceProcesses Read(CancellationToken cancellation)
    {
        NetNamespaceProcesses processes = new(ProcFileSystem.Open());
        try
        {
            processes.Scan(cancellation);
            return processes;
        }
        catch
        {
            processes.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Looks at all processes once for a whole listing. Where a name has gone or stands for another namespace by now there is nobody: the
    /// inode alone may be that other one's.
    /// </summary>
    /// <exception cref="NamespaceException">There is no usable /proc.</exception>
    internal static void ReadAll(IReadOnlyList<NetNamespaceInfo> listing)
    {
        using NetNamespaceProcesses processes = Read(CancellationToken.None);
        foreach (NetNamespaceInfo info in listing)
        {
            bool isSame = NetNamespaceList.TryIdentify(info.Name!, out NamespaceIdentity now) && NamespaceIdentity.IsSame(info, now.Inode, now.NamespaceId);
            info.Set(isSame ? processes.Find(info.Inode) : NamespaceProcesses.None);
        }
    }

    /// <summary>The processes in one namespace.</summary>
    internal NamespaceProcesses Find(ulong inode)
    {
        foreach (int processId in _processIds.GetValueOrDefault(inode) ?? [])
        {
            if (ProcessDirectory.TryOpen(_proc, processId, out ProcessDirectory process))
            {
                using (process)
                {
                    if (ProcessDetails.Read(process, _containers) is ProcessDetails details)
                    {
                        return new NamespaceProcesses(_processIds[inode].Count, new FirstProcess(processId, details.ParentId, details.UserId, details.Command, details.Container), _users.NameOf(details.UserId));
                    }
                }
            }
        }

        return NamespaceProcesses.None;
    }

    public void Dispose() => _proc.Dispose();

    private void Scan(CancellationToken cancellation)
    {
        foreach (int processId in _proc.ReadProcessIds())
        {
            cancellation.ThrowIfCancellationRequested();
            ulong inode = _proc.ReadNamespaceInode(processId, NamespaceLink.PathOf(NamespaceType.Net));
            if (inode == 0)
            {
                continue;
            }

            if (!_processIds.TryGetValue(inode, out List<int>? ids))
            {
                ids = [];
                _processIds.Add(inode, ids);
            }

            ids.Add(processId);
        }
    }
}
