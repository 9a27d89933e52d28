using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>Completes the inodes of the namespaces there are, of the types given so far.</summary>
public sealed class NamespaceInodeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => NamespaceInventory.Read(new InventoryOptions()).Namespaces
            .Select(ns => (ns.Inode.ToString(CultureInfo.InvariantCulture), $"{ns} {ns.Name ?? ns.Command}")));
}
