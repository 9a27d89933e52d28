using System;
using System.Collections.Generic;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>A target with all that is needed to go there, open: nothing it tells can turn into something else.</summary>
internal sealed class ResolvedTarget : IDisposable
{
    private readonly NamespaceHandle?[] _namespaces = new NamespaceHandle?[NamespaceTypes.Count];

    internal ResolvedTarget(string label, ProcessHandle? process)
    {
        Label = label;
        Process = process;
    }

    /// <summary>For messages: <c>process 4711 (nginx)</c>, <c>net:[4026531840]</c>, <c>container runc:web</c>.</summary>
    internal string Label { get; }

    /// <summary>The process whose namespaces these are; null where a namespace alone was meant.</summary>
    internal ProcessHandle? Process { get; }

    /// <summary>The types it has, in the enum's order.</summary>
    internal IEnumerable<NamespaceType> Types
    {
        get
        {
            for (int i = 0; i < NamespaceTypes.Count; i++)
            {
                if (_namespaces[i] is not null)
                {
                    yield return (NamespaceType)i;
                }
            }
        }
    }

    /// <summary>The open namespace; null where the target has none of the type, or it was not asked for.</summary>
    internal NamespaceHandle? this[NamespaceType type] => _namespaces[(int)type];

    /// <summary>Takes over a handle.</summary>
    internal void Add(NamespaceType type, NamespaceHandle handle) => _namespaces[(int)type] = handle;

    public void Dispose()
    {
        foreach (NamespaceHandle? handle in _namespaces)
        {
            handle?.Dispose();
        }

        Process?.Dispose();
    }
}
