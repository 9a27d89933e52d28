using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Maps;
using LinuxNamespaces.Operations.Start.Files;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Turns what a user typed at New-NamespaceProcess into a request: defaults, implied types, paths and names.</summary>
internal sealed class SpawnRequestBuilder
{
    private const string NullDevice = "/dev/null";
    private const string ProcDirectory = "/proc";
    private const string BinfmtDirectory = "/proc/sys/fs/binfmt_misc";
    private const string DefaultSignal = "KILL";

    private static readonly Hashtable s_none = [];

    private readonly NewNamespaceProcessCommand _command;
    private readonly List<PinnedType> _persist;
    private readonly IdMapBuilder _users;
    private readonly IdMapBuilder _groups;
    private readonly bool _mountsProc;
    private readonly bool _mountsBinfmt;
    private readonly (uint UserId, uint GroupId)? _owner;
    private NamespaceTypeSet _types;
    private bool _hasOtherFiles;
    private bool _startsOutside;

    /// <exception cref="NamespaceException">A value has no meaning.</exception>
    internal SpawnRequestBuilder(NewNamespaceProcessCommand command)
    {
        _command = command;
        _types = [.. command.Type ?? []];
        _persist = BuildPersist();
        _mountsBinfmt = command.MountBinfmt || command.BinfmtDirectory is not null || command.LoadInterpreter is not null;
        _mountsProc = command.MountProc || command.ProcDirectory is not null || (_mountsBinfmt && command.BinfmtDirectory is null);
        Imply(NamespaceType.Mnt, _mountsProc || _mountsBinfmt || FileEntryBuilder.IsAsked(command));
        Imply(NamespaceType.Pid, command.Init);
        Imply(NamespaceType.User, command.DisableUserNamespaces);
        Imply(NamespaceType.Uts, command.HostName is not null || command.DomainName is not null);
        Imply(NamespaceType.Net, command.LoopbackUp);
        Imply(NamespaceType.Time, command.MonotonicOffset is not null || command.BootTimeOffset is not null);
        _owner = ParseOwner();
        (_users, _groups) = BuildMaps();

        // Interpreters are registered for a user namespace: the session's would be the whole machine's.
        Imply(NamespaceType.User, _mountsBinfmt || !_users.IsEmpty || !_groups.IsEmpty || command.SetGroups is not null || command.Owner is not null);
    }

    /// <summary>The types to make, the implied ones included.</summary>
    internal NamespaceTypeSet Types => _types;

    /// <summary>The whole request.</summary>
    /// <exception cref="NamespaceException">A value has no meaning.</exception>
    internal SpawnRequest Build(IReadOnlyList<JoinedNamespace> joins, bool ownProcessGroup)
    {
        IReadOnlyList<FileEntry> files = FileEntryBuilder.Build(_command);
        _hasOtherFiles = _command.Root is not null || files.Any(file => file.Target == "/") || joins.Any(join => join.Type == NamespaceType.Mnt);
        _startsOutside = _owner is not null ? files.Count == 0 : !_types.Contains(NamespaceType.Mnt) && joins.Any(join => join.Type == NamespaceType.User);
        IdMap? groupMap = _groups.IsEmpty ? null : _groups.Build();
        EnvironmentBlock environment = BuildEnvironment();
        SpawnRequest request = new()
        {
            Types = _types,
            Join = joins,
            Program = ResolveProgram(),
            Arguments = ProgramArguments.From(_command.ArgumentList),
            Environment = environment,
            WorkingDirectory = ResolveWorkingDirectory(files),
            Files = files,
            ReadOnlyRoot = _command.ReadOnlyRoot,
            InitialDirectory = ResolveInitialDirectory(),
            Root = _command.Root is string root ? Resolve(root) : null,
            StandardInput = ResolveRedirect(nameof(_command.RedirectStandardInput), _command.RedirectStandardInput),
            StandardOutput = ResolveRedirect(nameof(_command.RedirectStandardOutput), _command.RedirectStandardOutput),
            StandardError = ResolveRedirect(nameof(_command.RedirectStandardError), _command.RedirectStandardError),
            UserMap = _users.IsEmpty ? null : _users.Build(),
            GroupMap = groupMap,
            SetGroups = DecideSetGroups(groupMap),
            Owner = _owner,
            UserId = _command.UserId,
            GroupId = _command.GroupId,
            KeepCapabilities = _command.KeepCapabilities,
            Propagation = _command.Propagation,
            ProcDirectory = _mountsProc ? _command.ProcDirectory ?? ProcDirectory : null,
            BinfmtDirectory = _mountsBinfmt ? _command.BinfmtDirectory ?? BinfmtDirectory : null,
            Interpreter = _command.LoadInterpreter,
            HostName = _command.HostName,
            DomainName = _command.DomainName,
            LoopbackUp = _command.LoopbackUp,
            MonotonicOffset = _command.MonotonicOffset,
            BootTimeOffset = _command.BootTimeOffset,
            Persist = _persist,
            ParentDeathSignal = _command.KillWithParent || _command.ParentDeathSignal is not null
                ? SignalName.Parse(_command.ParentDeathSignal ?? DefaultSignal)
                : null,
            OwnProcessGroup = ownProcessGroup,
            HasReaper = _command.Init,
        };
        request = ConfinementBuilder.Apply(_command, request);
        if (request.Program?.Contains('/') == true)
        {
            return request;
        }

        string? path = environment.Find("PATH") ?? Environment.GetEnvironmentVariable("PATH");
        return string.IsNullOrEmpty(path) ? request : request with { SearchPath = path };
    }

