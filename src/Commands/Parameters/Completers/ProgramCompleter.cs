using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes programs: those of PATH by name, others by path.</summary>
public sealed class ProgramCompleter : IArgumentCompleter
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        wordToComplete.Contains('/', StringComparison.Ordinal) || wordToComplete.StartsWith('~') || wordToComplete.StartsWith('.')
            ? CompletionCompleters.CompleteFilename(wordToComplete)
            : Completion.Of(wordToComplete, () => Find(wordToComplete.Trim('\'', '"')));

    private static IEnumerable<(string Name, string Path)> Find(string beginning)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (string path in Files(folder))
            {
                string name = Path.GetFileName(path);
                if (name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
                {
                    found.TryAdd(name, path);
                }
            }
        }

        return found.Where(program => IsExecutable(program.Value)).Select(program => (program.Key, program.Value));
    }

    private static string[] Files(string folder)
    {
        try
        {
            return Directory.GetFiles(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsExecutable(string path)
    {
        try
        {
            return (File.GetUnixFileMode(path) & AnyExecute) != 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
