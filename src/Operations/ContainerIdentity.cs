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
                "cri-containerd" => "containerd",
                "crio" => "cri-o",
                "docker" => "docker",
                _ => path.Contains("kubepods", StringComparison.Ordinal) ? "kubernetes" : "oci",
            };
            return new Container(runtime, hex.Value, PodOf(path));
        }

        return match.Groups["lxc"].Success
            ? new Container("lxc", SafeText.Escape(match.Groups["lxc"].Value), null)
            : new Container("nspawn", SafeText.Escape(UnescapeUnit(match.Groups["machine"].Value)), null);
    }

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

    // docker-HEX.scope, libpod-HEX.scope, cri-containerd-HEX.scope, crio-HEX.scope; /docker/HEX and bare /HEX;
    // lxc.payload.NAME and lxc/NAME; machine-NAME.scope and systemd-nspawn@NAME.service.
    [GeneratedRegex(
        @"/(?:(?<runtime>docker|libpod|cri-containerd|crio)[-/])?(?<hex>[0-9a-f]{64})(?:\.scope)?(?=/|$)|/lxc(?:\.payload\.|/)(?<lxc>[^/]+)|/(?:machine-(?!libpod)|systemd-nspawn@)(?<machine>[^/]+)\.(?:scope|service)(?=/|$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPath();

    [GeneratedRegex(
        @"pod(?<uid>[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?/|libpod_pod_(?<podman>[0-9a-f]{64})",
        RegexOptions.CultureInvariant)]
    private static partial Regex PodPath();

    [GeneratedRegex(@"\\x(?<hex>[0-9a-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex EscapedByte();
}
