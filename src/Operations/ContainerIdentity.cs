using System;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Tells from the cgroup path of a process which container it runs in.</summary>
internal static partial class ContainerIdentity
{
    /// <summary>The container a process is in; null outside of containers.</summary>
    internal static Container? Of(in ProcessDirectory process)
    {
        Span<byte> buffer = stackalloc byte[4096];
        return process.TryReadFile("cgroup\0"u8, buffer, out int length) ? FromCgroupFile(Encoding.UTF8.GetString(buffer[..length])) : null;
    }

    /// <summary>Of the text of /proc/PID/cgroup, version 1, 2 or both; the first hierarchy that tells.</summary>
    internal static Container? FromCgroupFile(string text) => text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(':', 3) is [_, _, string path] ? FromCgroupPath(path) : null)
        .FirstOrDefault(container => container is not null);

    private static Container? FromCgroupPath(string path)
    {
        // The innermost: containers of a container have it in their path.
        Match? match = ContainerPath().Matches(path).LastOrDefault();
        if (match is null)
        {
            return null;
        }

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
            return new Container(runtime, hex.Value, PodOf(path));
        }

        foreach (string runtime in s_named)
        {
            if (match.Groups[runtime] is { Success: true } name)
            {
                return new Container(runtime, SafeText.Escape(UnescapeUnit(name.Value)), null);
            }
        }

        return null;
    }

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

    // containerd's own namespaces /default/NAME and /k8s.io/NAME; docker-HEX.scope, libpod-HEX.scope, nerdctl-HEX.scope,
    // cri-containerd-HEX.scope, crio-HEX.scope; /docker/HEX and bare /HEX; lxc.payload.NAME, lxc.payload/NAME and lxc/NAME;
    // machine-lxc\x2dNUMBER\x2dNAME.scope of libvirt, whose machine-qemu... is none; machine-NAME.scope and
    // systemd-nspawn@NAME.service.
    [GeneratedRegex(
        @"^/(?:default|k8s\.io)/(?<containerd>[A-Za-z0-9][A-Za-z0-9._-]*)(?=/|$)" +
        @"|/(?:(?<runtime>docker|libpod|nerdctl|cri-containerd|crio)[-/])?(?<hex>[0-9a-f]{64})(?:\.scope)?(?=/|$)" +
        @"|/lxc(?:\.payload[./]|/)(?<lxc>[^/]+)" +
        @"|/machine-lxc\\x2d[0-9]+\\x2d(?<libvirt>[^/]+)\.scope(?=/|$)" +
        @"|/(?:machine-(?!libpod|qemu\\x2d)|systemd-nspawn@)(?<nspawn>[^/]+)\.(?:scope|service)(?=/|$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPath();

    [GeneratedRegex(
        @"pod(?<uid>[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?/|libpod_pod_(?<podman>[0-9a-f]{64})",
        RegexOptions.CultureInvariant)]
    private static partial Regex PodPath();

    [GeneratedRegex(@"\\x(?<hex>[0-9a-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex EscapedByte();
}
