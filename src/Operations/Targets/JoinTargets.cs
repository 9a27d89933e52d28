using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>The existing namespaces a start joins, held open until it has ended.</summary>
internal sealed class JoinTargets : IDisposable
{
    private readonly List<ResolvedTarget> _targets = [];
    private readonly List<JoinedNamespace> _namespaces = [];

    /// <summary>The namespaces to join: all of a process that the session is not in, except the types that are to be new.</summary>
    internal IReadOnlyList<JoinedNamespace> Namespaces => _namespaces;

    /// <summary>Opens them.</summary>
    /// <exception cref="NamespaceException">As <see cref="NamespaceTarget"/>; InvalidRequest: two of one type.</exception>
    internal static JoinTargets Open(IEnumerable<NamespaceTarget> targets, NamespaceTypeSet newTypes, CancellationToken cancellation)
    {
        JoinTargets joins = new();
        try
        {
            // A namespace given by itself has precedence over that of a process of the same type.
            List<ResolvedTarget> processes = [];
            foreach (NamespaceTarget target in targets)
            {
                ResolvedTarget resolved = target.Resolve(NamespaceTypeSet.All, cancellation);
                joins._targets.Add(resolved);
                if (resolved.Process is null)
                {
                    joins.Add(resolved, newTypes);
                }
                else
                {
                    processes.Add(resolved);
                }
            }

            foreach (ResolvedTarget process in processes)
            {
                joins.Add(process, [.. newTypes, .. joins._targets.Where(target => target.Process is null).SelectMany(target => target.Types)]);
            }

            return joins;
        }
        catch
        {
            joins.Dispose();
            throw;
        }
    }

    public void Dispose() => _targets.ForEach(target => target.Dispose());

    private void Add(ResolvedTarget resolved, NamespaceTypeSet newTypes)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        CurrentNamespaces current = new(proc);
        foreach (NamespaceType type in resolved.Types)
        {
            NamespaceHandle handle = resolved[type]!;
            if (resolved.Process is not null && (newTypes.Contains(type) || current.IsCurrent(type, handle.Inode)))
            {
                continue;
            }

            if (_namespaces.FirstOrDefault(other => other.Type == type) is JoinedNamespace first && first.Handle.Inode != handle.Inode)
            {
                throw new NamespaceException(ErrorIds.InvalidRequest, $"Both {first} and {new JoinedNamespace(type, handle)} cannot be joined.", "Give one target for each type.");
            }

            if (!current.IsCurrent(type, handle.Inode) && !_namespaces.Exists(other => other.Type == type))
            {
                _namespaces.Add(new JoinedNamespace(type, handle));
            }
        }
    }
}
