using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the names of capabilities.</summary>
public sealed class CapabilityCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => CapabilityName.Names
            .Select((name, index) => (name, string.Create(CultureInfo.InvariantCulture, $"CAP_{name}, capability {index}")))
            .Append((CapabilityName.All, "all capabilities there are")));
}
