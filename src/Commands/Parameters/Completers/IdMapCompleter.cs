using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the words an id map may be.</summary>
public sealed class IdMapCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () =>
        [
            ("auto", "The first range /etc/subuid or /etc/subgid gives the caller, from 0 on"),
            ("subids", "That range as itself"),
            ("all", "Every id of the caller's user namespace as itself"),
            ("0:100000:65536", "inner:outer:count"),
        ]);
}
