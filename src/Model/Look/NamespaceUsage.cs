using System;

namespace LinuxNamespaces;

/// <summary>
/// The resources that the processes of a namespace, or of a container, use together. A process counts in each of its namespaces. Values that this
/// session may not read of a process are left out; <see cref="HiddenCount"/> says of how many.
/// </summary>
public sealed class NamespaceUsage : MachineRecord
{
    internal NamespaceUsage()
    {
    }

    /// <summary>The kind of namespace; null for a container.</summary>
    public NamespaceType? Type { get; internal init; }

    /// <summary>The namespace: <c>host</c>, its container, or the kernel's text; null for a container.</summary>
    public string? Namespace { get; internal init; }

    /// <summary>The inode of that namespace; null for a container.</summary>
    public ulong? NamespaceInode { get; internal init; }

    /// <summary>The container, or that of the first process in the namespace; null outside of containers.</summary>
    public string? Container { get; internal init; }

    /// <summary>How many processes.</summary>
    public int ProcessCount { get; internal init; }

    /// <summary>How many threads they have.</summary>
    public long ThreadCount { get; internal init; }

    /// <summary>How many descriptors they have open; null with -Fast.</summary>
    public long? DescriptorCount { get; internal init; }

    /// <summary>The time on processors, of those that live, since each started.</summary>
    public TimeSpan CpuTime { get; internal init; }

    /// <summary>How much of one processor they used while they were watched; null without -IntervalSec.</summary>
    public double? CpuPercent { get; internal init; }

    /// <summary>Bytes of memory; what two processes share counts twice.</summary>
    public long ResidentBytes { get; internal init; }

    /// <summary>Bytes of memory, each divided by how many processes of the machine share it; null with -Fast.</summary>
    public long? ProportionalBytes { get; internal init; }

    /// <summary>The part of the resident bytes that files and shared memory back.</summary>
    public long SharedBytes { get; internal init; }

    /// <summary>Bytes read from storage.</summary>
    public long ReadBytes { get; internal init; }

    /// <summary>Bytes written to storage.</summary>
    public long WrittenBytes { get; internal init; }

    /// <summary>Bytes that read(2) and its like gave, of any file, pipe or terminal.</summary>
    public long ReadCharacters { get; internal init; }

    /// <summary>Bytes that write(2) and its like took.</summary>
    public long WrittenCharacters { get; internal init; }

    /// <summary>The number of processes whose reads and writes, proportional memory or descriptors may not be read.</summary>
    public int HiddenCount { get; internal init; }

    /// <summary>For example <c>net:[4026531840] 112 processes</c>.</summary>
    public override string ToString() => $"{(Type is NamespaceType type ? $"{type.ToString().ToLowerInvariant()}:[{NamespaceInode}]" : Container)} {ProcessCount} processes";
}
