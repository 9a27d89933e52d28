using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>Names of capabilities, as in capabilities(7), and sets of them as bits.</summary>
internal static class CapabilityName
{
    /// <summary>The word for all there are.</summary>
    internal const string All = "All";

    private static readonly string[] s_names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
        "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN",
        "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE",
        "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>The names, by number.</summary>
    internal static IReadOnlyList<string> Names => s_names;

    /// <summary>The set of some names: NET_RAW, CAP_NET_RAW, NetRaw, a number, All.</summary>
    /// <exception cref="NamespaceException">InvalidRequest: there is no capability of that name.</exception>
    internal static ulong Parse(IEnumerable<string> names) => names.Aggregate(0UL, (set, name) => set | Parse(name));

    /// <summary>The names of a set, with commas.</summary>
    internal static string Describe(ulong set) =>
        string.Join(", ", Enumerable.Range(0, 64).Where(number => (set & (1UL << number)) != 0).Select(number => number < s_names.Length ? s_names[number] : number.ToString(CultureInfo.InvariantCulture)));

    private static ulong Parse(string name)
    {
        if (name.Equals(All, StringComparison.OrdinalIgnoreCase))
        {
            return ulong.MaxValue;
        }

        string word = Bare(name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name);
        int number = Array.FindIndex(s_names, known => Bare(known).Equals(word, StringComparison.OrdinalIgnoreCase));
        return number >= 0 || (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 64)
            ? 1UL << number
            : throw new NamespaceException(ErrorIds.InvalidRequest, $"'{Files.SafeText.Escape(name)}' is not a capability.", "Names are those of capabilities(7), for example NET_RAW; All is all of them.");
    }

    private static string Bare(string name) => name.Replace("_", string.Empty, StringComparison.Ordinal);
}
