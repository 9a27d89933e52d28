using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
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
    private const string UserMap = "uid_map";
    private const string GroupMap = "gid_map";

    // A process can be in 65,536 groups.
    private const int MaxStatusSize = 1024 * 1024;

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
        _status = Read(process, "status\0"u8);
        _users = IdRange.ParseAll(Read(process, "uid_map\0"u8));
        _groups = IdRange.ParseAll(Read(process, "gid_map\0"u8));
        _deniesSetGroups = Read(process, "setgroups\0"u8).StartsWith("deny", StringComparison.Ordinal);
    }

    /// <summary>Whether a start joins a user namespace.</summary>
    internal static bool AreAsked(SpawnRequest request) => request.Join.Any(join => join.Type == NamespaceType.User);

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

        ids.RequireAll(ids._users, "Uid", "user", UserMap);
        ids.RequireAll(ids._groups, "Gid", "group", GroupMap);
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

    private static string Read(in ProcessDirectory process, ReadOnlySpan<byte> name)
    {
        byte[] buffer = new byte[ProcessStatus.MaxSize];
        while (process.TryReadFile(name, buffer, out int length))
        {
            if (length < buffer.Length || length >= MaxStatusSize)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }

            buffer = new byte[buffer.Length * 4];
        }

        return string.Empty;
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
            RequireInner(_users, id, "user", UserMap);
            return;
        }

        RequireAll(_users, "Uid", "user", UserMap);
    }

    private void RequireGroup(uint? wanted)
    {
        if ((wanted ?? (_keepsCredentials ? null : 0)) is uint id)
        {
            RequireInner(_groups, id, "group", GroupMap);
            return;
        }

        RequireAll(_groups, "Gid", "group", GroupMap);
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
            Show(GroupMap, _groups),
            _keepsCredentials
                ? "Leave -PreserveCredentials out: then the groups are left behind."
                : "The session may not leave them behind: run as root, or as a user without supplementary groups.");
    }

    private uint[] ReadIds(string field) => ProcessStatus.IdsOf(_status, field);

    private static string Show(string file, IReadOnlyList<IdRange> map) => map.Count == 0 ? $"its {file} is empty" : $"its {file} is '{string.Join("; ", map)}'";

    private static NamespaceException NotMapped(string what, string map, string remedy) => new(ErrorIds.IdNotMapped, $"Nothing was run: {what} ({map}).", remedy);
}
