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
/// <param name="Soft">What is enforced.</param>
/// <param name="Hard">How far the process may raise that.</param>
internal readonly record struct ResourceLimit(string Name, int Resource, ulong Soft, ulong Hard)
{
    private const string Unlimited = "unlimited";

    private static readonly (string Name, int Resource)[] s_resources =
    [
        ("AddressSpace", LibC.RLIMIT_AS), ("As", LibC.RLIMIT_AS), ("Core", LibC.RLIMIT_CORE), ("Cpu", LibC.RLIMIT_CPU), ("Data", LibC.RLIMIT_DATA), ("FSize", LibC.RLIMIT_FSIZE),
        ("Locks", LibC.RLIMIT_LOCKS), ("MemLock", LibC.RLIMIT_MEMLOCK), ("MsgQueue", LibC.RLIMIT_MSGQUEUE), ("Nice", LibC.RLIMIT_NICE), ("NoFile", LibC.RLIMIT_NOFILE), ("NProc", LibC.RLIMIT_NPROC),
        ("Rss", LibC.RLIMIT_RSS), ("RtPrio", LibC.RLIMIT_RTPRIO), ("RtTime", LibC.RLIMIT_RTTIME), ("SigPending", LibC.RLIMIT_SIGPENDING), ("Stack", LibC.RLIMIT_STACK),
    ];

    /// <summary>The names there are.</summary>
    internal static IEnumerable<string> Names => s_resources.Select(resource => resource.Name);

    /// <summary>Reads a name, and a value: a number, unlimited, or two with a colon between.</summary>
    /// <exception cref="NamespaceException">InvalidRequest.</exception>
    internal static ResourceLimit Parse(string name, string value)
    {
        string word = name.StartsWith("RLIMIT_", StringComparison.OrdinalIgnoreCase) ? name["RLIMIT_".Length..] : name;
        (string Name, int Resource) found = s_resources.FirstOrDefault(resource => resource.Name.Equals(word, StringComparison.OrdinalIgnoreCase));
        if (found.Name is null)
        {
            throw new NamespaceException("InvalidRequest", $"'{SafeText.Escape(name)}' is not a resource limit.", $"Limits are {string.Join(", ", Names)}.");
        }

        string[] parts = value.Split(':', 2);
        return new(found.Name, found.Resource, ParseNumber(parts[0]), ParseNumber(parts[^1]));
    }

    /// <summary>The limit for people.</summary>
    public override string ToString() => $"{Name} is {Describe(Soft)}{(Hard == Soft ? string.Empty : $", at most {Describe(Hard)}")}";

    private static string Describe(ulong value) => value == ulong.MaxValue ? Unlimited : value.ToString(CultureInfo.InvariantCulture);

    private static ulong ParseNumber(string text) => text.Equals(Unlimited, StringComparison.OrdinalIgnoreCase) ? ulong.MaxValue
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
        : throw new NamespaceException("InvalidRequest", $"'{SafeText.Escape(text)}' is not the value of a limit.", "Write a number, 'unlimited', or both limits as 'soft:hard'.");
}
