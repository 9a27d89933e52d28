using System;
using System.Buffers.Text;
using System.Linq;
using System.Text;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Look;

/// <summary>Reads what a namespace holds that an inventory has found.</summary>
internal static class ContentReader
{
    /// <summary>Reads the content that its type has. Never throws: what cannot be had is null.</summary>
    internal static NamespaceContent Read(NamespaceInfo info)
    {
        // Processes have nothing here, and the maps of user namespaces come by a process alone.
        if (info.Type is NamespaceType.Pid or NamespaceType.Ipc)
        {
            return NamespaceContent.Unknown;
        }

        try
        {
            using LookTarget? target = LookTarget.TryOpen(info, string.Empty);
            return target is null ? NamespaceContent.Unknown : info.Type switch
            {
                NamespaceType.Uts => ReadNames(target),
                NamespaceType.Time => ReadOffsets(target),
                NamespaceType.Cgroup => new NamespaceContent { CgroupRoot = ReadRoot(target) },
                NamespaceType.Mnt => new NamespaceContent { MountCount = CountMounts(target) },
                NamespaceType.Net => new NamespaceContent { InterfaceCount = CountInterfaces(target) },
                NamespaceType.User => ReadMaps(target),
                _ => NamespaceContent.Unknown,
            };
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            return NamespaceContent.Unknown;
        }
    }

    /// <summary>The offsets in the text of /proc/PID/timens_offsets: clock, seconds, nanoseconds.</summary>
    internal static NamespaceContent ParseOffsets(ReadOnlySpan<byte> text) => new()
    {
        MonotonicOffset = FindOffset(text, "monotonic"u8),
        BootTimeOffset = FindOffset(text, "boottime"u8),
    };

    /// <summary>
    /// The directory that is the root of a cgroup namespace: what stands before the group of a process as it is seen inside, in the same group as it
    /// is seen here. Null where the process has left it.
    /// </summary>
    internal static string? FindRoot(string here, string inside)
    {
        if (inside == "/")
        {
            return here;
        }

        bool isBelow = inside.StartsWith('/') && !inside.StartsWith("/..", StringComparison.Ordinal) && here.EndsWith(inside, StringComparison.Ordinal);
        return !isBelow ? null : here.Length == inside.Length ? "/" : here[..^inside.Length];
    }

    private static NamespaceContent ReadNames(LookTarget target)
    {
        using NamespaceThread thread = new();
        (byte[] host, byte[] domain) = NamespaceView.ReadHostNames(thread, target.Handle);
        string domainName = SafeText.FromUtf8(domain);
        return new NamespaceContent
        {
            HostName = SafeText.FromUtf8(host),

            // The kernel writes this value where none was set.
            DomainName = domainName == "(none)" ? null : domainName,
        };
    }

    private static NamespaceContent ReadOffsets(LookTarget target)
    {
        Span<byte> text = stackalloc byte[256];
        return target.FindProcess() is ProcessHandle process && process.View().TryReadFile("timens_offsets\0"u8, text, out int length)
            ? ParseOffsets(text[..length])
            : NamespaceContent.Unknown;
    }

    private static TimeSpan? FindOffset(ReadOnlySpan<byte> text, ReadOnlySpan<byte> clock)
    {
        int start = text.IndexOf(clock);
        if (start < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = text[(start + clock.Length)..].TrimStart(" \t"u8);
        if (!Utf8Parser.TryParse(rest, out long seconds, out int used))
        {
            return null;
        }

        rest = rest[used..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(rest, out long nanoseconds, out _)
            ? TimeSpan.FromTicks((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / TimeSpan.NanosecondsPerTick))
            : null;
    }

    private static string? ReadRoot(LookTarget target)
    {
        if (target.FindProcess() is not ProcessHandle process)
        {
            return null;
        }

        Span<byte> here = stackalloc byte[8192];
        if (!process.View().TryReadFile("cgroup\0"u8, here, out int length))
        {
            return null;
        }

        using NamespaceThread thread = new();
        byte[]? inside = NamespaceView.ReadProcFile(thread, target.Handle, NamespaceType.Cgroup, Encoding.ASCII.GetBytes($"{process.ProcessId}/cgroup\0"));
        return inside is not null && ControlGroupTree.GroupOfAny(Encoding.UTF8.GetString(here[..length])) is string group && ControlGroupTree.GroupOfAny(Encoding.UTF8.GetString(inside)) is string inner ? FindRoot(group, inner) : null;
    }

    private static int CountMounts(LookTarget target)
    {
        using MountReader reader = new();
        return reader.ReadEntries(target).Count;
    }

    private static int CountInterfaces(LookTarget target)
    {
        using NamespaceThread thread = new();
        using NetlinkSocket socket = NetlinkSocket.OpenIn(thread, target.Handle);
        return socket.Dump(LinkMessage.GetAll(statistics: false), "links", LinkMessage.Parse).Count;
    }

    private static NamespaceContent ReadMaps(LookTarget target)
    {
        UserMaps maps = IdMapReader.ReadMaps(target);
        return new NamespaceContent
        {
            UidMap = new TextList(IdMapReader.ToRanges(maps.Users).Select(range => range.ToString())),
            GidMap = new TextList(IdMapReader.ToRanges(maps.Groups).Select(range => range.ToString())),
            SetGroups = maps.SetGroups,
        };
    }
}
