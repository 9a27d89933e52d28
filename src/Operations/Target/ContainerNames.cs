using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>
/// The names of containers that have long ids, from the files in which their runtimes keep them. LXC, nspawn, runc and
/// ctr have no other ids than names.
/// </summary>
internal sealed partial class ContainerNames
{
    private readonly string _root;
    private readonly string[] _homes;
    private readonly string[] _dockerFolders;
    private readonly Dictionary<string, HashSet<string>> _byId = [];

    /// <summary>Reads what is kept in tables; files that cannot be read or understood are passed over.</summary>
    /// <param name="root">The file system, or a copy of what matters of it.</param>
    internal ContainerNames(string root = "/")
    {
        _root = root;
        _homes = [.. Folders("home"), At("root")];
        _dockerFolders = [DockerFolder(), .. _homes.Select(home => Path.Combine(home, ".local/share/docker"))];
        foreach (string store in _homes.Select(home => Path.Combine(home, ".local/share/containers/storage")).Prepend(At("var/lib/containers/storage")))
        {
            ReadStore(store);
        }

        ReadNerdctl();
        ReadKubernetesLogs();
    }

    /// <summary>All names that are known of a container; none for most runtimes.</summary>
    internal IReadOnlyCollection<string> Of(Container container)
    {
        HashSet<string> names = [.. _byId.GetValueOrDefault(container.Id) ?? []];
        if (LongId().IsMatch(container.Id))
        {
            foreach (string folder in _dockerFolders)
            {
                string file = Path.Combine(folder, "containers", container.Id, "config.v2.json");
                ReadJson(file, config => names.Add(Text(config, "Name").TrimStart('/')));
            }
        }

        return names;
    }

    private string At(string path) => Path.Combine(_root, path);

    private void Add(string id, string name)
    {
        if (!_byId.TryGetValue(id, out HashSet<string>? names))
        {
            names = [];
            _byId.Add(id, names);
        }

        names.Add(name);
    }

    // Its administrator may have put it elsewhere.
    private string DockerFolder()
    {
        string folder = "/var/lib/docker";
        ReadJson(At("etc/docker/daemon.json"), config => folder = Text(config, "data-root"));
        return At(folder.TrimStart('/'));
    }

    // podman and cri-o. What goes with its container (--rm) is kept in the volatile file.
    private void ReadStore(string store)
    {
        foreach (string folder in FoldersOf(store).Where(folder => folder.EndsWith("-containers", StringComparison.Ordinal)))
        {
            foreach (string file in new[] { "containers.json", "volatile-containers.json" })
            {
                ReadJson(Path.Combine(folder, file), table =>
                {
                    foreach (JsonElement container in table.EnumerateArray().Where(container => container.TryGetProperty("names", out JsonElement names) && names.ValueKind == JsonValueKind.Array))
                    {
                        foreach (JsonElement name in container.GetProperty("names").EnumerateArray())
                        {
                            Add(Text(container, "id"), name.ToString());
                        }
                    }
                });
            }
        }
    }

    // ADDRESS/names/NAMESPACE/NAME has the id as its text.
    private void ReadNerdctl()
    {
        foreach (string folder in _homes.Select(home => Path.Combine(home, ".local/share/nerdctl")).Prepend(At("var/lib/nerdctl"))
            .SelectMany(FoldersOf).SelectMany(address => FoldersOf(Path.Combine(address, "names"))))
        {
            foreach (string file in FilesOf(folder))
            {
                if (PlainFile.TryRead(file) is byte[] id)
                {
                    Add(System.Text.Encoding.UTF8.GetString(id).Trim(), Path.GetFileName(file));
                }
            }
        }
    }

    // The kubelet links POD_NAMESPACE_CONTAINER-ID.log for each; a container goes by its own name and by that of its pod.
    private void ReadKubernetesLogs()
    {
        foreach (Match log in FilesOf(At("var/log/containers")).Select(file => Log().Match(Path.GetFileName(file))).Where(log => log.Success))
        {
            foreach (string part in new[] { "pod", "name", "whole" })
            {
                Add(log.Groups["hex"].Value, log.Groups[part].Value);
            }
        }
    }

    private string[] Folders(string path) => FoldersOf(At(path));

    private static string[] FoldersOf(string path) => List(path, Directory.GetDirectories);

    private static string[] FilesOf(string path) => List(path, Directory.GetFiles);

    private static string[] List(string path, Func<string, string[]> list)
    {
        try
        {
            return Directory.Exists(path) ? list(path) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).ToString();

    private static void ReadJson(string file, Action<JsonElement> read)
    {
        try
        {
            if (PlainFile.TryRead(file) is byte[] text)
            {
                using JsonDocument document = JsonDocument.Parse(text);
                read(document.RootElement);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return;
        }
    }

    [GeneratedRegex(@"^[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LongId();

    [GeneratedRegex(@"^(?<whole>(?<pod>[^_]+)_[^_]+_(?<name>[^_]+))-(?<hex>[0-9a-f]{64})\.log\z", RegexOptions.CultureInvariant)]
    private static partial Regex Log();
}
