using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>The base of all completers. A completer never throws: no help beats a broken command line.</summary>
internal static class Completion
{
    internal static IEnumerable<CompletionResult> Of(string wordToComplete, Func<IEnumerable<(string Value, string ToolTip)>> candidates)
    {
        List<CompletionResult> results = [];
        try
        {
            string start = wordToComplete.Trim('\'', '"');
            foreach ((string value, string toolTip) in candidates())
            {
                if (value.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                {
                    results.Add(new CompletionResult(Quote(value), value, CompletionResultType.ParameterValue, toolTip.Length > 0 ? toolTip : value));
                }
            }
        }
        catch (Exception exception) when (exception is LinuxException or NamespaceException)
        {
            return results;
        }

        return results;
    }

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
