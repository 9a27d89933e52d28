using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Look;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Which namespaces a target means, where several types are asked for.</summary>
internal static class NamespacesOf
{
    /// <summary>Finds them: the object itself, all whose names fit a pattern, or those of a process, container, name or path.</summary>
    /// <param name="target">The target as the user named it.</param>
    /// <param name="types">The types of namespaces that are wanted of anything but an object.</param>
    /// <param name="cancellation">Ends a search of the machine.</param>
    /// <exception cref="NamespaceException">There is no such target, or it is not of these types (TargetLacksType).</exception>
    /// <exception cref="LinuxException">A path cannot be opened, or there is no usable /proc.</exception>
    internal static IReadOnlyList<NamespaceInfo> Find(NamespaceTarget target, NamespaceTypeSet types, CancellationToken cancellation)
    {
        if (target.Value is NamespaceInfo seen)
        {
            return [seen];
        }

        if (NamespacePatterns.IsPattern(target))
        {
            WildcardPattern pattern = NamespacePatterns.Parse(target.ToString());
            return [.. LookTargets.FindMatching(types, pattern.IsMatch, cancellation)];
        }

        using ResolvedTarget resolved = target.Resolve(types, cancellation);
        using ProcFileSystem proc = ProcFileSystem.Open();
        CurrentNamespaces current = new(proc);
        NamespaceInfo[] found = [.. resolved.Types.Where(types.Contains).Select(type => new NamespaceInfo
        {
            Type = type,
            Inode = resolved[type]!.Inode,
            IsCurrent = current.IsCurrent(type, resolved[type]!.Inode),
        })];
        return found.Length > 0 ? found : throw new NamespaceException(
            ErrorIds.TargetLacksType, $"{resolved.Label} is not of the types asked for.", "Leave out -Type: it selects among the namespaces of a process or container.");
    }
}
