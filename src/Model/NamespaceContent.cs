using System;

namespace LinuxNamespaces;

/// <summary>The content of a namespace, as far as its type has any; values that cannot be read are null.</summary>
internal sealed record NamespaceContent
{
    /// <summary>Nothing is known.</summary>
    internal static NamespaceContent Unknown { get; } = new();

    internal string? HostName { get; init; }

    internal string? DomainName { get; init; }

    internal TimeSpan? MonotonicOffset { get; init; }

    internal TimeSpan? BootTimeOffset { get; init; }

    internal string? CgroupRoot { get; init; }

    internal int? MountCount { get; init; }

    internal int? InterfaceCount { get; init; }

    internal TextList? UidMap { get; init; }

    internal TextList? GidMap { get; init; }

    internal SetGroupsPolicy? SetGroups { get; init; }
}
