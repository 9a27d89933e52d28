using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace LinuxNamespaces.Commands;

/// <summary>
/// The defaults of -Sandbox: every parameter that the user has not named. A path that the user has put something at is left to the user.
/// </summary>
internal static class SandboxDefaults
{
    // The network is this session's unless -Type Net is given; clocks without an offset are the host's in any case.
    private static readonly NamespaceType[] s_types = [NamespaceType.Cgroup, NamespaceType.Ipc, NamespaceType.Mnt, NamespaceType.Pid, NamespaceType.User, NamespaceType.Uts];

    private static readonly string[] s_maps = ["MapUser", "MapGroup", "MapRootUser", "MapCurrentUser", "UidMap", "GidMap", "MapAuto", "MapSubIds", "Owner"];

    // On a usual system these are links into /usr, otherwise directories.
    private static readonly string[] s_system = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // The files of /etc that programs need, and no passwords.
    private static readonly string[] s_settings =
    [
        "/etc/alternatives", "/etc/bash.bashrc", "/etc/ca-certificates", "/etc/group", "/etc/host.conf", "/etc/hosts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
        "/etc/localtime", "/etc/nsswitch.conf", "/etc/os-release", "/etc/passwd", "/etc/pki/tls/certs", "/etc/profile", "/etc/protocols", "/etc/resolv.conf", "/etc/services",
        "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/timezone",
    ];

    // Writable by root of the host, whatever its capabilities; these show the kernel's memory and keys.
    private static readonly string[] s_fixed = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
    private static readonly string[] s_secrets = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list"];

    private static readonly string[] s_profiles = ["/etc/containers/seccomp.json", "/etc/docker/seccomp.json", "/usr/share/containers/seccomp.json"];

    /// <summary>Fills them in.</summary>
    internal static void Apply(NewNamespaceProcessCommand command)
    {
        if (!command.Sandbox)
        {
            return;
        }

        bool IsFree(params string[] parameters) => !parameters.Any(command.MyInvocation.BoundParameters.ContainsKey);

        command.Type = [.. (command.Type ?? []).Union(s_types)];
        command.MapCurrentUser = IsFree(s_maps) || command.MapCurrentUser;
        command.NoNewPrivileges = IsFree(nameof(command.NoNewPrivileges)) || command.NoNewPrivileges;
        command.DisableUserNamespaces = IsFree(nameof(command.DisableUserNamespaces)) || command.DisableUserNamespaces;
        command.NewSession = IsFree(nameof(command.NewSession)) || command.NewSession;
        command.MountProc = IsFree(nameof(command.MountProc), nameof(command.ProcDirectory)) || command.MountProc;
        command.Capability = IsFree(nameof(command.Capability), nameof(command.DropCapability), nameof(command.KeepCapabilities)) ? [] : command.Capability;
        command.SeccompProfile = IsFree(nameof(command.SeccompProfile)) && HasSeccomp() ? s_profiles.FirstOrDefault(File.Exists) : command.SeccompProfile;
        AddFiles(command, IsFree);
    }

    private static void AddFiles(NewNamespaceProcessCommand command, Func<string[], bool> isFree)
    {
        HashSet<string> taken = [.. Targets(command)];
        if (command.MountProc)
        {
            command.ReadOnlyBind = [.. command.ReadOnlyBind ?? [], .. Binds(s_fixed)];
            command.Mask = [.. command.Mask ?? [], .. s_secrets.Where(taken.Add)];
        }

        if (!isFree([nameof(command.Root)]) || taken.Contains("/"))
        {
            return;
        }

        command.Dev = isFree([nameof(command.Dev)]) || command.Dev;
        command.ReadOnlyRoot = isFree([nameof(command.ReadOnlyRoot)]) || command.ReadOnlyRoot;
        Hashtable links = command.Symlink is null ? [] : new Hashtable(command.Symlink);
        foreach (string directory in s_system)
        {
            if (new DirectoryInfo(directory).LinkTarget is string link && taken.Add(directory))
            {
                links[directory] = link;
            }
        }

        command.Symlink = links;
        command.ReadOnlyBind = [.. command.ReadOnlyBind ?? [], .. Binds(["/usr", .. s_system, .. s_settings])];
        string home = Environment.GetEnvironmentVariable("HOME") is string set && set.StartsWith('/') && set.Length > 1 ? Path.GetFullPath(set).TrimEnd('/') : "/home";
        command.Tmpfs =
        [
            .. command.Tmpfs ?? [],
            .. new TmpfsMount[] { new() { Target = "/" }, new() { Target = "/tmp", Mode = "1777" }, new() { Target = "/run" }, new() { Target = "/var/tmp", Mode = "1777" }, new() { Target = home, Mode = "700" } }
                .Where(mount => taken.Add(mount.Target)),
        ];
        command.WorkingDirectory ??= home;

        IEnumerable<BindMount> Binds(IEnumerable<string> paths) => paths.Where(taken.Add).Select(path => new BindMount { Source = path, Optional = true });
    }

    private static IEnumerable<string> Targets(NewNamespaceProcessCommand command) =>
        (command.Bind ?? []).Concat(command.ReadOnlyBind ?? []).Select(mount => mount.Target ?? mount.Source)
            .Concat((command.Tmpfs ?? []).Select(mount => mount.Target))
            .Concat((command.Overlay ?? []).Select(mount => mount.Target ?? mount.Lower?.FirstOrDefault() ?? string.Empty))
            .Concat(command.Mask ?? [])
            .Concat((command.Symlink?.Keys.Cast<object>() ?? []).Concat(command.File?.Keys.Cast<object>() ?? []).Select(key => $"{key}"))
            .Where(path => path.StartsWith('/') && !path.Contains('\0'))
            .Select(path => Path.GetFullPath(path) is { Length: > 1 } full ? full.TrimEnd('/') : "/");

    private static bool HasSeccomp()
    {
        if (!NativeLibrary.TryLoad("libseccomp.so.2", out nint library))
        {
            return false;
        }

        NativeLibrary.Free(library);
        return true;
    }
}
