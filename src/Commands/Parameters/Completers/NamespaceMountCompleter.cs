using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes the paths namespaces are mounted on.</summary>
public sealed class NamespaceMountCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => MountTable.ReadNamespaceMounts()
            .Select(mount => (mount.DisplayPath, $"{mount.Type.KernelName()}:[{mount.Inode}]"))
            .Distinct()
            .Order());
}
