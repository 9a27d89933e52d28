using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Operations.Containers;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes running containers: their names, and ids where they have none.</summary>
public sealed class ContainerNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, ContainerFinder.ReadNames);
}
