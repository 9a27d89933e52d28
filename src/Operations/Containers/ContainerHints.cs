using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Containers;

/// <summary>
/// Finds containers whose cgroup path does not show them, because they have no cgroups of their own or ours hides
/// them. Looks into pid namespaces other than the first, once in each.
/// </summary>
internal sealed partial class ContainerHints(ProcFileSystem proc, CurrentNamespaces current)
{
    private const int MaxSize = 64 * 1024;
    private const int MaxDepth = 64;

    private readonly Dictionary<ulong, Container?> _byPidNamespace = [];
    private FileStatus? _root;

    /// <summary>The container; null where nothing shows one.</summary>
    internal Container? Find(in ProcessDirectory process)
    {
        ulong inode = process.ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.Pid));
        return IsFirst(inode) || HasOurRoot(process) ? null : Find(process, inode);
    }

    /// <summary>The same of a process that is not open, and whose pid namespace is known.</summary>
    internal Container? Find(int processId, ulong pidNamespace)
    {
        if (IsFirst(pidNamespace) || !ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            return HasOurRoot(process) ? null : Find(process, pidNamespace);
        }
    }

    private bool IsFirst(ulong pidNamespace) => pidNamespace == 0 || current.IsInitial(NamespaceType.Pid, pidNamespace);

    private Container? Find(in ProcessDirectory process, ulong inode)
    {
        if (!_byPidNamespace.TryGetValue(inode, out Container? container))
        {
            container = Look(process, inode);
            _byPidNamespace.Add(inode, container);
        }

        return container;
    }

    /// <summary>Finds the files that a runtime mounts into a container in the text of a mountinfo file: their source has the id.</summary>
    internal static Container? FromMounts(string text)
    {
        // cri-o keeps files where podman does, so the pod comes first.
        Match match = PodMount().Match(text);
        if (match.Success)
        {
            return new Container("kubernetes", string.Empty, match.Groups["uid"].Value);
        }

        match = RuntimeMount().Match(text);
        return !match.Success ? null : new Container(match.Groups["store"].Success ? "podman" : "docker", match.Groups["hex"].Value, null);
    }

    /// <summary>Reads the variable <c>container</c> in the text of an environ file; any other value names only the runtime.</summary>
    internal static Container? FromEnvironment(string text)
    {
        Match match = Variable().Match(text);
        return !match.Success ? null : new Container(
            match.Groups["value"].Value switch
            {
                "systemd-nspawn" => "nspawn",
                "lxc-libvirt" => "libvirt",
                string value when Word().IsMatch(value) => value,
                _ => "container",
            },
            string.Empty,
            null);
    }

    private Container? Look(in ProcessDirectory process, ulong inode)
    {
        int first = FindFirst(process.ProcessId, inode);
        if (first == 0 || first == process.ProcessId || !ProcessDirectory.TryOpen(proc, first, out ProcessDirectory init))
        {
            return LookAt(process);
        }

        using (init)
        {
            return LookAt(init);
        }
    }

    // Its PID 1 is an ancestor of all in it but those that came from outside; 0 for these.
    private int FindFirst(int processId, ulong inode)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ProcessStatus.MaxSize);
        try
        {
            for (int depth = 0; depth < MaxDepth && ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process); depth++)
            {
                using (process)
                {
                    if (process.ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.Pid)) != inode
                        || !process.TryReadFile("status\0"u8, buffer, out int length)
                        || !ProcessStatus.TryParse(buffer.AsSpan(0, length), out ProcessStatus status)
                        || !process.TryReadStat(out ProcessStat stat))
                    {
                        return 0;
                    }

                    if (status.NamespacePid == 1)
                    {
                        return processId;
                    }

                    processId = stat.ParentId;
                }
            }

            return 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A process that shares our root is in no other container than we are. Asked first, because all else costs far more.
    private bool HasOurRoot(in ProcessDirectory process)
    {
        _root ??= FileStatus.TryGet(LibC.AT_FDCWD, "/\0"u8, out FileStatus here) ? here : null;
        return _root is FileStatus root && FileStatus.TryGet(process.Descriptor, "root\0"u8, out FileStatus there)
            && (there.Device, there.Inode) == (root.Device, root.Inode);
    }

    private Container? LookAt(in ProcessDirectory process)
    {
        using Descriptor root = Descriptor.OpenAt(process.Descriptor, "root\0"u8, LibC.O_PATH);
        if (!root.IsOpen || HasOurRoot(process))
        {
            return null;
        }

        return (ReadText(process, "mountinfo\0"u8) is string mounts ? FromMounts(mounts) : null)
            ?? (ReadText(process, "environ\0"u8) is string environment ? FromEnvironment(environment) : null)
            ?? (FileStatus.TryGet(root.Number, ".dockerenv\0"u8, out _) ? new Container("docker", string.Empty, null)
                : FileStatus.TryGet(root.Number, "run/.containerenv\0"u8, out _) ? new Container("podman", string.Empty, null)
                : null);
    }

    private static string? ReadText(in ProcessDirectory process, ReadOnlySpan<byte> file)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxSize);
        try
        {
            return process.TryReadFile(file, buffer, out int length) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Fields 4 and 5, root and mount point: .../containers/HEX/hosts /etc/hosts of docker,
    // .../overlay-containers/HEX/userdata/hosts /etc/hosts of podman.
    [GeneratedRegex(
        @" /(?:[^ ]*/)?(?:containers/(?<hex>[0-9a-f]{64})/|(?<store>[a-z]+-containers)/(?<hex>[0-9a-f]{64})/userdata/)(?:hosts|hostname|resolv\.conf) ",
        RegexOptions.CultureInvariant)]
    private static partial Regex RuntimeMount();

    // .../pods/UID/etc-hosts /etc/hosts
    [GeneratedRegex(@" /(?:[^ ]*/)?pods/(?<uid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})/etc-hosts ", RegexOptions.CultureInvariant)]
    private static partial Regex PodMount();

    [GeneratedRegex(@"(?:^|\0)container=(?<value>[^\0]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_.-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