    private void Imply(NamespaceType type, bool isNeeded) => _types = _types.With(type, isNeeded);

    private List<PinnedType> BuildPersist()
    {
        List<PinnedType> persist = [];
        foreach (DictionaryEntry entry in _command.Persist ?? s_none)
        {
            string? path = LanguagePrimitives.ConvertTo<string>(entry.Value);
            if (!NamespaceTypeTransformAttribute.TryConvert(entry.Key, out NamespaceType type) || string.IsNullOrEmpty(path))
            {
                throw new NamespaceException(
                    ErrorIds.InvalidRequest, $"'{entry.Key}' is not a valid entry for -Persist.", "Write @{ Net = '/run/netns/blue' }: a namespace type, and a path.");
            }

            // Two words may mean one type.
            if (persist.Exists(pin => pin.Type == type))
            {
                throw new NamespaceException(ErrorIds.InvalidRequest, $"-Persist has two paths for {type}.", "Give one path for each type.");
            }

            persist.Add(new PinnedType(type, Resolve(path)));
            _types = _types.With(type);
        }

        return persist;
    }

    private (IdMapBuilder Users, IdMapBuilder Groups) BuildMaps()
    {
        // The program is the owner, so the ids to be mapped are the owner's. The caller's, which are root's, are not for the owner to have inside.
        (uint userId, uint groupId) = _owner ?? (ProcessCredentials.UserId, ProcessCredentials.GroupId);
        bool usesSubIds = _command.MapAuto || _command.MapSubIds || _command.UidMap?.Length > 0 || _command.GidMap?.Length > 0;
        (uint, string) user = (userId, usesSubIds ? new UserDatabase().NameOf(userId) : string.Empty);
        IdMapBuilder users = new(IdKind.User, userId) { User = user };
        IdMapBuilder groups = new(IdKind.Group, groupId) { User = user };
        if (_command.MapRootUser || _command.MapCurrentUser)
        {
            users.AddSingle(_command.MapRootUser ? 0 : userId);
            groups.AddSingle(_command.MapRootUser ? 0 : groupId);
        }

        if (_command.MapUser is string mapUser)
        {
            users.AddSingle(AccountLookup.UserId(mapUser));
        }

        if (_command.MapGroup is string mapGroup)
        {
            groups.AddSingle(AccountLookup.GroupId(mapGroup));
        }

        AddRanges(users, _command.UidMap);
        AddRanges(groups, _command.GidMap);
        if (_mountsBinfmt && users.IsEmpty && groups.IsEmpty)
        {
            // Only its root may use it.
            users.AddSingle(0);
            if (_command.SetGroups != SetGroupsPolicy.Allow)
            {
                groups.AddSingle(0);
            }
        }

        return (users, groups);
    }

