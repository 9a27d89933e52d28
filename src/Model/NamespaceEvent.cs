using System;

namespace LinuxNamespaces;

/// <summary>One thing a watch saw.</summary>
public sealed class NamespaceEvent : MachineRecord
{
    internal NamespaceEvent()
    {
    }

    /// <summary>When it was seen.</summary>
    public DateTime Time { get; internal init; }

    /// <summary>The kind of change.</summary>
    public NamespaceChange Change { get; internal init; }

    /// <summary>The kind of namespace.</summary>
    public NamespaceType Type { get; internal init; }

    /// <summary>The name; null where it has none, or it is not known whose id this is.</summary>
    public string? Name { get; internal init; }

    /// <summary>The inode; null where it was gone before it could be looked at.</summary>
    public ulong? Inode { get; internal init; }

    /// <summary>The kernel's id that is never used twice; null before Linux 6.18.</summary>
    public ulong? NamespaceId { get; internal init; }

    /// <summary>The id our net namespace has for it; null for none.</summary>
    public int? NetNsId { get; internal init; }

    /// <summary>The reasons why the namespace exists: one or several of <see cref="NamespaceSource"/>, by name; null for a name or an id.</summary>
    public TextList? Source { get; internal init; }

    /// <summary>Its first process; null where it has none, and for a name or an id.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>The command line of that process.</summary>
    public string? Command { get; internal init; }
}
