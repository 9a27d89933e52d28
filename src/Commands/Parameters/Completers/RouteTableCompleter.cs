using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Operations.Net.Tables;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the names of tables of routes.</summary>
public sealed class RouteTableCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => NetRouteTables.Read().Names.Select(name => (name, "table of routes")));
}
