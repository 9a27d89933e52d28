using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>One limit of setrlimit(2).</summary>
/// <param name="Name">Its name, as in the manual page and without RLIMIT_.</param>
/// <param name="Resource">Its number.</param>
/// <param name="Soft">The enforced value.</param>
/// <param name="Hard">The highest value that the process may set.</param>
internal sealed record ResourceLimit(string Name, int Resource, ulong Soft, ulong Hard)
{
    private const string Unlimited = "unlimited";

    private static readonly (int Resource, string Name)[] s_resources =
    [
        (LibC.RLIMIT_AS, "AddressSpace"), (LibC.RLIMIT_AS, "As"), (LibC.RLIMIT_CORE, "Core"), (LibC.RLIMIT_CPU, "Cpu"), (LibC.RLIMIT_DATA, "Data"), (LibC.RLIMIT_FSIZE, "FSize"),
        (LibC.RLIMIT_LOCKS, "Locks"), (LibC.RLIMIT_MEMLOCK, "MemLock"), (LibC.RLIMIT_MSGQUEUE, "MsgQueue"), (LibC.RLIMIT_NICE, "Nice"), (LibC.RLIMIT_NOFILE, "NoFile"), (LibC.RLIMIT_NPROC, "NProc"),
        (LibC.RLIMIT_RSS, "Rss"), (LibC.RLIMIT_RTPRIO, "RtPrio"), (LibC.RLIMIT_RTTIME, "RtTime"), (LibC.RLIMIT_SIGPENDING, "SigPending"), (LibC.RLIMIT_STACK, "Stack"),
    ];

    /// <summary>The names there are.</summary>
    internal static IEnumerable<string> Names => s_resources.Select(resource => resource.Name);

    /// <summary>Reads a name, and a value: a number, unlimited, or two with a colon between.</summary>
    /// <exception cref="NamespaceException">InvalidRequest.</exception>
    internal static ResourceLimit Parse(string name, string value)
    {
        string word = name.StartsWith("RLIMIT_", StringComparison.OrdinalIgnoreCase) ? name["RLIMIT_".Length..] : name;
        (int Resource, string Name) found = s_resources.FirstOrDefault(resource => resource.Name.Equals(word, StringComparison.OrdinalIgnoreCase));
        if (found.Name is null)
        {
            throw new NamespaceException(ErrorIds.InvalidRequest, $"'{SafeText.Escape(name)}' is not a resource limit.", $"Limits are {string.Join(", ", Names)}.");
        }

        string[] parts = value.Split(':', 2);
        return new(found.Name, found.Resource, ParseNumber(parts[0]), ParseNumber(parts[^1]));
    }

    /// <summary>The limit for people.</summary>
    public override string ToString() => $"{Name} is {Describe(Soft)}{(Hard == Soft ? string.Empty : $", at most {Describe(Hard)}")}";

    private static string Describe(ulong value) => value == ulong.MaxValue ? Unlimited : value.ToString(CultureInfo.InvariantCulture);

    private static ulong ParseNumber(string text) => text.Equals(Unlimited, StringComparison.OrdinalIgnoreCase) ? ulong.MaxValue
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
        : throw new NamespaceException(ErrorIds.InvalidRequest, $"'{SafeText.Escape(text)}' is not the value of a limit.", "Write a number, 'unlimited', or both limits as 'soft:hard'.");
}
