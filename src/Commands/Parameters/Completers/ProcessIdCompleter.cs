using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes process ids, with the command lines as tool tips.</summary>
public sealed class ProcessIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, ReadProcesses);

    private static List<(string Value, string ToolTip)> ReadProcesses()
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        List<(string, string)> processes = [];
        foreach (int id in proc.ReadProcessIds())
        {
            if (ProcessDirectory.TryOpen(proc, id, out ProcessDirectory process))
            {
                using (process)
                {
                    string number = id.ToString(CultureInfo.InvariantCulture);
                    processes.Add((number, process.ReadCommandLine() ?? number));
                }
            }
        }

        return processes;
    }
}
