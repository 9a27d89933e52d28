using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the modes of macvlan, ipvlan and netkit.</summary>
public sealed class InterfaceModeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => NetInterfaceKinds.ModeNames.Select(name => (name, "mode")));
}
