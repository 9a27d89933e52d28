using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace LinuxNamespaces.UnitTests;

/// <summary>Source files as text: code without comments and strings, and the types in it.</summary>
internal static partial class SourceText
{
    internal static string Code(string file) => StripComments(File.ReadAllText(file));

    internal static string StripComments(string source) => CommentOrString().Replace(source, " ");

    internal static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);

    internal static IEnumerable<string> DeclaredTypes(string code) => TopLevelType().Matches(code).Select(match => match.Groups["name"].Value);

    /// <summary>The words that may be types.</summary>
    internal static IEnumerable<string> Words(string code) => Word().Matches(code).Select(match => match.Value).Distinct();

    /// <summary>Those of them that are no members of something.</summary>
    internal static IEnumerable<string> TypeWords(string code) => FreeWord().Matches(code).Select(match => match.Value).Distinct();

    [GeneratedRegex(@"^(?:public|internal)[\w\s]*?\b(?:class|struct|enum|interface|record(?:\s+struct)?)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w+\b")]
    private static partial Regex FreeWord();

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])'""", RegexOptions.Singleline)]
    private static partial Regex CommentOrString();
}
