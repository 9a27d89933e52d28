using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Finds the processes of namespaces and reads their ids, outside and inside.</summary>
internal sealed class NamespaceProcessReader : IDisposable
{
    private readonly ProcFileSystem _proc = ProcFileSystem.Open();
    private readonly UserDatabase _users = new();
    private readonly Dictionary<ulong, IReadOnlyList<IdRange>?> _userMaps = [];
    private readonly Dictionary<ulong, bool> _hasId = [];
    private readonly ContainerDetector _containers;
    private readonly ulong _ownUserNamespace;
    private readonly DateTime _boot = ReadBootTime();

    internal NamespaceProcessReader()
    {
        CurrentNamespaces current = new(_proc);
        _ownUserNamespace = current.InodeOf(NamespaceType.User);
        _containers = new ContainerDetector(_proc, current);
    }

    /// <summary>
    /// The processes in any of the namespaces, by PID. An inode stands with the id its namespace must have, where
    /// that is known.
    /// </summary>
    /// <exception cref="LinuxException">The list of processes cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal IEnumerable<NamespaceProcess> Read(IReadOnlyDictionary<ulong, ulong?> wanted, ICollection<InventoryProblem> problems, Action<string, int, int>? progress, CancellationToken cancellation)
    {
        using ProcessScan scan = ProcessScan.Run(_proc, new InventoryOptions { Sources = NamespaceSource.Process, Progress = progress }, cancellation);
        foreach (InventoryProblem problem in scan.Problems)
        {
            problems.Add(problem);
        }

        if (!scan.IsByIterator && ProcessHiding.Read().IsInForce)
        {
            problems.Add(MissingProcess.Unlisted);
        }

        for (int i = 0; i < scan.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke("processes", i, scan.Count);
            ulong[] own = scan.InodesAt(i);
            if (IsInAny(scan.ProcessIdAt(i), own, wanted) && Describe(scan.ProcessIdAt(i), own) is NamespaceProcess process)
            {
                yield return process;
            }
        }
    }

    /// <summary>One process; null where there is none, or its namespaces may not be looked at.</summary>
    internal NamespaceProcess? Read(int processId)
    {
        if (!ProcessDirectory.TryOpen(_proc, processId, out ProcessDirectory process))
        {
            return null;
        }

        ulong[] inodes = new ulong[NamespaceTypes.Count];
        using (process)
        {
            for (int type = 0; type < inodes.Length; type++)
            {
                inodes[type] = process.ReadNamespaceInode(NamespaceLink.PathOf((NamespaceType)type));
            }
        }

        return inodes.Any(inode => inode != 0) ? Describe(processId, inodes) : null;
    }

    public void Dispose() => _proc.Dispose();

    private bool IsInAny(int processId, ulong[] inodes, IReadOnlyDictionary<ulong, ulong?> wanted)
    {
        for (int type = 0; type < inodes.Length; type++)
        {
            if (inodes[type] != 0 && wanted.TryGetValue(inodes[type], out ulong? id) && (id is null || HasId(processId, (NamespaceType)type, inodes[type], id.Value)))
            {
                return true;
            }
        }

        return false;
    }

    // Asked of the first process of each: the number of a namespace that has gone is soon that of another.
    private bool HasId(int processId, NamespaceType type, ulong inode, ulong id)
    {
        if (!_hasId.TryGetValue(inode, out bool has) && ProcessDirectory.TryOpen(_proc, processId, out ProcessDirectory process))
        {
            using (process)
            {
                using NamespaceHandle? handle = process.OpenNamespace(NamespaceLink.PathOf(type));
                if (handle is null)
                {
                    return false;
                }

                has = handle.Inode == inode && handle.NamespaceId == id;
                _hasId.Add(inode, has);
            }
        }

        return has;
    }

    // Null where it has ended since.
    private NamespaceProcess? Describe(int processId, ulong[] inodes)
    {
        if (!ProcessDirectory.TryOpen(_proc, processId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            byte[] buffer = new byte[ProcessStatus.MaxSize];
            if (!process.TryReadStat(out ProcessStat stat) || !process.TryReadFile("status\0"u8, buffer, out int length)
                || !ProcessStatus.TryParse(buffer.AsSpan(0, length), out ProcessStatus status))
            {
                return null;
            }

            Container? container = _containers.Find(process);
            return new NamespaceProcess
            {
                Id = processId,
                NamespacePid = status.NamespacePid,
                NSpid = status.ProcessIds,
                ParentId = stat.ParentId,
                Program = process.ReadName(),
                CommandLine = process.ReadCommandLine(),
                UserId = status.UserId,
                UserName = _users.NameOf(status.UserId),
                NamespaceUserId = InnerUserId(process, inodes[(int)NamespaceType.User], status.UserId),
                Container = container?.ToString(),
                ContainerId = container is { Id.Length: > 0 } ? container.Id : null,
                Pod = container?.Pod,
                StartTime = _boot.AddSeconds(stat.StartTime / TicksPerSecond),
                StartTicks = stat.StartTime,
                IsZombie = process.IsZombie,
                Inodes = inodes,
            };
        }
    }

    // The file of our own user namespace is relative to its parent; all others are relative to ours.
    private uint? InnerUserId(in ProcessDirectory process, ulong userNamespace, uint userId)
    {
        if (userNamespace == _ownUserNamespace)
        {
            return userId;
        }

        if (!_userMaps.TryGetValue(userNamespace, out IReadOnlyList<IdRange>? map))
        {
            map = IdRange.TryReadAll(process.Descriptor, IdRange.UserFile);
            _userMaps.Add(userNamespace, map);
        }

        return map is null ? null : IdRange.ToInner(map, userId);
    }

    private static readonly double TicksPerSecond = LibC.sysconf(LibC._SC_CLK_TCK);

    // The line "btime SECONDS" of /proc/stat.
    private static DateTime ReadBootTime()
    {
        string? line = KernelFile.TryRead("/proc/stat")?.Split('\n').FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return DateTimeOffset.FromUnixTimeSeconds(line is null ? 0 : long.Parse(line.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture)).LocalDateTime;
    }
}
