using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>
/// The containers whose runtimes keep their state below /run: runc and crun (also below containerd and Docker) go by
/// names of any form, which no cgroup path gives away.
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
            if (TryRead(file) is ContainerProcess container)
            {
                states.Add(proc, own, container);
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
        _all.Add(container);
        if (!ProcessDirectory.TryOpen(proc, container.Process.ProcessId, out ProcessDirectory process))
        {
            return;
        }

        using (process)
        {
            ulong inode = process.ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.Mnt));
            if (inode != 0 && inode != own && process.TryReadStat(out ProcessStat stat) && stat.StartTime == (container.Process.StartTicks ?? stat.StartTime))
            {
                _byMountNamespace.TryAdd(inode, container.Container);
            }
        }
    }

    private static IEnumerable<string> FindFiles(string root)
    {
        IEnumerable<string> homes = [root, .. Folders(Path.Combine(root, "user"))];
        IEnumerable<string> states =
        [
            .. homes.SelectMany(home => Folders(Path.Combine(home, "runc"))),
            .. homes.SelectMany(home => Folders(Path.Combine(home, "crun"))),
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

    private static ContainerProcess? TryRead(string file)
    {
        try
        {
            // Users have such folders too, below /run/user.
            if (PlainFile.TryRead(file) is not byte[] text)
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
            return new ContainerProcess(new Container(runtime, SafeText.Escape(id), null), new ProcessIdentity(processId, startTicks));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
