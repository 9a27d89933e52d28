using System;
using System.Collections.Generic;
using System.Globalization;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>A line of a uid_map or gid_map: <paramref name="Count"/> ids from Inner on, inside, are those from Outer on, outside.</summary>
internal readonly record struct IdRange(uint Inner, uint Outer, uint Count)
{
    /// <summary>The file of user ids in the directory of a process.</summary>
    internal const string UserFile = "uid_map";

    /// <summary>The file of group ids.</summary>
    internal const string GroupFile = "gid_map";

    internal ulong InnerEnd => (ulong)Inner + Count;

    internal ulong OuterEnd => (ulong)Outer + Count;

    /// <summary>The ranges of a whole map file, as its reader sees them.</summary>
    internal static List<IdRange> ParseAll(string text)
    {
        List<IdRange> ranges = [];
        foreach (string line in text.Split('\n'))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 3 && TryParse(parts[0], out uint inner) && TryParse(parts[1], out uint outer) && TryParse(parts[2], out uint count))
            {
                ranges.Add(new IdRange(inner, outer, count));
            }
        }

        return ranges;
    }

    /// <summary>Reads the map of a process, as the reader sees it; null with errno where it cannot be read.</summary>
    /// <param name="directory">Its directory in /proc.</param>
    /// <param name="file">The name of the map.</param>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal static List<IdRange>? TryReadAll(int directory, string file) => KernelFile.TryRead(directory, file) is string text ? ParseAll(text) : null;

    /// <summary>The id inside for one outside; null where no range has it.</summary>
    internal static uint? ToInner(IEnumerable<IdRange> ranges, uint outer)
    {
        foreach (IdRange range in ranges)
        {
            if (range.HasOuter(outer))
            {
                return range.Inner + (outer - range.Outer);
            }
        }

        return null;
    }

    /// <summary>The id outside for one inside; null where no range has it.</summary>
    internal static uint? ToOuter(IEnumerable<IdRange> ranges, uint inner)
    {
        foreach (IdRange range in ranges)
        {
            if (range.HasInner(inner))
            {
                return range.Outer + (inner - range.Inner);
            }
        }

        return null;
    }

    /// <summary>Whether it has an id inside.</summary>
    internal bool HasInner(uint id) => id >= Inner && id < InnerEnd;

    /// <summary>Whether it has an id outside.</summary>
    internal bool HasOuter(uint id) => id >= Outer && id < OuterEnd;

    private static bool TryParse(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>As in the map file, without the newline.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Inner} {Outer} {Count}");
}
