using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace LinuxNamespaces.UnitTests;

/// <summary>The rooms of src, as docs/design.md has them and as the source has them.</summary>
internal static partial class RoomTable
{
    internal const string Begin = "<!-- diagram -->\n";
    internal const string End = "<!-- /diagram -->";

    // Rooms with shelves: folders of one C# namespace.
    private static readonly Dictionary<string, string> s_shelved = new() { ["Interop"] = "Interop", ["Model"] = "", ["Commands/Cmdlets"] = "Commands" };

    internal static string Document { get; } = Path.Combine(Repository.Root, "docs/design.md");

    /// <summary>Each room of the table, in its order, with what it may know besides Model.</summary>
    internal static IReadOnlyDictionary<string, string[]> Read()
    {
        Dictionary<string, string[]> rooms = [];
        foreach (Match row in Row().Matches(File.ReadAllText(Document)))
        {
            rooms.Add(row.Groups["room"].Value, row.Groups["knows"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        return rooms;
    }

    /// <summary>The room a file lies in; null for a file at the root of src.</summary>
    internal static string? RoomOf(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Repository.Root, "src"), file))!;
        return folder.Length == 0 ? null : s_shelved.Keys.FirstOrDefault(room => folder == room || folder.StartsWith(room + "/", StringComparison.Ordinal)) ?? folder;
    }

    /// <summary>Each arrow of the source, with the files that draw it. The unused usings are errors: what is left is used.</summary>
    internal static Dictionary<(string From, string To), List<string>> ReadArrows()
    {
        string[] files = [.. Repository.SourceFiles("src").Where(file => RoomOf(file) is not null)];
        ILookup<string, string> types = files.SelectMany(file => SourceText.DeclaredTypes(SourceText.Code(file)).Select(type => (Room: RoomOf(file)!, Type: type))).ToLookup(pair => pair.Room, pair => pair.Type);
        Dictionary<string, string> byNamespace = types.Select(room => room.Key).ToDictionary(room => s_shelved.GetValueOrDefault(room, room.Replace('/', '.')));
        Dictionary<(string, string), List<string>> arrows = [];
        foreach (string file in files)
        {
            string room = RoomOf(file)!;
            string code = SourceText.Code(file);
            HashSet<string> known = [.. QualifiedName().Matches(code).Select(match => LongestRoom(match.Groups["name"].Value, byNamespace)).OfType<string>()];

            // Types of the rooms around are in sight without a using.
            string space = s_shelved.GetValueOrDefault(room, room.Replace('/', '.'));
            HashSet<string> words = [.. SourceText.TypeWords(code)];
            for (int dot = space.LastIndexOf('.'); dot > 0; dot = space.LastIndexOf('.', dot - 1))
            {
                if (byNamespace.TryGetValue(space[..dot], out string? around) && types[around].Any(words.Contains))
                {
                    known.Add(around);
                }
            }

            foreach (string other in known.Where(other => other != room && other != "Model"))
            {
                if (!arrows.TryGetValue((room, other), out List<string>? drawn))
                {
                    arrows.Add((room, other), drawn = []);
                }

                drawn.Add(SourceText.Relative(file));
            }
        }

        return arrows;
    }

    /// <summary>Whether an arrow is allowed without being listed.</summary>
    internal static bool IsGranted(string from, string to) =>
        from.StartsWith("Operations/", StringComparison.Ordinal) && (to == "Interop" || to.StartsWith("Kernel/", StringComparison.Ordinal));

    /// <summary>The table as a diagram for Mermaid, without the arrows that follow from others.</summary>
    internal static string Draw()
    {
        IReadOnlyDictionary<string, string[]> rooms = Read();
        StringBuilder text = new("```mermaid\nflowchart TB\n");
        foreach (IGrouping<string, string> layer in rooms.Keys.GroupBy(room => room.Split('/')[0]).Reverse())
        {
            if (layer.Count() == 1)
            {
                text.Append($"  {layer.Key}\n");
                continue;
            }

            text.Append($"  subgraph {layer.Key}\n");
            foreach (string room in layer)
            {
                text.Append($"    {IdOf(room)}[{room[(room.IndexOf('/') + 1)..]}]\n");
            }

            text.Append("  end\n");
        }

        foreach ((string room, string[] knows) in rooms)
        {
            foreach (string other in knows.Where(other => !knows.Any(way => way != other && Reaches(rooms, way, other))))
            {
                text.Append($"  {IdOf(room)} --> {IdOf(other)}\n");
            }
        }

        return text.Append("  Operations --> Kernel\n```\n").ToString();
    }

    private static string IdOf(string room) => room.Replace('/', '_');

    private static bool Reaches(IReadOnlyDictionary<string, string[]> rooms, string from, string to)
    {
        HashSet<string> seen = [];
        Stack<string> next = new([from]);
        while (next.TryPop(out string? room))
        {
            if (room == to || IsGranted(room, to))
            {
                return true;
            }

            if (seen.Add(room))
            {
                Array.ForEach(rooms[room], next.Push);
            }
        }

        return false;
    }

    private static string? LongestRoom(string name, Dictionary<string, string> byNamespace)
    {
        for (int end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1))
        {
            if (byNamespace.TryGetValue(name[..end], out string? room))
            {
                return room;
            }
        }

        return null;
    }

    [GeneratedRegex(@"^\| (?<room>(?:Interop|Model|Kernel|Operations|Commands)[\w/]*) \|[^|]*\|(?<knows>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"(?<!namespace )\bLinuxNamespaces\.(?<name>[\w.]+)")]
    private static partial Regex QualifiedName();
}
