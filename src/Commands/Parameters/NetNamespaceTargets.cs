using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>Net namespaces as they are given: any <see cref="NamespaceTarget"/>, and patterns for names.</summary>
internal sealed class NetNamespaceTargets(CancellationToken cancellation)
{
    private readonly NetNamesByInode _names = new();

    /// <summary>The targets, each pattern replaced by one for each name it fits.</summary>
    /// <exception cref="NamespaceException">InvalidPattern.</exception>
    internal static IEnumerable<NamespaceTarget> Expand(IEnumerable<NamespaceTarget> targets) => targets.SelectMany(target => IsPattern(target)
        ? new NetNamespaceNames([target.ToString()]).Expand().Select(name => new NamespaceTarget(NetNamespaceDirectory.PathOf(name)))
        : [target]);

    /// <summary>The same; one null, the session's own net namespace, where nothing is given.</summary>
    /// <exception cref="NamespaceException">InvalidPattern.</exception>
    internal static IEnumerable<NamespaceTarget?> ExpandOrOwn(NamespaceTarget[] targets)
    {
        if (targets.Length == 0)
        {
            return [null];
        }

        return Expand(targets);
    }

    /// <summary>Opens a target; the caller disposes of the result.</summary>
    /// <exception cref="NamespaceException">There is no such target, or it is not a net namespace.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal NetTarget Open(NamespaceTarget? target) => target is null ? NetTarget.OpenOwn() : NetTarget.Open(target, _names, cancellation);

    // A text with a colon names a container.
    private static bool IsPattern(NamespaceTarget target) => NamespacePatterns.IsPattern(target) && !target.ToString().Contains(':', StringComparison.Ordinal);
}
