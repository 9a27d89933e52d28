using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Containers;

/// <summary>
/// The names of containers that have long ids, from the files in which their runtimes keep them. LXC, nspawn, runc and
/// ctr have no other ids than names. Everybody can write into such a file below their home: what it says goes for their own
/// containers alone.
/// </summary>
internal sealed partial class ContainerNames
{
    private readonly string _root;
    private readonly Store[] _dockerFolders;
    private readonly Dictionary<(uint UserId, string Id), HashSet<string>> _byId = [];

    /// <summary>Reads what is kept in tables; files that cannot be read or understood are passed over.</summary>
    /// <param name="root">The file system, or a copy of what matters of it.</param>
    internal ContainerNames(string root = "/")
    {
        _root = root;
        Store[] homes = [new(At("root"), 0, IsHome: false), .. Homes()];
        Store docker = Roots(DockerFolder());

        // A daemon with a user namespace keeps its containers in a folder with the name of the first ids: UID.GID.
        _dockerFolders = [docker, .. FoldersOf(docker.Path).Where(folder => IdPair().IsMatch(Path.GetFileName(folder))).Select(folder => docker with { Path = folder }), .. homes.Select(home => home.At(".local/share/docker"))];
        foreach (Store store in homes.Select(home => home.At(".local/share/containers/storage")).Prepend(Roots("var/lib/containers/storage")))
        {
            ReadStore(store);
        }

        foreach (Store store in homes.Select(home => home.At(".local/share/nerdctl")).Prepend(Roots("var/lib/nerdctl")))
        {
            ReadNerdctl(store);
        }

        ReadKubernetesLogs();
    }

    /// <summary>The one name to show of a container, fit for a terminal; null where none is known.</summary>
    internal string? NameOf(Container container) =>
        Of(container).Order(StringComparer.Ordinal).MaxBy(name => name.Count(letter => letter == '_')) is { Length: > 0 } name ? SafeText.Escape(name) : null;

    /// <summary>All names that are known of a container; none for most runtimes.</summary>
    internal IReadOnlyCollection<string> Of(Container container)
    {
        // Instances of a project other than the default one are PROJECT_NAME; neither name may itself have an underscore.
        if (container.Runtime is "incus" or "lxd")
        {
            return container.Id.Split('_') is [_, string name] ? [name] : [];
        }

        HashSet<string> names = [.. _byId.GetValueOrDefault((container.UserId, container.Id)) ?? []];
        if (LongId().IsMatch(container.Id))
        {
            foreach (Store folder in _dockerFolders.Where(folder => folder.UserId == container.UserId))
            {
                ReadJson(folder.At($"containers/{container.Id}/config.v2.json"), config => names.Add(Text(config, "Name").TrimStart('/')));
            }
        }

        return names;
    }

    private string At(string path) => Path.Combine(_root, path);

    private Store Roots(string path) => new(At(path), 0, IsHome: false);

    // Skips root's home, where other users may own folders. Reads another user's home only when running as root.
    private IEnumerable<Store> Homes()
    {
        foreach (string home in FoldersOf(At("home")))
        {
            if (FileStatus.TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(home + '\0'), out FileStatus status)
                && status.UserId != 0 && (LinuxUser.IsRoot || status.UserId == ProcessCredentials.UserId))
            {
                yield return new Store(home, status.UserId, IsHome: true);
            }
        }
    }

    private void Add(uint userId, string id, string name)
    {
        if (!_byId.TryGetValue((userId, id), out HashSet<string>? names))
        {
            names = [];
            _byId.Add((userId, id), names);
        }

        names.Add(name);
    }

    // Its administrator may have put it elsewhere.
    private string DockerFolder()
    {
        string folder = "/var/lib/docker";
        ReadJson(Roots("etc/docker/daemon.json"), config => folder = Text(config, "data-root"));
        return folder.TrimStart('/');
    }

    // podman and cri-o. The volatile file has the containers that are removed when they exit (--rm).
    private void ReadStore(Store store)
    {
        foreach (string folder in FoldersOf(store.Path).Where(folder => folder.EndsWith("-containers", StringComparison.Ordinal)))
        {
            foreach (string file in new[] { "containers.json", "volatile-containers.json" })
            {
                ReadJson(store with { Path = Path.Combine(folder, file) }, table =>
                {
                    foreach (JsonElement container in table.EnumerateArray().Where(container => container.TryGetProperty("names", out JsonElement names) && names.ValueKind == JsonValueKind.Array))
                    {
                        foreach (JsonElement name in container.GetProperty("names").EnumerateArray())
                        {
                            Add(store.UserId, Text(container, "id"), name.ToString());
                        }
                    }
                });
            }
        }
    }

    // ADDRESS/names/NAMESPACE/NAME has the id as its text.
    private void ReadNerdctl(Store store)
    {
        foreach (string folder in FoldersOf(store.Path).SelectMany(address => FoldersOf(Path.Combine(address, "names"))))
        {
            foreach (string file in FilesOf(folder))
            {
                if ((store with { Path = file }).TryRead() is byte[] id)
                {
                    Add(store.UserId, Encoding.UTF8.GetString(id).Trim(), Path.GetFileName(file));
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
                Add(0, log.Groups["hex"].Value, log.Groups[part].Value);
            }
        }
    }

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

    private static void ReadJson(Store file, Action<JsonElement> read)
    {
        try
        {
            if (file.TryRead() is byte[] text)
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

    // A place where names are kept, and who keeps them there.
    private sealed record Store(string Path, uint UserId, bool IsHome)
    {
        internal Store At(string path) => this with { Path = System.IO.Path.Combine(Path, path) };

        // In a home only what its owner has written: others may be let in, and links lead anywhere.
        internal byte[]? TryRead() => PlainFile.TryRead(Path, out uint writer) is byte[] bytes && (!IsHome || writer == UserId) ? bytes : null;
    }

    [GeneratedRegex(@"^[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LongId();

    [GeneratedRegex(@"^[0-9]+\.[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPair();

    [GeneratedRegex(@"^(?<whole>(?<pod>[^_]+)_[^_]+_(?<name>[^_]+))-(?<hex>[0-9a-f]{64})\.log\z", RegexOptions.CultureInvariant)]
    private static partial Regex Log();
}
