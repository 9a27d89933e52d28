using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the names of signals.</summary>
public sealed class SignalCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => SignalName.All.ToArray()
            .Select((name, index) => (name, string.Create(CultureInfo.InvariantCulture, $"SIG{name}, signal {index + 1}"))));
}
