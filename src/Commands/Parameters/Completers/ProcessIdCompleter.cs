using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes process ids, by number or by name. The list shows names with numbers, kernel threads last.</summary>
public sealed class ProcessIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.OfItems(wordToComplete, ReadProcesses);

    private static IEnumerable<CompletionItem> ReadProcesses()
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        List<(CompletionItem Item, bool IsKernelThread)> processes = [];
        proc.Visit((int id, in ProcessDirectory process) =>
        {
            string number = id.ToString(CultureInfo.InvariantCulture);
            string? command = process.ReadCommandLine();

            // A process without memory of its own has no command line; its name is shown in brackets.
            processes.Add((new CompletionItem(number, command ?? number, process.ReadName() ?? number), command?.StartsWith('[') == true));
        }, default);

        return processes.OrderBy(process => process.IsKernelThread).Select(process => process.Item);
    }
}
