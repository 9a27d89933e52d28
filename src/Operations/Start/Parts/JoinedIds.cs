using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>
/// Makes sure that nothing runs in a joined user namespace with an id that has no mapping there. Such an id is still the session's own
/// outside, and so are its files, while everybody who has capabilities inside may trace the process that has it.
/// </summary>
internal sealed class JoinedIds
{
    private readonly JoinedNamespace _joined;
    private readonly bool _keepsCredentials;
    private readonly string _status;
    private readonly IReadOnlyList<IdRange> _users;
    private readonly IReadOnlyList<IdRange> _groups;
    private readonly bool _deniesSetGroups;

    private JoinedIds(SpawnRequest request, in ProcessDirectory process)
    {
        _joined = Joined(request);
        _keepsCredentials = request.PreserveCredentials;
        _status = KernelFile.TryRead(process.Descriptor, "status") ?? string.Empty;
        _users = IdRange.TryReadAll(process.Descriptor, IdRange.UserFile) ?? [];
        _groups = IdRange.TryReadAll(process.Descriptor, IdRange.GroupFile) ?? [];
        _deniesSetGroups = KernelFile.TryRead(process.Descriptor, "setgroups")?.StartsWith("deny", StringComparison.Ordinal) == true;
    }

    /// <summary>Whether a start joins a user namespace.</summary>
    internal static bool AreAsked(SpawnRequest request) => request.JoinedTypes.Contains(NamespaceType.User);

    /// <summary>Before the child takes on the ids it is to have inside: that they are mapped there.</summary>
    /// <exception cref="NamespaceException">IdNotMapped.</exception>
    internal static void CheckWanted(SpawnGate gate, SpawnRequest request)
    {
        if (TryRead(gate, request) is not JoinedIds ids)
        {
            // A hidden child: the calls that give it the ids fail where one is not mapped, and the last check has the last word.
            return;
        }

        ids.RequireUser(request.UserId);
        ids.RequireGroup(request.GroupId);
        if (request.PreserveCredentials)
        {
            ids.RequireGroups();
        }
    }

    /// <summary>At the last gate: the ids the child really has are mapped.</summary>
    /// <returns>Its effective uid as the session sees it; null where it is hidden.</returns>
    /// <exception cref="NamespaceException">IdNotMapped; ProcessHidden: it cannot be seen.</exception>
    internal static uint? CheckActual(SpawnGate gate, SpawnRequest request)
    {
        if (TryRead(gate, request) is not JoinedIds ids)
        {
            // A call that could not have failed has set uid and gid; of the groups nothing is known.
            return !request.PreserveCredentials && IsOwn(Joined(request)) ? null : throw new NamespaceException(
                ErrorIds.ProcessHidden,
                $"This /proc hides the child, so whether {Joined(request)} maps its ids cannot be seen.",
                "Run as root, or mount /proc without hidepid.");
        }

        ids.RequireAll(ids._users, "Uid", "user", IdRange.UserFile);
        ids.RequireAll(ids._groups, "Gid", "group", IdRange.GroupFile);
        ids.RequireGroups();
        return ids.ReadIds("Uid").ElementAtOrDefault(1);
    }

    private static JoinedNamespace Joined(SpawnRequest request) => request.Join.First(join => join.Type == NamespaceType.User);

    private static JoinedIds? TryRead(SpawnGate gate, SpawnRequest request)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        if (!ProcessDirectory.TryOpen(proc, gate.ProcessId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            JoinedIds ids = new(request, process);
            return ids.ReadIds("Uid").Length > 0 ? ids : null;
        }
    }

    // One that the session's own user has made right where the session is.
    private static bool IsOwn(JoinedNamespace joined)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        using NamespaceHandle? parent = joined.Handle.OpenParent();
        return parent is not null && joined.Handle.OwnerUserId == ProcessCredentials.UserId && new CurrentNamespaces(proc).IsCurrent(NamespaceType.User, parent.Inode);
    }

    private void RequireUser(uint? wanted)
    {
        if ((wanted ?? (_keepsCredentials ? null : 0)) is uint id)
        {
            RequireInner(_users, id, "user", IdRange.UserFile);
            return;
        }

        RequireAll(_users, "Uid", "user", IdRange.UserFile);
    }

    private void RequireGroup(uint? wanted)
    {
        if ((wanted ?? (_keepsCredentials ? null : 0)) is uint id)
        {
            RequireInner(_groups, id, "group", IdRange.GroupFile);
            return;
        }

        RequireAll(_groups, "Gid", "group", IdRange.GroupFile);
    }

    private void RequireInner(IReadOnlyList<IdRange> map, uint id, string kind, string file)
    {
        if (!map.Any(range => range.HasInner(id)))
        {
            throw NotMapped(
                string.Create(CultureInfo.InvariantCulture, $"{_joined} has no {kind} {id}"),
                Show(file, map),
                "Give -UserId and -GroupId that it has; Invoke-NamespaceCommand and Enter-Namespace take those of a target with -FollowCredentials.");
        }
    }

    // Real, effective, saved and that of the file system.
    private void RequireAll(IReadOnlyList<IdRange> map, string field, string kind, string file)
    {
        foreach (uint id in ReadIds(field))
        {
            if (!map.Any(range => range.HasOuter(id)))
            {
                throw NotMapped(
                    string.Create(CultureInfo.InvariantCulture, $"{_joined} has no place for the session's {kind} {id}"),
                    Show(file, map),
                    "Leave -PreserveCredentials out, or give -UserId and -GroupId that it has.");
            }
        }
    }

    // Where nobody can leave groups behind, neither could the processes that the session's user has started there before.
    private void RequireGroups()
    {
        uint[] left = [.. ReadIds("Groups").Where(id => !_groups.Any(range => range.HasOuter(id)))];
        if (left.Length == 0 || (_deniesSetGroups && !ProcessCredentials.Has(ProcessCredentials.CapSetGid) && IsOwn(_joined)))
        {
            return;
        }

        throw NotMapped(
            $"{_joined} has no place for the session's supplementary groups {string.Join(", ", left)}",
            Show(IdRange.GroupFile, _groups),
            _keepsCredentials
                ? "Leave -PreserveCredentials out: then the groups are left behind."
                : "The session may not leave them behind: run as root, or as a user without supplementary groups.");
    }

    private uint[] ReadIds(string field) => ProcessStatus.IdsOf(_status, field);

    private static string Show(string file, IReadOnlyList<IdRange> map) => map.Count == 0 ? $"its {file} is empty" : $"its {file} is '{string.Join("; ", map)}'";

    private static NamespaceException NotMapped(string what, string map, string remedy) => new(ErrorIds.IdNotMapped, $"Nothing was run: {what} ({map}).", remedy);
}
