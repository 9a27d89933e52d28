using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Compare;

/// <summary>Compares what is open: nothing compared can turn into something else meanwhile.</summary>
internal sealed class NamespaceComparer
{
    private readonly UserDatabase _users = new();

    /// <summary>A comparison for every type that both have.</summary>
    internal IEnumerable<NamespaceComparison> Compare(ResolvedTarget reference, ResolvedTarget difference)
    {
        foreach (NamespaceType type in reference.Types)
        {
            if (reference[type] is not NamespaceHandle first || difference[type] is not NamespaceHandle second)
            {
                continue;
            }

            using NamespaceHandle? firstOwner = first.OpenOwner();
            using NamespaceHandle? secondOwner = second.OpenOwner();
            yield return new NamespaceComparison
            {
                Type = type,
                IsEqual = first.Inode == second.Inode,
                Reference = reference.Label,
                ReferenceInode = first.Inode,
                ReferenceOwnerInode = firstOwner?.Inode,
                Difference = difference.Label,
                DifferenceInode = second.Inode,
                DifferenceOwnerInode = secondOwner?.Inode,
                DifferenceOwnerName = (type == NamespaceType.User ? second : secondOwner)?.OwnerUserId is uint userId ? _users.NameOf(userId) : null,
            };
        }
    }
}