    private void AddRanges(IdMapBuilder map, string[]? ranges)
    {
        string?[] texts = [.. ranges ?? [], _command.MapAuto ? "auto" : null, _command.MapSubIds ? "subids" : null];
        foreach (string? text in texts.Where(text => text is not null))
        {
            map.Add(text!);
        }
    }

    // A single group may be mapped by anybody, but only where nobody can drop groups any more: these may have been there to deny access.
    private SetGroupsPolicy? DecideSetGroups(IdMap? map)
    {
        bool mustDeny = _groups.IsSingle
            || (map?.IsOnly(ProcessCredentials.GroupId) == true && !ProcessCredentials.Has(ProcessCredentials.CapSetGid));
        if (mustDeny && _command.SetGroups == SetGroupsPolicy.Allow)
        {
            throw new NamespaceException(
                ErrorIds.InvalidRequest, "-SetGroups Allow is not possible with a map of one's own group alone.", "Map a range of groups: -GidMap, -MapAuto or -MapSubIds.");
        }

        return mustDeny ? SetGroupsPolicy.Deny : _command.SetGroups;
    }

    private (uint UserId, uint GroupId)? ParseOwner()
    {
        if (_command.Owner is null)
        {
            return null;
        }

        string[] parts = _command.Owner.Split(':');
        return (AccountLookup.UserId(parts[0]), AccountLookup.GroupId(parts[1]));
    }

    private EnvironmentBlock BuildEnvironment()
    {
        IDictionary session = Environment.GetEnvironmentVariables();
        if (!_command.ClearEnvironment && _command.KeepEnvironment is null && _command.Environment is null)
        {
            return EnvironmentBlock.Of(session);
        }

        Dictionary<string, string> variables = new(session.Count, StringComparer.Ordinal);
        bool isCleared = _command.ClearEnvironment || _command.KeepEnvironment is not null;
        foreach (DictionaryEntry variable in session)
        {
            string name = (string)variable.Key;
            if (!isCleared || _command.KeepEnvironment?.Contains(name) == true)
            {
                variables[name] = (string)variable.Value!;
            }
        }

        EnvironmentChanges.Apply(_command.Environment, variables);
        return EnvironmentBlock.Of(variables);
    }

    // A relative path is relative to the session's location, which only the session's own files have.
    private string? ResolveProgram() => _command.FilePath is string path && !_hasOtherFiles && (path.Contains('/') || path.StartsWith('~'))
        ? Resolve(path)
        : _command.FilePath;

    private string? ResolveWorkingDirectory(IReadOnlyList<FileEntry> files)
    {
        if (_hasOtherFiles)
        {
            return _command.WorkingDirectory;
        }

        if (_command.WorkingDirectory is string directory)
        {
            return Resolve(directory);
        }

        if (_startsOutside)
        {
            return null;
        }

        // Paths below the mounts of the program are not those of the session.
        string current = FileSystemPath.Current(_command.SessionState);
        return files.Any(file => file.Kind != FileEntryKind.Bind && (current == file.Target || current.StartsWith(file.Target + "/", StringComparison.Ordinal))) ? "/" : current;
    }

    // As the session, which may go where an owner or the user of a joined user namespace may not: no program is kept from starting by the directory that the
    // session happens to be in. In a new mount namespace something may be mounted over it, so it is entered there.
    private string? ResolveInitialDirectory() => _startsOutside && !_hasOtherFiles && _command.WorkingDirectory is null ? FileSystemPath.Current(_command.SessionState) : null;

    private string? ResolveRedirect(string parameter, string? path) => path switch
    {
        not null and not "" => Resolve(path),
        _ => _command.MyInvocation.BoundParameters.ContainsKey(parameter) ? NullDevice : null,
    };

    private string Resolve(string path) => FileSystemPath.Resolve(_command.SessionState, path);
}
