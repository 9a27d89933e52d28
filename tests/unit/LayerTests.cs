using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace LinuxNamespaces.UnitTests;

/// <summary>The rules of docs/design.md, checked on the source.</summary>
public partial class LayerTests(ITestOutputHelper output)
{
    private const int MostFiles = 25;
    private const int MostLines = 300;

    private readonly ITestOutputHelper _output = output;

    [Fact]
    public void A_room_knows_what_the_table_says_and_no_other()
    {
        IReadOnlyDictionary<string, string[]> table = RoomTable.Read();
        Dictionary<(string From, string To), List<string>> arrows = RoomTable.ReadArrows();
        Assert.Equal(Repository.SourceFiles("src").Select(RoomTable.RoomOf).OfType<string>().Distinct().Order(), table.Keys.Order());
        Assert.Equal([], arrows.Where(arrow => !table[arrow.Key.From].Contains(arrow.Key.To) && !RoomTable.IsGranted(arrow.Key.From, arrow.Key.To))
            .Select(arrow => $"{arrow.Key.From} knows {arrow.Key.To}: {string.Join(", ", arrow.Value)}"));
        Assert.Equal([], table.SelectMany(row => row.Value.Where(other => !arrows.ContainsKey((row.Key, other))).Select(other => $"{row.Key} does not know {other}")));
    }

    [Fact]
    public void Arrows_point_down_only()
    {
        string[] layers = ["Model", "Interop", "Kernel", "Operations", "Commands"];
        Assert.Equal([], RoomTable.ReadArrows().Keys
            .Where(arrow => arrow.From != "Model" && Array.IndexOf(layers, LayerOf(arrow.From)) < Array.IndexOf(layers, LayerOf(arrow.To)))
            .Select(arrow => $"{arrow.From} knows {arrow.To}"));
        Assert.Equal(["Interop"], RoomTable.ReadArrows().Keys.Where(arrow => arrow.From == "Model").Select(arrow => arrow.To));
    }

    [Fact]
    public void No_two_rooms_know_each_other_and_none_is_full()
    {
        Dictionary<(string From, string To), List<string>> arrows = RoomTable.ReadArrows();
        string[] pairs = [.. arrows.Keys.Where(arrow => string.CompareOrdinal(arrow.From, arrow.To) < 0 && arrows.ContainsKey((arrow.To, arrow.From))).Select(arrow => $"{arrow.From} and {arrow.To}")];
        (string Folder, int Files)[] folders = [.. Repository.SourceFiles("src").GroupBy(file => Path.GetDirectoryName(SourceText.Relative(file))!).Select(folder => (folder.Key, folder.Count())).OrderByDescending(folder => folder.Item2)];
        (string File, int Lines)[] longest = [.. Repository.SourceFiles("src").Select(file => (SourceText.Relative(file), File.ReadLines(file).Count())).OrderByDescending(file => file.Item2)];
        _output.WriteLine($"{arrows.Count} arrows, {pairs.Length} two-way pairs {string.Join(", ", pairs)}");
        _output.WriteLine(string.Join('\n', folders.Select(folder => $"{folder.Files,4} files  {folder.Folder}")));
        _output.WriteLine(string.Join('\n', longest.Take(20).Select(file => $"{file.Lines,4} lines  {file.File}")));
        Assert.Equal([], pairs);
        Assert.Equal([], folders.Where(folder => folder.Files > MostFiles));
        Assert.Equal([], longest.Where(file => file.Lines > MostLines));
    }

    [Fact]
    public void The_diagram_is_drawn_from_the_table()
    {
        string text = File.ReadAllText(RoomTable.Document);
        int begin = text.IndexOf(RoomTable.Begin, StringComparison.Ordinal) + RoomTable.Begin.Length;
        int end = text.IndexOf(RoomTable.End, StringComparison.Ordinal);
        if (Repository.IsDrawing)
        {
            File.WriteAllText(RoomTable.Document, text[..begin] + RoomTable.Draw() + text[end..]);
            return;
        }

        Assert.Equal(RoomTable.Draw(), text[begin..end]);
    }

    [Fact]
    public void Only_commands_know_PowerShell() => Assert.Equal([], 
        FilesWith("System.Management.Automation", except: "src/Commands/"));

    [Fact]
    public void Only_interop_calls_libraries() => Assert.Equal([], 
        FilesWith("LibraryImport", except: "src/Interop/").Concat(FilesWith("DllImport(", except: "nowhere")));

    [Fact]
    public void Commands_make_no_libc_calls() => Assert.Equal([], 
        Repository.SourceFiles("src/Commands").Where(file => LibcCall().IsMatch(Code(file))).Select(Relative));

