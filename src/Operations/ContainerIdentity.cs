using System;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Tells from the cgroup path of a process which container it runs in.</summary>
internal static partial class ContainerIdentity
{
    /// <summary>The container as <c>runtime:id</c>, ids of 64 digits cut to 12 as the runtimes print them; or null.</summary>
    internal static string? Of(in ProcessDirectory process)
    {
        Span<byte> buffer = stackalloc byte[4096];
        return process.TryReadFile("cgroup\0"u8, buffer, out int length) ? FromCgroupFile(Encoding.UTF8.GetString(buffer[..length])) : null;
    }

    /// <summary>Of the text of /proc/PID/cgroup, version 1, 2 or both; the first hierarchy that tells.</summary>
    internal static string? FromCgroupFile(string text) => text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(':', 3) is [_, _, string path] ? FromCgroupPath(path) : null)
        .FirstOrDefault(container => container is not null);

    private static string? FromCgroupPath(string path)
    {
        Match match = ContainerPath().Match(path);
        if (!match.Success)
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
            return $"{runtime}:{hex.Value[..12]}";
        }

        string kind = match.Groups["lxc"].Success ? "lxc" : "nspawn";
        string name = match.Groups["lxc"].Success ? match.Groups["lxc"].Value : match.Groups["machine"].Value;
        return $"{kind}:{SafeText.Escape(name)}";
    }

    // docker-HEX.scope, libpod-HEX.scope, cri-containerd-HEX.scope, crio-HEX.scope; /docker/HEX and bare /HEX;
    // lxc.payload.NAME and lxc/NAME; machine-NAME.scope and systemd-nspawn@NAME.service.
    [GeneratedRegex(
        @"/(?:(?<runtime>docker|libpod|cri-containerd|crio)[-/])?(?<hex>[0-9a-f]{64})(?:\.scope)?(?:/|$)|/lxc(?:\.payload\.|/)(?<lxc>[^/]+)|/(?:machine-|systemd-nspawn@)(?<machine>[^/]+)\.(?:scope|service)(?:/|$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPath();
}
