using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Containers;

/// <summary>Finds the container of a process from its cgroup path.</summary>
internal static partial class ContainerIdentity
{
    /// <summary>The container a process is in; null outside of containers.</summary>
    /// <param name="process">The process.</param>
    /// <param name="known">The results so far, by the text of the file, because most processes share a few. New results are added.</param>
    internal static Container? Of(in ProcessDirectory process, Dictionary<string, Container?> known)
    {
        Span<byte> buffer = stackalloc byte[4096];
        if (!process.TryReadFile("cgroup\0"u8, buffer, out int length))
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(buffer[..length]);
        if (!known.TryGetValue(text, out Container? container))
        {
            container = FromCgroupFile(text);
            container = container is { UserId: 0, Place: string place } ? container with { UserId = MakerOf(place) } : container;
            container = container is { Runtime: "lxc", UserId: 0 } ? OfManager(container) : container;
            known.Add(text, container);
        }

        return container;
    }

    /// <summary>Incus and LXD run theirs by LXC: the folder that the manager keeps for a container shows whose it is.</summary>
    /// <param name="container">As its control group tells.</param>
    /// <param name="root">The file system, or a copy of what matters of it.</param>
    internal static Container OfManager(Container container, string root = "/")
    {
        foreach ((string runtime, string folder) in s_managers)
        {
            // Its entry may be a link into a storage pool that only root may enter.
            if (FileStatus.TryGetLink(Encoding.UTF8.GetBytes(Path.Combine(root, folder, container.Id) + '\0'), out _))
            {
                return container with { Runtime = runtime };
            }
        }

        return container;
    }

