using System;
using System.Collections.Generic;
using System.Globalization;
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
    /// <param name="own">The caller's own mount namespace: a container that shares it is not recognized.</param>
    /// <param name="root">/run, or a copy of it.</param>
    internal static ContainerStates Read(ProcFileSystem proc, ulong own, string root = "/run")
    {
        ContainerStates states = new();
        foreach (ContainerProcess container in FindFiles(root).Select(file => TryRead(file, null)).Concat(Machines(root)).OfType<ContainerProcess>())
        {
            states.Add(proc, own, container);
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
    internal Container? Find(ulong mountNamespace) => _byMountNamespace.GetValueOrDefault(mountNamespace);

    /// <inheritdoc cref="Find(ulong)"/>
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
                // A process that joined without changing its control groups is in the same container as the first process.
                _byMountNamespace.TryAdd(inode, ContainerIdentity.Of(process, []) ?? container.Container with { Place = $"mnt:[{inode}]" });
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

    // The machines of systemd-machined: a file for each machine, and links to it by the names of units. It alone gives the name of a container of
    // systemd-nspawn that keeps the unit it was started in.
    private static IEnumerable<ContainerProcess?> Machines(string root)
    {
        string folder = Path.Combine(root, "systemd/machines");
        return !Directory.Exists(folder) ? [] : Directory.GetFiles(folder).Where(file => !Path.GetFileName(file).Contains(':')).Select(TryReadMachine);
    }

    private static ContainerProcess? TryReadMachine(string file)
    {
        if (PlainFile.TryRead(file, out _) is not byte[] text)
        {
            return null;
        }

        Dictionary<string, string> values = [];
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            if (line.Split('=', 2) is [string key, string value])
            {
                values[key] = value.Trim('"');
            }
        }

        return values.GetValueOrDefault("CLASS") == "container" && values.GetValueOrDefault("SERVICE") == "systemd-nspawn"
            && int.TryParse(values.GetValueOrDefault("LEADER"), NumberStyles.None, CultureInfo.InvariantCulture, out int leader)
            ? new ContainerProcess(new Container("nspawn", SafeText.Escape(Path.GetFileName(file)), null), new ProcessIdentity(leader, null))
            : null;
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

    // podman keeps its bundles with its storage, cri-o its own below /run: that identifies containers without control groups of their own.
    private static string? RuntimeOfBundle(JsonElement state, string id)
    {
        string? bundle = state.TryGetProperty("bundle", out JsonElement value) ? value.ToString()
            : !state.TryGetProperty("config", out JsonElement config) || !config.TryGetProperty("labels", out JsonElement labels) || labels.ValueKind != JsonValueKind.Array ? null
            : labels.EnumerateArray().Select(label => label.ToString()).FirstOrDefault(label => label.StartsWith("bundle=", StringComparison.Ordinal))?["bundle=".Length..];
        return bundle?.EndsWith($"-containers/{id}/userdata", StringComparison.Ordinal) != true ? null
            : bundle.StartsWith("/run/containers/", StringComparison.Ordinal) ? "cri-o"
            : "podman";
    }

    // In a user's home only files of that user count: a link leads anywhere.
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
            string runtime = RuntimeOfBundle(state, id) is string manager ? manager
                : file.Contains("/containerd/", StringComparison.Ordinal) ? "containerd"
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
