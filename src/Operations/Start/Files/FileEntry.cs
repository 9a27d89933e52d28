using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>One path of the child that is to be something else than in the session. Only the members of its kind have a meaning.</summary>
internal sealed record FileEntry
{
    /// <summary>The things that a mount must never lend, unless the user says so: programs that change the user, and devices.</summary>
    internal const uint Usual = LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NODEV;

    private static readonly string[] s_devices = ["null", "zero", "full", "random", "urandom", "tty"];
    private static readonly (string Name, string To)[] s_deviceLinks =
    [
        ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("fd", "/proc/self/fd"), ("core", "/proc/kcore"), ("ptmx", "pts/ptmx"),
    ];

    private static IReadOnlyList<FileEntry>? s_minimalDevices;

    private readonly string _target = string.Empty;

    internal required FileEntryKind Kind { get; init; }

    /// <summary>The path of the child: absolute, without "." and "..".</summary>
    internal required string Target
    {
        get => _target;
        init
        {
            _target = value;
            Depth = value == "/" ? 0 : value.AsSpan().Count('/');
        }
    }

    /// <summary>How many directories down from the root.</summary>
    internal int Depth { get; private init; }

    /// <summary>The path of the session that is bound.</summary>
    internal string Source { get; init; } = string.Empty;

    /// <summary>Whether the source is one of the devices that every machine has: it need not be looked at.</summary>
    internal bool IsDevice { get; init; }

    /// <summary>The directories an overlay has below, the topmost first.</summary>
    internal IReadOnlyList<string> Lower { get; init; } = [];

    /// <summary>The directory that changes are written to; null throws them away.</summary>
    internal string? Upper { get; init; }

    /// <summary>The empty directory that the kernel wants beside it.</summary>
    internal string? Work { get; init; }

    /// <summary>The things that the mount forbids.</summary>
    internal uint Attributes { get; init; } = Usual;

    /// <summary>Without what is mounted below the source.</summary>
    internal bool IsAlone { get; init; }

    /// <summary>Options of the new file system, as mount(2) takes them.</summary>
    internal string Options { get; init; } = string.Empty;

    /// <summary>The content of a file.</summary>
    internal byte[] Content { get; init; } = [];

    /// <summary>The mode of a new file or directory.</summary>
    internal uint Mode { get; init; } = 0x1ED;

    /// <summary>The path a symbolic link leads to.</summary>
    internal string Link { get; init; } = string.Empty;

    /// <summary>Whether something is mounted there.</summary>
    internal bool IsMount => Kind is not (FileEntryKind.Directory or FileEntryKind.Link);

    /// <summary>Whether the directory is new and nobody else's, so that mount points may be made in it.</summary>
    internal bool IsOwnSpace => Kind == FileEntryKind.Tmpfs || (Kind == FileEntryKind.Overlay && Upper is null);

    /// <summary>The things that a mount forbids.</summary>
    internal static uint AttributesFor(bool isReadOnly, bool isNoExec, bool allowsSetUid = false, bool allowsDevices = false) =>
        (isReadOnly ? LibC.MOUNT_ATTR_RDONLY : 0) | (isNoExec ? LibC.MOUNT_ATTR_NOEXEC : 0) | (allowsSetUid ? 0 : LibC.MOUNT_ATTR_NOSUID) | (allowsDevices ? 0 : LibC.MOUNT_ATTR_NODEV);

    /// <summary>A path of the child in its one form.</summary>
    /// <exception cref="NamespaceException">InvalidRequest.</exception>
    internal static string Normalize(string path, string parameter)
    {
        RequestRules.CheckNoNul(path);
        if (!path.StartsWith('/'))
        {
            throw RequestRules.Invalid($"The target '{SafeText.Escape(path)}' of {parameter} is not an absolute path.", "Give the path inside, from the root on: /data");
        }

        string full = Path.GetFullPath(path);
        return full.Length > 1 ? full.TrimEnd('/') : full;
    }

    /// <summary>A small /dev: a file system in memory with the devices that programs expect, terminals of its own, and nothing of the machine's.</summary>
    internal static IReadOnlyList<FileEntry> MinimalDevices => s_minimalDevices ??= [.. MakeMinimalDevices()];

    private static IEnumerable<FileEntry> MakeMinimalDevices()
    {
        yield return new() { Kind = FileEntryKind.Tmpfs, Target = "/dev", Options = "mode=0755" };
        foreach (string device in s_devices)
        {
            yield return new() { Kind = FileEntryKind.Bind, Target = "/dev/" + device, Source = "/dev/" + device, IsDevice = true, Attributes = LibC.MOUNT_ATTR_NOSUID };
        }

        yield return new() { Kind = FileEntryKind.Terminals, Target = "/dev/pts", Attributes = LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NOEXEC, Options = "newinstance,ptmxmode=0666,mode=0620" };
        yield return new() { Kind = FileEntryKind.Directory, Target = "/dev/shm", Mode = 0x3FF };
        foreach ((string name, string to) in s_deviceLinks)
        {
            yield return new() { Kind = FileEntryKind.Link, Target = "/dev/" + name, Link = to };
        }
    }

    /// <summary>Refuses texts that a call would end early.</summary>
    /// <exception cref="NamespaceException">InvalidRequest.</exception>
    internal void CheckNoNul()
    {
        RequestRules.CheckNoNul(Source);
        RequestRules.CheckNoNul(Link);
        RequestRules.CheckNoNul(Options);
        if (Kind == FileEntryKind.Overlay)
        {
            RequestRules.CheckNoNul(Lower.Append(Upper).Append(Work));
        }
    }

    /// <summary>The entry for people.</summary>
    internal string Describe()
    {
        string target = SafeText.Escape(Target);
        string attributes = MountAttributes.Describe(Attributes) is { Length: > 0 } words ? $" ({words})" : string.Empty;
        return Kind switch
        {
            FileEntryKind.Bind => $"bind {SafeText.Escape(Source)} to {target}{attributes}",
            FileEntryKind.Tmpfs => $"mount tmpfs on {target}{attributes}",
            FileEntryKind.Overlay => $"mount an overlay of {SafeText.Escape(string.Join(':', Lower))} on {target}{(Upper is null ? ", changes are thrown away" : $", changes go to {SafeText.Escape(Upper)}")}{attributes}",
            FileEntryKind.Mask => $"hide {target}",
            FileEntryKind.Proc => $"mount proc on {target}",
            FileEntryKind.Terminals => $"mount devpts on {target}{attributes}",
            FileEntryKind.Directory => $"make the directory {target}",
            FileEntryKind.Content => $"write {Content.Length} bytes to {target}",
            _ => $"link {target} to {SafeText.Escape(Link)}",
        };
    }
}
