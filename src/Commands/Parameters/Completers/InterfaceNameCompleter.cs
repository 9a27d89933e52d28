using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>
/// Completes the names of interfaces in the net namespaces that are named on the command line, or in ours; for -Bridge, the
/// bridges on the side where that is.
/// </summary>
public sealed class InterfaceNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        bool isBridge = parameterName == "Bridge";
        object? names = isBridge ? fakeBoundParameters["PeerName"] : fakeBoundParameters["Name"] ?? fakeBoundParameters["InputObject"];
        return Completion.Of(wordToComplete, () => Find(names).Where(found => !isBridge || found.Kind == "bridge")
            .Select(found => (found.InterfaceName, $"{found.Kind} in {found.Namespace}"))
            .Distinct()
            .Order());
    }

    private static IEnumerable<NetNamespaceInterface> Find(object? names)
    {
        using NetInterfaceReader reader = new(default);
        foreach (NetTarget target in Open(names))
        {
            using (target)
            {
                foreach (NetNamespaceInterface found in reader.Read(target))
                {
                    yield return found;
                }
            }
        }
    }

    private static IEnumerable<NetTarget> Open(object? names)
    {
        NetNamespaceTargets targets = new(default);
        return names is null ? [targets.Open(null)] : NetNamespaceTargets.Expand(LanguagePrimitives.ConvertTo<NamespaceTarget[]>(names)).Select(targets.Open);
    }
}
