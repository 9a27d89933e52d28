using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Maps;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The map of user ids for a new user namespace.</summary>
    internal IdMap? UserMap { get; init; }

    /// <summary>The map of group ids.</summary>
    internal IdMap? GroupMap { get; init; }

    /// <summary>The text written to setgroups before the map of groups; null leaves it.</summary>
    internal SetGroupsPolicy? SetGroups { get; init; }
}

/// <summary>
/// The id maps of a new user namespace. The kernel lets the child write the one line of the caller's own id: then nobody need wait for
/// anybody. All other maps are written by the session at the first gate.
/// </summary>
internal sealed class IdMapsPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs => !ChildWrites ? PartNeeds.None
        : ThreadNamespaces.IsAway ? PartNeeds.Scratch | PartNeeds.SessionDescriptors
        : PartNeeds.Scratch;

    private bool HasAny => _request.UserMap is not null || _request.GroupMap is not null || _request.SetGroups is not null;

    // Should the child be the first process of its namespace.
    private bool ChildWrites => HasAny
        && _request.Join.Count == 0 && _request.Owner is null
        && _request.UserMap?.IsOnly(ProcessCredentials.UserId) != false
        && (_request.GroupMap is null || (_request.GroupMap.IsOnly(ProcessCredentials.GroupId) && _request.SetGroups == SetGroupsPolicy.Deny));

    internal override void Validate() => RequestRules.Require(_request.Types, NamespaceType.User, HasAny, "Id maps, -SetGroups and -Owner");

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.Map && ChildWrites)
        {
            foreach (MapFile file in Files())
            {
                Add(steps, file);
            }
        }
    }

    internal override IEnumerable<GateWork> WorkAt(StartGate gate) => gate == StartGate.First && HasAny && !ChildWrites
        ? Files().Select(file => new GateWork(file.Text, seen => Write(seen, file)))
        : [];

    // setgroups first, because a caller without privileges may write gid_map only after "deny".
    private IEnumerable<MapFile> Files()
    {
        if (_request.SetGroups is SetGroupsPolicy policy)
        {
            string word = policy.ToString().ToLowerInvariant();
            yield return new MapFile("setgroups", word, $"setgroups {word}", null);
        }

        foreach (IdMap map in new[] { _request.GroupMap, _request.UserMap }.OfType<IdMap>())
        {
            yield return new MapFile(map.FileName, map.ToString(), $"{map.FileName} {string.Join("; ", map.Ranges)}", map);
        }
    }

    private static void Add(StepList steps, MapFile file)
    {
        string subject = "/proc/self/" + file.Name;
        Func<LinuxException, NamespaceException?>? explain = Explain(file);
        ChildDescriptors descriptors = steps.Descriptors;
        steps.Add("openat", LibCExports.openat, [descriptors.ProcDirectory, descriptors.ProcPath("self/" + file.Name), LibC.O_WRONLY, 0], subject: subject, isCheckedLater: descriptors.AreOwn, explain: explain);
        steps.Add("write", LibCExports.write, [steps.Scratch, file.Content, Encoding.ASCII.GetByteCount(file.Content)], file.Text, subject, explain: explain);
        steps.Add("close", LibCExports.close, [steps.Scratch], mayFail: true);
    }

    private static void Write(SpawnGate gate, MapFile file)
    {
        if (file.Map is not IdMap map)
        {
            IdMapWriter.WriteFile(gate.ProcessId, file.Name, file.Content, Explain(file));
            return;
        }

        (uint ownId, int capability) = map.Kind == IdKind.User
            ? (ProcessCredentials.UserId, ProcessCredentials.CapSetUid)
            : (ProcessCredentials.GroupId, ProcessCredentials.CapSetGid);
        if (map.IsOnly(ownId) || ProcessCredentials.Has(capability))
        {
            IdMapWriter.WriteFile(gate.ProcessId, file.Name, file.Content, Explain(file));
        }
        else
        {
            IdMapWriter.RunHelper(gate, map);
        }
    }

    // The new process is in every /proc of this pid namespace, so a missing file is a missing /proc.
    private static Func<LinuxException, NamespaceException?> Explain(MapFile file) => failure =>
        failure.NativeErrorCode == LibC.ENOENT ? ProcFileSystem.Missing(failure)
        : file.Map is IdMap map ? Refused(failure, map)
        : null;

    private static NamespaceException? Refused(LinuxException failure, IdMap map)
    {
        string ranges = string.Join(", ", map.Ranges);
        bool isRestricted = failure.NativeErrorCode is LibC.EPERM or LibC.EACCES && KernelSwitch.Read("/proc/sys", KernelSwitch.AppArmorRestriction) == 1;
        return new(
            isRestricted ? ErrorIds.UserNamespaceBlocked : ErrorIds.IdMapRefused,
            $"The kernel refused the {map.FileName} '{ranges}'.",
            isRestricted
                ? "AppArmor keeps ordinary users from user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or a profile with 'userns,'."
                : "Each outer id must exist in the session's user namespace. Without CAP_SETUID and CAP_SETGID it must be the caller's own. Mapping id 0 from outside needs CAP_SETFCAP.",
            failure);
    }

    private sealed record MapFile(string Name, string Content, string Text, IdMap? Map);
}
