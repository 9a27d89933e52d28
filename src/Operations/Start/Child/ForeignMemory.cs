using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// Memory of the session that a process without managed code must not keep: a copy would hold the session's secrets, and grow as
/// the session changes its own. The libraries that serve C functions, the memory of the calls, and the pages around errno stay.
/// </summary>
internal static unsafe class ForeignMemory
{
    private const string Maps = "/proc/thread-self/maps";
    private const long PageSize = 4096;

    // The thread's control block, and what the C library and the kernel keep beside it, lie at errno and above in the same mapping, or a little below.
    private const long BelowErrno = 16 * PageSize;

    /// <summary>The ranges to unmap, as start and length. On the thread that will call clone.</summary>
    internal static List<(nint Start, nint Length)> Find(nint keptStart, nint keptEnd) => Find(keptStart, keptEnd, LibCExports.Addresses);

    /// <summary>The same, where the child calls these functions.</summary>
    internal static List<(nint Start, nint Length)> Find(nint keptStart, nint keptEnd, IReadOnlyList<nint> functions)
    {
        long errno = (nint)LibC.__errno_location();
        List<(long Start, long End, string File)> mappings = Read();
        HashSet<string> libraries = [];
        foreach (nint function in functions)
        {
            libraries.Add(mappings.Find(mapping => mapping.Start <= function && function < mapping.End).File ?? string.Empty);
        }

        List<(nint, nint)> ranges = [];
        long next = PageSize;
        long libraryEnd = 0;
        foreach ((long start, long end, string file) in mappings)
        {
            // The zero-initialized memory of a library lies behind it, and belongs to no file.
            bool isLibrary = (file.Length > 0 && libraries.Contains(file)) || IsLoader(file) || (file.Length == 0 && start == libraryEnd);
            libraryEnd = isLibrary && file.Length > 0 ? end : libraryEnd;
            if ((start < keptEnd && keptStart < end) || file.StartsWith("[v", StringComparison.Ordinal) || isLibrary)
            {
                Skip(start, end);
            }
            else if (start <= errno && errno < end)
            {
                Skip(Math.Max(start, (errno & -PageSize) - BelowErrno), end);
            }
        }

        // The last one ends where the space of addresses may: what comes after it is not the session's.
        if (mappings.Count > 0 && mappings[^1].End > next)
        {
            Skip(mappings[^1].End, mappings[^1].End);
        }

        return ranges;

        void Skip(long start, long end)
        {
            if (start > next)
            {
                ranges.Add(((nint)next, (nint)(start - next)));
            }

            next = Math.Max(next, end);
        }
    }

    // Functions of the C library may look at what the loader found out about the processor.
    private static bool IsLoader(string file) => file.Contains("/ld-", StringComparison.Ordinal);

    private static List<(long Start, long End, string File)> Read()
    {
        List<(long, long, string)> mappings = [];
        foreach (string line in File.ReadLines(Maps))
        {
            // START-END MODE OFFSET DEVICE INODE      FILE
            int dash = line.IndexOf('-');
            int space = line.IndexOf(' ');
            ulong start = ulong.Parse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            ulong end = ulong.Parse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            int file = line.IndexOfAny(['/', '[']);
            if (end <= long.MaxValue)
            {
                mappings.Add(((long)start, (long)end, file < 0 ? string.Empty : line[file..]));
            }
        }

        return mappings;
    }
}
