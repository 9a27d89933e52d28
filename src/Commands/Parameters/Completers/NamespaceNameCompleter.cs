using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Kernel.Mounts;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the names of net namespaces.</summary>
public sealed class NamespaceNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => ReadNames().Select(name => (name.Name, name.Path)));

    internal static IEnumerable<(string Name, string Path)> ReadNames() => MountTable.ReadNamespaceMounts()
        .Where(mount => mount.Name is not null)
        .Select(mount => (mount.Name!, mount.DisplayPath))
        .Distinct()
        .Order();
}