    /// <summary>Finds the container in the text of /proc/PID/cgroup, version 1, 2 or both; the first hierarchy that names one counts.</summary>
    internal static Container? FromCgroupFile(string text) => text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(':', 3) is [_, string hierarchy, string path] ? FromCgroupPath(hierarchy, path) : null)
        .FirstOrDefault(container => container is not null);

    private static Container? FromCgroupPath(string hierarchy, string path)
    {
        // The innermost: containers of a container have it in their path.
        Match? match = ContainerPath().Matches(path).LastOrDefault();
        if (match is null)
        {
            return null;
        }

        // In version 2 systemd-nspawn moves the container and itself into groups of their own. While it starts or ends, it is in that of the unit.
        string rest = path[(match.Index + match.Length)..];
        if (hierarchy.Length == 0 && match.Groups["unit"].Success && rest != "/payload" && !rest.StartsWith("/payload/", StringComparison.Ordinal))
        {
            return null;
        }

        string place = $"{hierarchy}:{path[..(match.Index + match.Length)]}";

        // The outermost: below their own slice users make groups of any name.
        Match user = UserPath().Match(path);
        uint userId = user.Success ? uint.Parse(user.Groups["uid"].Value, CultureInfo.InvariantCulture) : 0;
        if (match.Groups["hex"] is { Success: true } hex)
        {
            string runtime = match.Groups["runtime"].Value switch
            {
                "libpod" => "podman",
                "cri-containerd" or "nerdctl" => "containerd",
                "crio" => "cri-o",
                "docker" => "docker",
                _ => path.Contains("kubepods", StringComparison.Ordinal) ? "kubernetes" : "oci",
            };
            return new Container(runtime, hex.Value, PodOf(path)) { UserId = userId, Place = place };
        }

        foreach (string runtime in s_named)
        {
            if (match.Groups[runtime] is { Success: true } name)
            {
                return new Container(runtime, SafeText.Escape(UnescapeUnit(name.Value)), null) { UserId = userId, Place = place };
            }
        }

        return null;
    }

    // Any group may have been handed to a user, who makes others in it: the owner of the one above has made this one.
    private static uint MakerOf(string place)
    {
        int colon = place.IndexOf(':');
        string hierarchy = place[..colon];
        string path = place[(colon + 1)..];
        if (path.StartsWith("/..", StringComparison.Ordinal))
        {
            // Out of our cgroup namespace it leads to anything.
            return 0;
        }

        // Next to hierarchies of version 1, systemd mounts version 2 as "unified".
        string[] mounts = hierarchy.Length == 0 ? ["unified", string.Empty] : [hierarchy.StartsWith("name=", StringComparison.Ordinal) ? hierarchy["name=".Length..] : hierarchy];
        foreach (string mount in mounts)
        {
            byte[] above = Encoding.UTF8.GetBytes(Path.Join("/sys/fs/cgroup", mount, path[..path.LastIndexOf('/')]) + '\0');
            if (FileStatus.TryGet(LibC.AT_FDCWD, above, out FileStatus status))
            {
                return status.UserId;
            }
        }

        return 0;
    }

    private static readonly (string Runtime, string Folder)[] s_managers =
    [
        ("incus", "var/lib/incus/containers"),
        ("lxd", "var/lib/lxd/containers"),
        ("lxd", "var/snap/lxd/common/lxd/containers"),
    ];

    // The groups of the pattern that hold names.
    private static readonly string[] s_named = ["lxc", "nspawn", "libvirt", "containerd"];

    // systemd's names have underscores where the uid has dashes.
    private static string? PodOf(string path)
    {
        Match match = PodPath().Match(path);
        return !match.Success ? null
            : match.Groups["uid"] is { Success: true } uid ? uid.Value.Replace('_', '-')
            : match.Groups["podman"].Value;
    }

    // systemd writes a dash in a name as \x2d.
    private static string UnescapeUnit(string name) =>
        EscapedByte().Replace(name, match => ((char)Convert.ToByte(match.Groups["hex"].Value, 16)).ToString());

    // containerd's own namespaces: /default/NAME and /k8s.io/NAME. By id: docker-HEX.scope, libpod-HEX.scope, nerdctl-HEX.scope,
    // cri-containerd-HEX.scope, crio-HEX.scope, /docker/HEX and bare /HEX. LXC: lxc.payload.NAME, lxc.payload/NAME and lxc/NAME. libvirt:
    // machine-lxc\x2dNUMBER\x2dNAME.scope, while its machine-qemu... is a virtual machine. systemd: machine-NAME.scope and systemd-nspawn@NAME.service.
    // From systemd 258 on it is NAME.scope below machine.slice, where the payload distinguishes it from others. The supervisor is systemd-nspawn
    // itself, which is outside.
    [GeneratedRegex(
        @"^/(?:default|k8s\.io)/(?<containerd>[A-Za-z0-9][A-Za-z0-9._-]*)(?=/|$)" +
        @"|/(?:(?<runtime>docker|libpod|nerdctl|cri-containerd|crio)[-/])?(?<hex>[0-9a-f]{64})(?:\.scope)?(?=/|$)" +
        @"|/lxc(?:\.payload[./]|/)(?<lxc>[^/]+)" +
        @"|/machine-lxc\\x2d[0-9]+\\x2d(?<libvirt>[^/]+)\.scope(?=/|$)" +
        @"|/(?:machine-(?!libpod|qemu\\x2d)|(?<unit>systemd-nspawn@))(?<nspawn>[^/]+)\.(?:scope|service)(?=/|$)(?!/supervisor(?:/|$))" +
        @"|/machine\.slice/(?!machine-|libpod-|systemd-nspawn@)(?<nspawn>[^/]+)\.scope(?=/payload(?:/|$))",
        RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPath();

    [GeneratedRegex(@"/user\.slice/user-(?<uid>[0-9]{1,9})\.slice(?=/)|/user@(?<uid>[0-9]{1,9})\.service(?=/)", RegexOptions.CultureInvariant)]
    private static partial Regex UserPath();

    [GeneratedRegex(
        @"pod(?<uid>[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?/|libpod_pod_(?<podman>[0-9a-f]{64})",
        RegexOptions.CultureInvariant)]
    private static partial Regex PodPath();

    [GeneratedRegex(@"\\x(?<hex>[0-9a-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex EscapedByte();
}
