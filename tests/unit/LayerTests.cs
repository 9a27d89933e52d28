using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>The rules of docs/design.md, checked on the source.</summary>
public partial class LayerTests
{
    private static readonly string[] s_layers = ["Interop", "Kernel", "Operations", "Commands"];

    [Fact]
    public void Arrows_point_down_only()
    {
        List<string> wrong = [];
        for (int layer = 0; layer < s_layers.Length; layer++)
        {
            HashSet<string> above = [.. s_layers.Skip(layer + 1).SelectMany(DeclaredTypes)];
            Assert.True(layer == s_layers.Length - 1 || above.Count > 5);
            foreach (string file in Repository.SourceFiles("src/" + s_layers[layer]))
            {
                wrong.AddRange(Words(Code(file)).Where(above.Contains).Select(type => $"{Relative(file)} uses {type}"));
                wrong.AddRange(s_layers.Skip(layer + 1).Where(name => Code(file).Contains("LinuxNamespaces." + name)).Select(name => $"{Relative(file)} uses {name}"));
            }
        }

        Assert.Equal([], wrong);
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
            if (!TopLevelType().Matches(Code(file)).Any(match => match.Groups["name"].Value == Path.GetFileNameWithoutExtension(file)))
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

    [Fact]
    public void One_cmdlet_a_file() => Assert.Equal([], 
        Repository.SourceFiles("src/Commands").Where(file => Regex.Count(Code(file), @"\[Cmdlet\(") > 1).Select(Relative));

    [Fact]
    public void Errors_are_made_in_one_file() => Assert.Equal([], 
        Repository.SourceFiles("src").Where(file => !file.EndsWith("/ErrorRecords.cs") && Code(file).Contains("new ErrorRecord(")).Select(Relative));

    [Fact]
    public void No_file_has_grown_into_two() => Assert.Equal([], 
        Repository.SourceFiles("src").Where(file => File.ReadLines(file).Count() > 360).Select(Relative));

    [Fact]
    public void A_word_in_a_comment_or_string_is_not_a_use() => Assert.DoesNotContain(
        "NamespaceInfo", Words(StripComments("/// <see cref=\"NamespaceInfo\"/>\nint a; // NamespaceInfo\nstring s = \"NamespaceInfo\";")));

    private static IEnumerable<string> FilesWith(string text, string except) => Repository.SourceFiles("src")
        .Where(file => !file.Contains(except) && Code(file).Contains(text)).Select(Relative);

    private static IEnumerable<string> DeclaredTypes(string layer) => Repository.SourceFiles("src/" + layer)
        .SelectMany(file => TopLevelType().Matches(Code(file)).Select(match => match.Groups["name"].Value));

    private static IEnumerable<string> Words(string code) => Word().Matches(code).Select(match => match.Value).Distinct();

    private static string Code(string file) => StripComments(File.ReadAllText(file));

    private static string StripComments(string source) => CommentOrString().Replace(source, " ");

    private static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);

    [GeneratedRegex(@"^(?:public|internal)[\w\s]*?\b(?:class|struct|enum|interface|record(?:\s+struct)?)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^public[\w\s]*?\b(?:class|struct|enum|interface|record|delegate)\b", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"\bLibC\.[a-z]\w*\(")]
    private static partial Regex LibcCall();

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])'""", RegexOptions.Singleline)]
    private static partial Regex CommentOrString();
}
