using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Containers;

/// <summary>
/// The containers whose runtimes keep their state below /run: runc and crun (also below containerd and Docker) go by
/// names of any form, which no cgroup path gives away. Users keep theirs below /run/user, where they can write anything.
/// </summary>
internal sealed class ContainerStates
{
    private readonly List<ContainerProcess> _all = [];
    private readonly Dictionary<ulong, Container> _byMountNamespace = [];

    /// <summary>Each with the process it began with; that may have ended.</summary>
    internal IReadOnlyList<ContainerProcess> All => _all;

    /// <summary>Reads what there is; files that cannot be read or understood are passed over.</summary>
    /// <param name="proc">Where the first processes are looked up.</param>
    /// <param name="own">The caller's own mount namespace: a container that shares it is not told apart.</param>
    /// <param name="root">/run, or a copy of it.</param>
    internal static ContainerStates Read(ProcFileSystem proc, ulong own, string root = "/run")
    {
        ContainerStates states = new();
        foreach (string file in FindFiles(root))
        {
            if (TryRead(file, null) is ContainerProcess container)
            {
                states.Add(proc, own, container);
            }
        }

        // After root's, whose word is the first.
        foreach (string home in Folders(Path.Combine(root, "user")))
        {
            if (!FileStatus.TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(home + '\0'), out FileStatus status))
            {
                continue;
            }

            foreach (string file in FindFiles(home))
            {
                if (TryRead(file, status.UserId) is ContainerProcess container)
                {
                    states.Add(proc, own, container);
                }
            }
        }

        return states;
    }

    /// <summary>The container a process is in; null for none of these.</summary>
    internal Container? Find(in ProcessDirectory process) => _byMountNamespace.Count == 0
        ? null
        : _byMountNamespace.GetValueOrDefault(process.ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.Mnt)));

    private void Add(ProcFileSystem proc, ulong own, ContainerProcess container)
    {
        // Root's may name a process that has ended.
        if (container.Container.UserId == 0)
        {
            _all.Add(container);
        }

        if (!ProcessDirectory.TryOpen(proc, container.Process.ProcessId, out ProcessDirectory process))
        {
            return;
        }

        using (process)
        {
            if (container.Container.UserId != 0)
            {
                if (!IsOf(process, container.Container.UserId))
                {
                    return;
                }

                _all.Add(container);
            }

            ulong inode = process.ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.Mnt));
            if (inode != 0 && inode != own && process.TryReadStat(out ProcessStat stat) && stat.StartTime == (container.Process.StartTicks ?? stat.StartTime))
            {
                // What came into it without its control groups is in the same container as its first process.
                _byMountNamespace.TryAdd(inode, ContainerIdentity.Of(process) ?? container.Container with { Place = $"mnt:[{inode}]" });
            }
        }
    }

    // Users make containers in user namespaces of their own, and mount namespaces belong to these: no file can claim another's.
    private static bool IsOf(in ProcessDirectory process, uint userId)
    {
        using NamespaceHandle? mounts = process.OpenNamespace(NamespaceLink.PathOf(NamespaceType.Mnt));
        NamespaceHandle? owner = mounts?.OpenOwner();
        while (owner is not null)
        {
            using NamespaceHandle current = owner;
            if (current.OwnerUserId == userId)
            {
                return true;
            }

            owner = current.OpenParent();
        }

        return false;
    }

    private static IEnumerable<string> FindFiles(string root)
    {
        IEnumerable<string> states =
        [
            .. Folders(Path.Combine(root, "runc")),
            .. Folders(Path.Combine(root, "crun")),
            .. Folders(Path.Combine(root, "containerd/runc")).SelectMany(Folders),
            .. Folders(Path.Combine(root, "docker/runtime-runc")).SelectMany(Folders),
        ];
        return states.SelectMany(folder => new[] { Path.Combine(folder, "state.json"), Path.Combine(folder, "status") }).Where(File.Exists);
    }

    private static string[] Folders(string path)
    {
        try
        {
            return Directory.Exists(path) ? Directory.GetDirectories(path) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Of a user's home only what the user has written: a link leads anywhere.
    private static ContainerProcess? TryRead(string file, uint? userId)
    {
        try
        {
            if (PlainFile.TryRead(file, out uint writer) is not byte[] text || (userId ?? writer) != writer)
            {
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement state = document.RootElement;
            string id = Path.GetFileName(Path.GetDirectoryName(file))!;
            bool isRunc = Path.GetFileName(file) == "state.json";
            int processId = state.GetProperty(isRunc ? "init_process_pid" : "pid").GetInt32();
            ulong? startTicks = state.TryGetProperty(isRunc ? "init_process_start" : "process-start-time", out JsonElement start) ? start.GetUInt64() : null;
            string runtime = file.Contains("/containerd/", StringComparison.Ordinal) ? "containerd"
                : file.Contains("/docker/", StringComparison.Ordinal) ? "docker"
                : isRunc ? "runc" : "crun";
            return new ContainerProcess(new Container(runtime, SafeText.Escape(id), null) { UserId = userId ?? 0 }, new ProcessIdentity(processId, startTicks));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
