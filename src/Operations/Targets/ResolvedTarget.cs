using System;
using System.Collections.Generic;
using System.Globalization;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>A target with all that is needed to go there, open: nothing in it can turn into something else.</summary>
internal sealed class ResolvedTarget : IDisposable
{
    private readonly NamespaceHandle?[] _namespaces = new NamespaceHandle?[NamespaceTypes.Count];
    private string? _label;
    private bool _isDisposed;

    /// <summary>Takes over what is open. Without a label it is the process's own.</summary>
    internal ResolvedTarget(string? label, ProcessHandle? process)
    {
        _label = label;
        Process = process;
    }

    /// <summary>For messages: <c>process 4711 (nginx)</c>, <c>net:[4026531840]</c>, <c>container runc:web</c>.</summary>
    internal string Label => _label ??= DescribeProcess();

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
    internal void Add(NamespaceType type, NamespaceHandle handle)
    {
        _namespaces[(int)type]?.Dispose();
        _namespaces[(int)type] = handle;
    }

    /// <summary>Hands a handle over to the caller, who disposes of it; null where the target has none of the type.</summary>
    internal NamespaceHandle? Take(NamespaceType type)
    {
        NamespaceHandle? handle = _namespaces[(int)type];
        _namespaces[(int)type] = null;
        return handle;
    }

    // Asked for only where there is something to say, while the process's directory is open.
    private string DescribeProcess()
    {
        string? name = _isDisposed ? null : Process!.View().ReadName();
        return string.Create(CultureInfo.InvariantCulture, $"process {Process!.ProcessId}{(name is null ? string.Empty : $" ({name})")}");
    }

    public void Dispose()
    {
        _isDisposed = true;
        foreach (NamespaceHandle? handle in _namespaces)
        {
            handle?.Dispose();
        }

        Process?.Dispose();
    }
}
