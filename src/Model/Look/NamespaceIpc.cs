using System;

namespace LinuxNamespaces;

/// <summary>An object of an ipc namespace: a queue, shared memory or semaphores. Properties that the kind does not have are null.</summary>
public sealed class NamespaceIpc : MachineRecord
{
    internal NamespaceIpc()
    {
    }

    /// <summary>The ipc namespace it is in: <c>host</c>, its container, or the kernel's text, <c>ipc:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>The id of that namespace, which is never used twice; null before Linux 6.18.</summary>
    public ulong? NamespaceId { get; internal init; }

    /// <summary>The kind of object.</summary>
    public NamespaceIpcKind Kind { get; internal init; }

    /// <summary>Its number (System V).</summary>
    public int? Id { get; internal init; }

    /// <summary>The key by which programs find it (System V); 0 for a private one.</summary>
    public int? Key { get; internal init; }

    /// <summary>Its name, which begins with a slash (POSIX).</summary>
    public string? Name { get; internal init; }

    /// <summary>The uid of its owner, as the session's user namespace sees it.</summary>
    public uint OwnerUserId { get; internal init; }

    /// <summary>The name of that user, or the number where it has none.</summary>
    public string OwnerUserName { get; internal init; } = string.Empty;

    /// <summary>The gid of its owner.</summary>
    public uint OwnerGroupId { get; internal init; }

    /// <summary>The uid that made it (System V).</summary>
    public uint? CreatorUserId { get; internal init; }

    /// <summary>The gid that made it (System V).</summary>
    public uint? CreatorGroupId { get; internal init; }

    /// <summary>The permissions of owner, group and others, in octal, for example <c>0644</c>.</summary>
    public string Permissions { get; internal init; } = string.Empty;

    /// <summary>The bytes of memory, or the bytes in a queue.</summary>
    public long? Size { get; internal init; }

    /// <summary>The messages in a queue.</summary>
    public long? MessageCount { get; internal init; }

    /// <summary>How many messages a queue takes (POSIX).</summary>
    public long? MaxMessageCount { get; internal init; }

    /// <summary>How long a message may be, in bytes (POSIX).</summary>
    public long? MaxMessageSize { get; internal init; }

    /// <summary>How many semaphores the set has (System V).</summary>
    public long? SemaphoreCount { get; internal init; }

    /// <summary>The value of a semaphore (POSIX).</summary>
    public long? Value { get; internal init; }

    /// <summary>How many have the memory attached (System V).</summary>
    public long? AttachCount { get; internal init; }

    /// <summary>Whether the memory ends with the last that has it attached (System V).</summary>
    public bool IsRemoved { get; internal init; }

    /// <summary>The PID, as this session sees it, of the process that made the memory; null also where that is out of sight.</summary>
    public int? CreatorProcessId { get; internal init; }

    /// <summary>The PID of the process that sent last, or attached or detached the memory last.</summary>
    public int? LastProcessId { get; internal init; }

    /// <summary>The PID of the process that received last.</summary>
    public int? LastReceiverProcessId { get; internal init; }

    /// <summary>When it was made or its settings were changed (System V), or its content (POSIX).</summary>
    public DateTime? ChangeTime { get; internal init; }

    /// <summary>When it was sent to, attached, or operated on last (System V).</summary>
    public DateTime? UseTime { get; internal init; }

    /// <summary>When it was received from, or detached, last (System V).</summary>
    public DateTime? ReleaseTime { get; internal init; }

    /// <summary>For example <c>SharedMemory 4</c> or <c>PosixMessageQueue /jobs</c>.</summary>
    public override string ToString() => $"{Kind} {Name ?? Id?.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
}
