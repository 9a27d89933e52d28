using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>The objects of one machine that a map shows.</summary>
/// <param name="Host">The name of the machine.</param>
internal sealed record MapMachine(string Host)
{
    /// <summary>Whether a command typed here reaches its namespaces.</summary>
    internal bool IsThisMachine { get; init; }

    internal List<NamespaceInfo> Namespaces { get; } = [];

    /// <summary>Those of <see cref="Namespaces"/> that were found here and not read back from data.</summary>
    internal List<NamespaceInfo> LiveNamespaces { get; } = [];

    internal List<NetNamespaceInterface> Interfaces { get; } = [];

    /// <summary>The processes, which show the namespaces that a container is in; a namespace itself names only the container of its first process.</summary>
    internal List<NamespaceProcess> Processes { get; } = [];
}
