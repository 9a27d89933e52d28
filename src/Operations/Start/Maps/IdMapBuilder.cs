using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Start.Maps;

/// <summary>Makes a map of what a user writes: inner:outer:count, auto, subids, all, and one id that goes before them.</summary>
internal sealed class IdMapBuilder
{
    private readonly IdKind _kind;
    private readonly uint _ownId;
    private readonly List<(IdRange Range, bool IsAuto)> _ranges = [];
    private uint? _inner;

    /// <param name="kind">Users or groups.</param>
    /// <param name="ownId">The effective id of the caller, or of an owner, to which a single id is mapped.</param>
    internal IdMapBuilder(IdKind kind, uint ownId)
    {
        _kind = kind;
        _ownId = ownId;
    }

    internal bool IsEmpty => _ranges.Count == 0 && _inner is null;

    /// <summary>Only the single id is mapped: what anybody may do, at the price of setgroups.</summary>
    internal bool IsSingle => _ranges.Count == 0 && _inner is not null;

    /// <summary>Where /etc/subuid and /etc/subgid, and /proc, are: elsewhere in tests.</summary>
    internal string FileRoot { get; init; } = "/";

    /// <summary>The uid and name of the caller or owner, whose lines of /etc/subuid and /etc/subgid count.</summary>
    internal (uint Id, string Name) User { get; init; }

    /// <summary>The caller's own id is to be this one inside.</summary>
    internal void AddSingle(uint inner) => _inner = inner;

    /// <summary>Adds what <paramref name="text"/> says.</summary>
    /// <exception cref="NamespaceException">IdMapInvalid, SubIdNotFound.</exception>
    internal void Add(string text)
    {
        switch (text.Trim().ToLowerInvariant())
        {
            case "auto":
                IdRange own = ReadSubIds();
                _ranges.Add((own with { Inner = 0 }, true));
                break;
            case "subids":
                IdRange same = ReadSubIds();
                _ranges.Add((same with { Inner = same.Outer }, false));
                break;
            case "all":
                _ranges.AddRange(ReadAll().Select(range => (range, false)));
                break;
            default:
                _ranges.Add((ParseRange(text), false));
                break;
        }
    }

    /// <summary>The map, checked.</summary>
    internal IdMap Build()
    {
        List<IdRange> ranges = [];
        if (_inner is uint inner)
        {
            ranges.Add(new IdRange(inner, _ownId, 1));
            foreach ((IdRange range, bool isAuto) in _ranges)
            {
                ranges.AddRange(WithHole(range, isAuto, inner, _ownId));
            }
        }
        else
        {
            ranges.AddRange(_ranges.Select(entry => entry.Range));
        }

        return new IdMap(_kind, AlongSeams(ranges, ReadParents()));
    }

    /// <summary>
    /// The same map with each range within one range of the parent's: the kernel takes no other, though several of the parent's may be next to each
    /// other. Ids that the parent does not have stay as they are, for the kernel to refuse.
    /// </summary>
    internal static List<IdRange> AlongSeams(List<IdRange> ranges, IReadOnlyList<(ulong Start, ulong End)> parents)
    {
        List<IdRange> split = [];
        foreach (IdRange range in ranges)
        {
            ulong from = range.Outer;
            while (from < range.OuterEnd)
            {
                (ulong Start, ulong End) parent = parents.FirstOrDefault(parent => from >= parent.Start && from < parent.End);
                ulong to = parent.End == 0 ? range.OuterEnd : Math.Min(parent.End, range.OuterEnd);
                split.Add(new IdRange((uint)(range.Inner + (from - range.Outer)), (uint)from, (uint)(to - from)));
                from = to;
            }
        }

        return split;
    }

