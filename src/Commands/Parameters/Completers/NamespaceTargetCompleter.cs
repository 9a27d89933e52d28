using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes what a target may be: names of net namespaces, containers and process ids.</summary>
public sealed class NamespaceTargetCompleter : IArgumentCompleter
{
    private readonly NamespaceNameCompleter _names = new();
    private readonly ContainerNameCompleter _containers = new();
    private readonly ProcessIdCompleter _processes = new();

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        _names.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters)
            .Concat(_containers.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters))
            .Concat(_processes.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters));
}
