using System;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Find;

/// <summary>A namespace found by something other than the links of a process, kept open until it is described.</summary>
internal sealed class HeldNamespace(NamespaceHandle handle, NamespaceSource source, int processId, string path) : IDisposable
{
    internal NamespaceHandle Handle { get; } = handle;

    internal NamespaceSource Source { get; set; } = source;

    /// <summary>The process that holds it; 0 for a mount.</summary>
    internal int ProcessId { get; } = processId;

    /// <summary>A file it can be opened by; empty for a socket.</summary>
    internal string Path { get; } = path;

    public void Dispose() => Handle.Dispose();
}

/// <summary>A process that keeps a namespace alive, and the reason.</summary>
/// <param name="Inode">The namespace.</param>
/// <param name="Source">By what.</param>
/// <param name="ProcessId">Who.</param>
/// <param name="Number">The number of the thread or of the descriptor; 0 for what has none.</param>
internal readonly record struct NamespaceHold(ulong Inode, NamespaceSource Source, int ProcessId, int Number);
