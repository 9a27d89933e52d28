using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>Completes users and groups of /etc/passwd and /etc/group: names, ids, or user:group, as the parameter takes them.</summary>
public sealed class AccountCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.OfItems(wordToComplete, () => Read(parameterName));

    private static IEnumerable<CompletionItem> Read(string parameterName) => parameterName switch
    {
        "UserId" => AccountFile.ReadUsers().Select(user => new CompletionItem(user.Id, user.Name, user.Name)),
        "GroupId" => AccountFile.ReadGroups().Select(group => new CompletionItem(group.Id, group.Name, group.Name)),
        "MapGroup" => AccountFile.ReadGroups().Select(group => new CompletionItem(group.Name, $"gid {group.Id}")),
        "Owner" => AccountFile.ReadUsers().Select(user => new CompletionItem($"{user.Name}:{user.GroupId}", $"uid {user.Id}, gid {user.GroupId}")),
        _ => AccountFile.ReadUsers().Select(user => new CompletionItem(user.Name, $"uid {user.Id}")),
    };
}
