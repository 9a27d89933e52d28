using System;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The credentials of the calling thread.</summary>
internal static class ProcessCredentials
{
    internal const int CapSetGid = 6;
    internal const int CapSetUid = 7;
    internal const int CapSysPtrace = 19;
    internal const int CapSysAdmin = 21;
    internal const int CapSysResource = 24;

    /// <summary>The effective uid.</summary>
    internal static uint UserId => LibC.geteuid();

    /// <summary>The effective gid.</summary>
    internal static uint GroupId => LibC.getegid();

    /// <summary>A capability set of /proc/thread-self/status, by the name it has there, for example <c>CapEff</c>.</summary>
    internal static ulong ReadCapabilities(string set) =>
        ReadStatus(set) is string digits ? ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : 0;

    /// <summary>Whether a capability is in force.</summary>
    internal static bool Has(int capability) => (ReadCapabilities("CapEff") & (1UL << capability)) != 0;

    /// <summary>Whether a group is the effective or a supplementary one.</summary>
    internal static bool IsInGroup(uint group) =>
        group == GroupId || ReadGroups().Contains(group.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether there are supplementary groups besides one, which log-ins put among them too.</summary>
    internal static bool HasGroupsBesides(uint group) =>
        ReadGroups().Any(other => other != group.ToString(CultureInfo.InvariantCulture));

    /// <summary>The permission bits that new files do not get.</summary>
    internal static int ReadUmask() => ReadStatus("Umask") is string digits ? Convert.ToInt32(digits, 8) : 0;

    private static string[] ReadGroups() => ReadStatus("Groups")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string? ReadStatus(string field)
    {
        const string Path = "/proc/thread-self/status";
        return ProcessStatus.FieldOf(KernelFile.TryRead(Path) ?? throw ProcFileSystem.Missing(new LinuxException(Errno.Last, "open", Path)), field);
    }
}
