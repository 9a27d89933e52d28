using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>How many processes are in a namespace, and the one with the lowest PID.</summary>
internal readonly record struct NamespaceProcesses(int Count, (int Id, ProcessDetails Details)? First);

/// <summary>Which processes are in which net namespace: the small part of an inventory that named ones need.</summary>
internal sealed class NetNamespaceProcesses : IDisposable
{
    private readonly ProcFileSystem _proc;
    private readonly ContainerDetector _containers;
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

    /// <summary>Looks at all processes once for a whole listing.</summary>
    /// <exception cref="NamespaceException">There is no usable /proc.</exception>
    internal static void ReadAll(IReadOnlyList<NetNamespaceInfo> listing, Action<NetNamespaceInfo, NamespaceProcesses> set)
    {
        using NetNamespaceProcesses processes = Read(CancellationToken.None);
        foreach ((NetNamespaceInfo info, NamespaceProcesses inside) in listing.Select(info => (info, processes.Find(info.Inode))).ToArray())
        {
            set(info, inside);
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
                        return new NamespaceProcesses(_processIds[inode].Count, (processId, details));
                    }
                }
            }
        }

        return default;
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
