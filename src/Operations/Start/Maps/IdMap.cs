using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Start.Maps;

/// <summary>A whole uid_map or gid_map, known to be one the kernel's rules of form allow. See user_namespaces(7).</summary>
internal sealed class IdMap
{
    // UID_GID_MAP_MAX_EXTENTS, and the one page a write may be.
    private const int MaxLines = 340;
    private const int MaxBytes = 4096;

    internal IdMap(IdKind kind, IReadOnlyList<IdRange> ranges)
    {
        Kind = kind;
        Ranges = ranges;
        Validate();
    }

    internal IdKind Kind { get; }

    internal IReadOnlyList<IdRange> Ranges { get; }

    /// <summary>The name below /proc/PID.</summary>
    internal string FileName => Kind == IdKind.User ? IdRange.UserFile : IdRange.GroupFile;

    /// <summary>The program that writes it for users without privileges.</summary>
    internal string HelperName => Kind == IdKind.User ? "newuidmap" : "newgidmap";

    /// <summary>The one line anybody may write: their own id.</summary>
    internal bool IsOnly(uint outer) => Ranges.Count == 1 && Ranges[0].Count == 1 && Ranges[0].Outer == outer;

    /// <summary>The id outside of an id inside; null where it has none.</summary>
    internal uint? ToOuter(uint inner) => IdRange.ToOuter(Ranges, inner);

    /// <summary>The text of the file; it is written in one go.</summary>
    public override string ToString() => string.Concat(Ranges.Select(range => range + "\n"));

    private void Validate()
    {
        string name = Kind == IdKind.User ? "user" : "group";
        if (Ranges.Count == 0)
        {
            throw Invalid($"The map of {name} ids is empty.");
        }

        foreach (IdRange range in Ranges)
        {
            if (range.Count == 0)
            {
                throw Invalid($"The {name} id range {Colons(range)} has no ids.");
            }

            // The highest id, 4294967295, means "no id" to the kernel.
            if (range.InnerEnd > uint.MaxValue || range.OuterEnd > uint.MaxValue)
            {
                throw Invalid($"The {name} id range {Colons(range)} goes beyond the highest id, 4294967294.");
            }
        }

        FindOverlap(Ranges.OrderBy(range => range.Inner).ToArray(), "inside", range => range.InnerEnd, range => range.Inner);
        FindOverlap(Ranges.OrderBy(range => range.Outer).ToArray(), "outside", range => range.OuterEnd, range => range.Outer);
        if (Ranges.Count > MaxLines || Encoding.ASCII.GetByteCount(ToString()) >= MaxBytes)
        {
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"The map of {name} ids has {Ranges.Count} ranges; the kernel takes {MaxLines} and less than {MaxBytes} bytes of text."));
        }
    }

    private static void FindOverlap(IdRange[] sorted, string side, System.Func<IdRange, ulong> end, System.Func<IdRange, uint> start)
    {
        for (int i = 1; i < sorted.Length; i++)
        {
            if (end(sorted[i - 1]) > start(sorted[i]))
            {
                throw Invalid($"The ranges {Colons(sorted[i - 1])} and {Colons(sorted[i])} overlap {side} of the namespace.");
            }
        }
    }

    private static string Colons(IdRange range) => range.ToString().Replace(' ', ':');

    private static NamespaceException Invalid(string message) =>
        new(ErrorIds.IdMapInvalid, message, "A range is inner:outer:count, for example 0:100000:65536.");
}
