using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Maps;
using LinuxNamespaces.Operations.Start.Parts;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Maps of ids: what is read, what is refused, and what a single id does to the ranges around it.</summary>
public sealed class IdMapTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("lnt-ids").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("0:100000:65536", 0u, 100000u, 65536u)]
    [InlineData("4294967294:0:1", 4294967294u, 0u, 1u)]
    public void A_range_is_three_numbers(string text, uint inner, uint outer, uint count) =>
        Assert.Equal(new IdRange(inner, outer, count), IdMapBuilder.ParseRange(text));

    [Theory]
    [InlineData("")]
    [InlineData("1:2")]
    [InlineData("1:2:3:4")]
    [InlineData("-1:0:1")]
    [InlineData("+1:0:1")]
    [InlineData(" 1:0:1")]
    [InlineData("1:0:4294967296")]
    [InlineData("0x10:0:1")]
    [InlineData("a:b:c")]
    public void Anything_else_is_refused(string text) =>
        Assert.Equal("IdMapInvalid", Assert.Throws<NamespaceException>(() => IdMapBuilder.ParseRange(text)).ErrorId);

    [Theory]
    [InlineData("0:0:0")]
    [InlineData("4294967295:0:1")]
    [InlineData("0:4294967295:1")]
    [InlineData("4294967290:0:6")]
    [InlineData("0:0:10 9:20:1")]
    [InlineData("0:0:10 20:9:1")]
    public void A_map_the_kernel_would_refuse_is_refused(string ranges) =>
        Assert.Equal("IdMapInvalid", Assert.Throws<NamespaceException>(() => Map(ranges)).ErrorId);

    [Fact]
    public void Neighbours_do_not_overlap() => Assert.Equal("0 0 10\n10 10 5\n", Map("0:0:10 10:10:5").ToString());

    [Fact]
    public void A_map_has_340_lines_at_most()
    {
        IdRange[] ranges = [.. Enumerable.Range(0, 341).Select(i => new IdRange((uint)i * 2, (uint)i * 2, 1))];
        Assert.Equal(340, new IdMap(IdKind.User, ranges[..340]).Ranges.Count);
        Assert.Throws<NamespaceException>(() => new IdMap(IdKind.User, ranges));
    }

    [Fact]
    public void A_map_fits_into_one_write()
    {
        IdRange[] ranges = [.. Enumerable.Range(0, 300).Select(i => new IdRange(4000000000 + ((uint)i * 2), 4000000000 + ((uint)i * 2), 1))];
        Assert.Throws<NamespaceException>(() => new IdMap(IdKind.User, ranges));
    }

    [Theory]
    [InlineData("0:100000:1000", 1000u, 5u, "0 100000 1000")] // just beyond
    [InlineData("0:100000:1000", 0u, 5u, "1 100000 999")]
    [InlineData("0:100000:1000", 999u, 5u, "0 100000 999")]
    [InlineData("0:100000:1000", 5u, 5u, "0 100000 5;6 100005 994")]
    [InlineData("0:0:10", 5u, 0u, "0 1 5;6 6 4")]
    [InlineData("0:0:10", 0u, 5u, "1 0 5;6 6 4")]
    [InlineData("0:0:10", 20u, 9u, "0 0 9")]
    [InlineData("0:0:1", 0u, 0u, "")]
    [InlineData("0:0:4294967295", 1000u, 0u, "0 1 1000;1001 1001 4294966294")]
    public void A_single_id_makes_a_hole(string range, uint inner, uint outer, string expected) => Assert.Equal(
        expected, string.Join(';', IdMapBuilder.WithHole(IdMapBuilder.ParseRange(range), isAuto: false, inner, outer)));

    [Fact]
    public void An_automatic_range_loses_no_id_to_the_hole() => Assert.Equal(
        "1 100000 65536", string.Join(';', IdMapBuilder.WithHole(new IdRange(0, 100000, 65536), isAuto: true, 0, 1000)));

    [Fact]
    public void A_hole_never_makes_ranges_that_overlap_or_lose_more_than_they_must()
    {
        Random random = new(4711);
        for (int round = 0; round < 5000; round++)
        {
            IdRange range = new((uint)random.Next(20), (uint)random.Next(20), (uint)random.Next(1, 20));
            uint inner = (uint)random.Next(45);
            uint outer = (uint)random.Next(45);
            IdRange[] rest = [.. IdMapBuilder.WithHole(range, isAuto: false, inner, outer)];
            IdMap map = new(IdKind.User, [new IdRange(inner, outer, 1), .. rest]);
            Assert.Equal(outer, map.ToOuter(inner));
            int lost = (int)range.Count - rest.Sum(part => (int)part.Count);
            bool touches = (inner >= range.Inner && inner < range.InnerEnd) || (outer >= range.Outer && outer < range.OuterEnd);
            Assert.Equal(touches ? 1 : 0, lost);
        }
    }

    [Fact]
    public void An_id_is_found_outside()
    {
        IdMap map = Map("0:100000:10 20:5:1");
        Assert.Equal(100009u, map.ToOuter(9));
        Assert.Null(map.ToOuter(10));
        Assert.Equal(5u, map.ToOuter(20));
    }

    [Fact]
    public void Subordinate_ids_are_those_of_the_user_by_name_or_number()
    {
        Write("etc/subuid", "tj:100000:1\n# comment\nbad line\nann:200000:0\nann:x:5\nann:300000:7\nann:400000:9\n");
        Write("etc/subgid", "tj:1:1\n1000:500000:8\n");
        Assert.Equal("0 300000 7\n", Build(IdKind.User, 1000, "ann", "auto"));
        Assert.Equal("300000 300000 7\n", Build(IdKind.User, 1000, "ann", "subids"));
        Assert.Equal("0 500000 8\n", Build(IdKind.Group, 1000, "ann", "AUTO"));

        // No number: the first named user is not uid 0.
        Assert.Equal("SubIdNotFound", Assert.Throws<NamespaceException>(() => Build(IdKind.User, 0, "root", "auto")).ErrorId);
    }

    [Fact]
    public void All_is_every_id_of_the_callers_namespace()
    {
        Write("proc/thread-self/uid_map", "         0          0      65536\n    100000     200000          5\n");
        Assert.Equal("0 0 65536\n100000 100000 5\n", Build(IdKind.User, 0, "root", "all"));
    }

    [Fact]
    public void A_missing_file_is_an_error_of_its_own() =>
        Assert.Equal("SubIdNotFound", Assert.Throws<NamespaceException>(() => Build(IdKind.User, 0, "root", "auto")).ErrorId);

    [Theory]
    [InlineData(1.5, "monotonic 1 500000000\n")]
    [InlineData(-1.5, "monotonic -2 500000000\n")]
    [InlineData(-2, "monotonic -2 0\n")]
    [InlineData(0, "monotonic 0 0\n")]
    public void Clock_offsets_have_no_negative_nanoseconds(double seconds, string expected) =>
        Assert.Equal(expected, ClocksPart.Line("monotonic", TimeSpan.FromSeconds(seconds)));

    // The kernel's own rule, on what it would be asked: each range of ours within one range of the parent's.
    [Theory]
    [InlineData("0:0:100", "0+1 1+65536", "0:0:1 1:1:99")]
    [InlineData("0:0:65537", "0+1 1+65536", "0:0:1 1:1:65536")]
    [InlineData("5:10:20 30:40:2", "0+15 15+10 25+100", "5:10:5 10:15:10 20:25:5 30:40:2")]
    [InlineData("0:0:100", "0+4294967295", "0:0:100")]
    [InlineData("0:90:20", "0+100", "0:90:10 10:100:10")]
    [InlineData("0:0:10", "", "0:0:10")]
    public void A_range_is_split_where_the_parents_ranges_meet(string map, string parents, string expected)
    {
        List<(ulong, ulong)> ranges = [.. parents.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('+')).Select(part => (ulong.Parse(part[0]), ulong.Parse(part[0]) + ulong.Parse(part[1])))];
        List<IdRange> split = IdMapBuilder.AlongSeams([.. map.Split(' ').Select(IdMapBuilder.ParseRange)], ranges);
        Assert.Equal(expected, string.Join(' ', split.Select(range => $"{range.Inner}:{range.Outer}:{range.Count}")));
    }

    private static IdMap Map(string ranges) => new(IdKind.User, [.. ranges.Split(' ').Select(IdMapBuilder.ParseRange)]);

    private string Build(IdKind kind, uint userId, string name, string text)
    {
        IdMapBuilder builder = new(kind, userId) { FileRoot = _root, User = (userId, name) };
        builder.Add(text);
        return builder.Build().ToString();
    }

    private void Write(string file, string text)
    {
        string path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
