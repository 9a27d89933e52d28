using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes what namespaces of any type may be told by: containers and process ids.</summary>
public sealed class NamespacePlaceCompleter : IArgumentCompleter
{
    private readonly ProcessIdCompleter _processes = new();

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => NamespaceInventory.Read(new InventoryOptions()).Namespaces
                .Where(ns => ns.Container is { } container && container.Contains(':'))
                .Select(ns => (ns.Container!, "container"))
                .Distinct()
                .Order())
            .Concat(_processes.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters));
}
