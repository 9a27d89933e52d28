using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>Opens what a target means.</summary>
internal static class TargetExtensions
{
    /// <summary>Opens what is meant: the caller disposes of the result.</summary>
    /// <param name="target">The target.</param>
    /// <param name="types">Which namespaces of a process to open; null opens all.</param>
    /// <param name="cancellation">Ends a search of the machine.</param>
    /// <exception cref="NamespaceException">
    /// ProcessNotFound, ProcessRecycled, ProcessHidden, NamespaceNotFound, NamespaceGone, NotANamespace,
    /// TargetNotFound, TargetAmbiguous.
    /// </exception>
    /// <exception cref="LinuxException">A path that cannot be opened, or no usable /proc.</exception>
    internal static ResolvedTarget Resolve(this NamespaceTarget target, NamespaceTypeSet? types = null, CancellationToken cancellation = default) =>
        new TargetResolver(types ?? NamespaceTypeSet.All, cancellation).Resolve(target.Value);
}
