using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the inodes of the namespaces there are, of the types given so far.</summary>
public sealed class NamespaceInodeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => NamespaceInventory.Read(new InventoryOptions { Types = TypesOf(fakeBoundParameters["Type"]) }).Namespaces
            .Select(ns => (ns.Inode.ToString(CultureInfo.InvariantCulture), $"{ns} {ns.Name ?? ns.Command}")));

    // The text so far may not be a type yet; then all types count.
    private static NamespaceTypeSet TypesOf(object? typed)
    {
        object? words = new NamespaceTypeTransformAttribute().Transform(null!, typed);
        return words is not null && LanguagePrimitives.TryConvertTo(words, out NamespaceType[]? types) && types is not null
            ? NamespaceTypeSet.Of(types)
            : NamespaceTypeSet.All;
    }
}
