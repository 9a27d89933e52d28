using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>The objects of one machine that a map shows.</summary>
/// <param name="Host">The name of the machine on the map.</param>
internal sealed record MapMachine(string Host)
{
    /// <summary>Whether a command typed here reaches its namespaces.</summary>
    internal bool IsThisMachine { get; init; }

    /// <summary>Whether the machine has started again since, so that no command reaches what was there.</summary>
    internal bool IsGone { get; init; }

    /// <summary>The name by which the machine is reached.</summary>
    internal string ComputerName { get; init; } = Host;

    /// <summary>The start of its kernel; null where it is not known.</summary>
    internal string? BootId { get; init; }

    internal bool IsEmpty => Namespaces.Count + Interfaces.Count + Processes.Count == 0;

    internal List<NamespaceInfo> Namespaces { get; } = [];

    /// <summary>Those of <see cref="Namespaces"/> that were found here and not read back from data.</summary>
    internal List<NamespaceInfo> LiveNamespaces { get; } = [];

    internal List<NetNamespaceInterface> Interfaces { get; } = [];

    /// <summary>The processes, which show the namespaces that a container is in; a namespace itself names only the container of its first process.</summary>
    internal List<NamespaceProcess> Processes { get; } = [];
}
