using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the names of net namespaces where a pattern is taken: a name that looks like one is escaped.</summary>
public sealed class NamespacePatternCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => NamespaceNameCompleter.ReadNames().Select(name => (WildcardPattern.Escape(name.Name), name.Path)));
}