    [Fact]
    public void A_file_is_named_after_its_type()
    {
        List<string> wrong = [];
        foreach (string file in Repository.SourceFiles("src").Where(file => !file.Contains("/Interop/") && !file.EndsWith("AssemblyInfo.cs")))
        {
            if (!SourceText.DeclaredTypes(Code(file)).Contains(Path.GetFileNameWithoutExtension(file)))
            {
                wrong.Add(Relative(file));
            }
        }

        Assert.Equal([], wrong);
    }

    /// <summary>The compiler holds every other folder to its name (IDE0130, .editorconfig).</summary>
    [Theory]
    [InlineData("src/Model", "LinuxNamespaces")]
    [InlineData("src/Interop", "LinuxNamespaces.Interop")]
    [InlineData("src/Commands/Cmdlets", "LinuxNamespaces.Commands")]
    public void Only_three_rooms_have_a_namespace_of_their_own(string folder, string name) => Assert.Equal([],
        Repository.SourceFiles(folder).Where(file => !$"\n{Code(file)}".Contains($"\nnamespace {name};")).Select(Relative));

    [Fact]
    public void Public_types_lie_in_the_model_or_are_commands() => Assert.Equal([],
        Repository.SourceFiles("src").Where(file => !file.Contains("/src/Model/") && !file.Contains("/src/Commands/") && PublicType().IsMatch(Code(file))).Select(Relative));

    /// <summary>As the help of PowerShell's own cmdlets has it; see docs/style.md.</summary>
    [Fact]
    public void A_parameter_specifies_something_and_a_switch_indicates_it()
    {
        (string File, Match Match)[] all = [.. Repository.SourceFiles("src/Commands").SelectMany(file => CmdletParameter().Matches(File.ReadAllText(file)).Select(match => (Relative(file), match)))];
        Assert.True(all.Length > 250);
        Assert.Equal([], all.Where(parameter => !parameter.Match.Groups["text"].Value.StartsWith(parameter.Match.Groups["type"].Value == "SwitchParameter" ? "Indicates that " : "Specifies ", StringComparison.Ordinal))
            .Select(parameter => $"{parameter.File}: {parameter.Match.Groups["name"].Value}"));
    }

    [Fact]
    public void The_image_has_what_the_build_installs()
    {
        string needs = File.ReadAllText(Path.Combine(Repository.Root, "build.sh"));
        string[] packages = [.. Need().Matches(needs[..needs.IndexOf("$task\" = matrix", StringComparison.Ordinal)]).Select(match => match.Groups["package"].Value).Distinct()];
        Assert.Contains("bubblewrap", packages);
        Assert.Equal([], packages.Except(File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile")).Split((char[]?)null)));
    }

    [Fact]
    public void One_cmdlet_a_file() => Assert.Equal([], 
        Repository.SourceFiles("src/Commands").Where(file => Regex.Count(Code(file), @"\[Cmdlet\(") > 1).Select(Relative));

    [Fact]
    public void Errors_are_made_in_one_file() => Assert.Equal([], 
        Repository.SourceFiles("src").Where(file => !file.EndsWith("/ErrorRecords.cs") && Code(file).Contains("new ErrorRecord(")).Select(Relative));

    [Fact]
    public void A_word_in_a_comment_or_string_is_not_a_use() => Assert.DoesNotContain(
        "NamespaceInfo", SourceText.Words(SourceText.StripComments("/// <see cref=\"NamespaceInfo\"/>\nint a; // NamespaceInfo\nstring s = \"NamespaceInfo\";")));

    private static IEnumerable<string> FilesWith(string text, string except) => Repository.SourceFiles("src")
        .Where(file => !file.Contains(except) && Code(file).Contains(text)).Select(Relative);

    private static string LayerOf(string room) => room.Split('/')[0];

    private static string Code(string file) => SourceText.Code(file);

    private static string Relative(string file) => SourceText.Relative(file);

    [GeneratedRegex(@"^public[\w\s]*?\b(?:class|struct|enum|interface|record|delegate)\b", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"/// <summary>\s*(?:/// )?(?<text>[^<\n]*)(?:(?!</summary>)[\s\S])*</summary>(?:\s*(?:///|\[).*)*?\s*\[Parameter\b(?:.*\n\s*(?:///|\[))*.*\n\s*public (?:override )?(?<type>\S+) (?<name>\w+) \{")]
    private static partial Regex CmdletParameter();

    [GeneratedRegex(@"(?<=[ \n])[\w.-]+:(?<package>[a-z][\w+-]+)(?=[ ;\n])")]
    private static partial Regex Need();

    [GeneratedRegex(@"\bLibC\.[a-z]\w*\(")]
    private static partial Regex LibcCall();
}