    /// <summary>
    /// A range without the id <paramref name="hole"/> inside and <paramref name="outerHole"/> outside: what is left of both sides, paired in
    /// order, so that at most the topmost id is lost. An auto range begins at 0 because any place is as good, and so loses none.
    /// </summary>
    internal static List<IdRange> WithHole(IdRange range, bool isAuto, uint hole, uint outerHole)
    {
        bool hasInnerHole = hole >= range.Inner && hole < range.InnerEnd;
        ulong innerEnd = isAuto && hasInnerHole ? range.InnerEnd + 1 : range.InnerEnd;
        List<(ulong Start, ulong End)> inside = Without(range.Inner, innerEnd, hole);
        List<(ulong Start, ulong End)> outside = Without(range.Outer, range.OuterEnd, outerHole);

        List<IdRange> paired = [];
        int i = 0;
        int o = 0;
        while (i < inside.Count && o < outside.Count)
        {
            ulong count = Math.Min(inside[i].End - inside[i].Start, outside[o].End - outside[o].Start);
            paired.Add(new IdRange((uint)inside[i].Start, (uint)outside[o].Start, (uint)count));
            inside[i] = (inside[i].Start + count, inside[i].End);
            outside[o] = (outside[o].Start + count, outside[o].End);
            i += inside[i].Start == inside[i].End ? 1 : 0;
            o += outside[o].Start == outside[o].End ? 1 : 0;
        }

        return paired;
    }

    /// <summary>inner:outer:count, in decimal digits.</summary>
    internal static IdRange ParseRange(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 3 && TryParse(parts[0], out uint inner) && TryParse(parts[1], out uint outer) && TryParse(parts[2], out uint count)
            ? new IdRange(inner, outer, count)
            : throw new NamespaceException(
                ErrorIds.IdMapInvalid,
                $"'{SafeText.Escape(text)}' is not a valid id map.",
                "Write inner:outer:count in numbers up to 4294967294, or auto, subids or all.");
    }

    // .NET lets NULs follow a number.
    private static bool TryParse(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && !text.EndsWith('\0');

    private static List<(ulong Start, ulong End)> Without(ulong start, ulong end, ulong hole)
    {
        if (hole < start || hole >= end)
        {
            return [(start, end)];
        }

        List<(ulong, ulong)> rest = [(start, hole), (hole + 1, end)];
        rest.RemoveAll(part => part.Item1 == part.Item2);
        return rest;
    }

    // The first line of the user's own, by name or by number; groups too are given to users there.
    private IdRange ReadSubIds()
    {
        string path = _kind == IdKind.User ? "/etc/subuid" : "/etc/subgid";
        string number = User.Id.ToString(CultureInfo.InvariantCulture);
        foreach (string line in ReadLines(path))
        {
            string[] parts = line.Trim().Split(':');
            if (parts.Length == 3 && (parts[0] == User.Name || parts[0] == number) && TryParse(parts[1], out uint start) && TryParse(parts[2], out uint count) && count > 0)
            {
                return new IdRange(0, start, count);
            }
        }

        throw new NamespaceException(
            ErrorIds.SubIdNotFound,
            $"{path} has no line for the user {SafeText.Escape(User.Name)} ({number}).",
            $"Give the user a range: usermod --add-sub{(_kind == IdKind.User ? 'u' : 'g')}ids 100000-165535 {SafeText.Escape(User.Name)}");
    }

    // The ranges of ids that exist in the caller's user namespace; none where nobody can tell.
    private List<(ulong Start, ulong End)> ReadParents() =>
        [.. (IdRange.TryReadAll(LibC.AT_FDCWD, FileRoot.TrimEnd('/') + MapPath) ?? []).Select(range => ((ulong)range.Inner, range.InnerEnd))];

    private string MapPath => "/proc/thread-self/" + (_kind == IdKind.User ? IdRange.UserFile : IdRange.GroupFile);

    // Every id that exists in the caller's user namespace, as itself.
    private IEnumerable<IdRange> ReadAll() =>
        IdRange.ParseAll(string.Join('\n', ReadLines(MapPath))).Select(range => new IdRange(range.Inner, range.Inner, range.Count));

    private string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(FileRoot.TrimEnd('/') + path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NamespaceException(ErrorIds.SubIdNotFound, $"{path} cannot be read: {exception.Message}", null, exception);
        }
    }
}
