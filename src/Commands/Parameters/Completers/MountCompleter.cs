using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Operations.Look;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes mount points, types and sources with those of the session's own mount namespace.</summary>
public sealed class MountCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, () => Find(parameterName).Distinct().Order());

    private static IEnumerable<(string Value, string ToolTip)> Find(string parameterName)
    {
        using MountReader reader = new();
        using LookTarget own = new LookTargets(NamespaceType.Mnt, default).OpenOwn();
        return reader.Read(own).ConvertAll(mount => parameterName switch
        {
            "FileSystemType" => (mount.FileSystemType, "type of file system"),
            "Source" => (mount.Source, "source of a mount"),
            _ => (mount.MountPoint, $"{mount.FileSystemType} of {mount.Source}"),
        }).Where(each => each.Item1.Length > 0);
    }
}
