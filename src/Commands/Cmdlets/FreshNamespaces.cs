using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Maps;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Commands;

/// <summary>Fresh namespaces for one command or session, as parameters ask for them.</summary>
internal sealed record FreshNamespaces(IEnumerable<NamespaceType> Types, bool MountProc, bool MapRootUser, string? HostName, bool LoopbackUp)
{
    /// <summary>For messages.</summary>
    internal string Label => "new " + AllTypes().Names;

    /// <summary>Adds them to a request.</summary>
    internal SpawnRequest ApplyTo(SpawnRequest request) => request with
    {
        Types = AllTypes(),
        UserMap = MapRootUser ? MapRoot(IdKind.User, ProcessCredentials.UserId) : null,
        GroupMap = MapRootUser ? MapRoot(IdKind.Group, ProcessCredentials.GroupId) : null,
        SetGroups = MapRootUser ? SetGroupsPolicy.Deny : null,
        ProcDirectory = MountProc ? "/proc" : null,
        HostName = HostName,
        LoopbackUp = LoopbackUp,
    };

    // Some settings are of namespaces that need not be named.
    private NamespaceTypeSet AllTypes() => NamespaceTypeSet.Of(Types)
        .With(NamespaceType.Mnt, MountProc)
        .With(NamespaceType.User, MapRootUser)
        .With(NamespaceType.Uts, HostName is not null)
        .With(NamespaceType.Net, LoopbackUp);

    private static IdMap MapRoot(IdKind kind, uint id)
    {
        IdMapBuilder map = new(kind, id);
        map.AddSingle(0);
        return map.Build();
    }
}
