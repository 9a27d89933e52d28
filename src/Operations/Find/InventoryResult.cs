using System.Collections.Generic;
using System.Linq;

namespace LinuxNamespaces.Operations.Find;

/// <summary>The result of an inventory, with its problems.</summary>
/// <param name="Namespaces">Sorted by type and inode, or in the order of the tree asked for.</param>
/// <param name="Problems">In no particular order.</param>
/// <param name="MissingProcessIds">Processes asked for that do not exist.</param>
/// <param name="ProcessCount">How many processes were there.</param>
/// <param name="Engine">How the processes were read, and why so: a sentence.</param>
/// <param name="IsByIterator">Whether that was the kernel's task iterator, so that the next look will cost little.</param>
/// <param name="Holders">The holders of the namespaces of <see cref="InventoryOptions.HoldersOf"/>.</param>
internal sealed record InventoryResult(
    IReadOnlyList<NamespaceInfo> Namespaces,
    IReadOnlyList<InventoryProblem> Problems,
    IReadOnlyList<int> MissingProcessIds,
    int ProcessCount,
    string Engine,
    bool IsByIterator,
    IReadOnlyList<NamespaceHolder> Holders)
{
    internal int Count(InventoryProblemKind kind) => Problems.Count(problem => problem.Kind == kind);
}
