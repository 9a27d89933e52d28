using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>The base of all completers. A completer never throws: no help beats a broken command line.</summary>
internal static class Completion
{
    internal static IEnumerable<CompletionResult> Of(string wordToComplete, Func<IEnumerable<(string Value, string ToolTip)>> candidates) =>
        OfItems(wordToComplete, () => candidates().Select(pair => new CompletionItem(pair.Value, pair.ToolTip)));

    internal static IEnumerable<CompletionResult> OfItems(string wordToComplete, Func<IEnumerable<CompletionItem>> candidates)
    {
        List<CompletionResult> results = [];
        try
        {
            string start = wordToComplete.Trim('\'', '"');
            foreach (CompletionItem item in candidates())
            {
                if (Begins(item.Value, start) || (item.Name is string name && Begins(name, start)))
                {
                    string shown = item.Name is null ? item.Value : $"{item.Value} - {item.Name}";
                    results.Add(new CompletionResult(Quote(item.Value), shown, CompletionResultType.ParameterValue, item.ToolTip.Length > 0 ? item.ToolTip : item.Value));
                }
            }
        }
        catch (Exception exception) when (exception is LinuxException or NamespaceException)
        {
            return results;
        }

        return results;
    }

    private static bool Begins(string text, string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    private static string Quote(string value)
    {
        foreach (char character in value)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.' or '/' or ':'))
            {
                return $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
            }
        }

        return value;
    }
}
