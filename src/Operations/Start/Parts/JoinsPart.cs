using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Files;
using LinuxNamespaces.Operations.Start.Planning;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The namespaces to join, held open by the caller until the start has ended.</summary>
    internal IReadOnlyList<JoinedNamespace> Join { get; init; } = [];

    /// <summary>The types of <see cref="Join"/>.</summary>
    internal NamespaceTypeSet JoinedTypes
    {
        get
        {
            NamespaceTypeSet types = default;
            foreach (JoinedNamespace join in Join)
            {
                types = types.With(join.Type);
            }

            return types;
        }
    }

    /// <summary>The calls that change a copy of the joined mount namespace; null joins the namespace itself.</summary>
    internal ViewCalls? View { get; init; }

    /// <summary>A copy with everything a target asks for.</summary>
    internal SpawnRequest With(TargetJoin target) => this with
    {
        Join = target.Namespaces,
        RootDirectory = target.RootDirectory,
        StartDirectory = target.StartDirectory,
        ControlGroups = target.ControlGroups,
        SecurityContext = target.SecurityContext,
        UserId = target.UserId,
        GroupId = target.GroupId,
        PreserveCredentials = target.Options.PreserveCredentials,
        KeepCapabilities = target.Options.KeepCapabilities,

        // Another mount namespace, or root, has other directories than the session's location.
        InitialDirectory = target.KeepsFiles ? InitialDirectory : null,
        WorkingDirectory = target.Options.WorkingDirectory,
    };
}

/// <summary>
/// Joins existing namespaces. Whether the user namespace must come first (an ordinary user into their own container) or last
/// (root into one that gives no rights over the others) is not known beforehand. So the others are tried before and after it,
/// and the last gate compares the child's namespaces with the wanted ones.
/// </summary>
internal sealed class JoinsPart(SpawnRequest request) : StartPart
{
    private const string Remedy = "Joining needs CAP_SYS_ADMIN in the user namespace that owns the target: run as root, or join that user namespace too.";

    private readonly SpawnRequest _request = request;

    // A time namespace is joined only by a process that shares no memory. For a view the child opens files at a number that is known.
    internal override PartNeeds Needs =>
        (_request.Join.Any(join => join.Type is NamespaceType.Pid or NamespaceType.User or NamespaceType.Time) ? PartNeeds.PrivateMemory : PartNeeds.None)
        | (_request.View is null ? PartNeeds.None : PartNeeds.Scratch | PartNeeds.SessionDescriptors);

    internal override void Validate()
    {
        if (_request.Join.FirstOrDefault(ns => _request.Types.Contains(ns.Type)) is JoinedNamespace twice)
        {
            throw RequestRules.Invalid($"The {twice.Type.KernelName()} namespace cannot be both new and joined.", "Take the type out of -Type or the target out of -Join.");
        }
    }

    internal override bool Hides(string path) => _request.JoinedTypes.Contains(NamespaceType.Mnt);

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.Begin && _request.Join.Count > 0 && steps.Need(PartNeeds.PrivateMemory))
        {
            // A property of the memory: not of the session's.
            steps.Add("prctl", LibCExports.prctl, [LibC.PR_SET_DUMPABLE, 0]);
        }
        else if (stage == StartStage.Join && _request.Join.Count > 0)
        {
            AddJoins(steps);
        }
    }

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate == StartGate.Last && _request.Join.Count > 0)
        {
            yield return new GateWork("compares the namespaces with those wanted", Compare);
        }

        if (gate == StartGate.Last && JoinedIds.AreAsked(_request))
        {
            yield return new GateWork("checks that the user namespace has all ids", CheckIds);
        }
    }

    private void AddJoins(StepList steps)
    {
        IReadOnlyList<JoinedNamespace> joins = _request.Join;

        // The mount namespace last: it changes what paths mean.
        JoinedNamespace[] others = [.. joins.Where(join => join.Type != NamespaceType.User).OrderBy(join => join.Type == NamespaceType.Mnt).ThenBy(join => join.Type)];
        JoinedNamespace? user = joins.FirstOrDefault(join => join.Type == NamespaceType.User);
        if (_request.View is not null && user is not null)
        {
            AddWithView(steps, _request.View, user, [.. others.Where(join => join.Type == NamespaceType.Mnt)]);
            return;
        }

        if (user is not null)
        {
            DropGroupsOutside(steps);
            Add(steps, others, mayFail: true);
            AddUser(steps, user);
        }

        Add(steps, others, mayFail: user is not null);
    }

    // The session's files must be in sight until the trees have been opened, so the mount namespace is not tried before.
    private void AddWithView(StepList steps, ViewCalls view, JoinedNamespace user, JoinedNamespace[] mounts)
    {
        DropGroupsOutside(steps);
        AddUser(steps, user);
        ViewSteps.AddOutside(steps, view);
        Add(steps, mounts, mayFail: false);
        ViewSteps.AddInside(steps, view);
    }

    // Inside it may be denied to everybody.
    private void DropGroupsOutside(StepList steps)
    {
        if (!_request.PreserveCredentials)
        {
            IdentityPart.DropGroups(steps, mayFail: true);
        }
    }

    private void AddUser(StepList steps, JoinedNamespace user)
    {
        Add(steps, [user], mayFail: false);
        steps.Add(ChildStep.Gate("the session looks which ids the user namespace has", gate => JoinedIds.CheckWanted(gate, _request)));
        if (!_request.PreserveCredentials)
        {
            AddIds(steps);
        }
    }

    // Root inside. Where another is wanted in the end, root only makes the steps before, and only where there is one.
    private void AddIds(StepList steps)
    {
        IdentityPart.DropGroups(steps, mayFail: true);
        AddRoot("setresgid", SystemCallNumber.setresgid, _request.GroupId);
        AddRoot("setresuid", SystemCallNumber.setresuid, _request.UserId);

        void AddRoot(string call, int number, uint? wanted) =>
            steps.Add(call, LibCExports.syscall, [number, 0, 0, 0], subject: "0", mayFail: wanted is not null, explain: IdentityPart.RefusedInside);
    }

    private static void Add(StepList steps, JoinedNamespace[] joins, bool mayFail)
    {
        foreach (JoinedNamespace join in joins)
        {
            string name = join.Type.KernelName();
            steps.Add(
                "setns",
                LibCExports.setns,
                [StepArgument.Joined(join.Handle), join.Type.CloneFlag()],
                mayFail ? $"join {name}, if that is allowed here" : $"join {name}",
                join.ToString(),
                mayFail,
                explain: Refused);
        }
    }

    // Each namespace joined is the one wanted, whatever the calls said. A copy has an inode of its own.
    private void Compare(SpawnGate gate)
    {
        foreach (JoinedNamespace wanted in _request.Join.Where(join => _request.View is null || join.Type != NamespaceType.Mnt))
        {
            ulong inode = NamespaceLink.ParseInode(gate.ReadResult(SpawnResult.NamespaceLinks + (int)wanted.Type));
            if (inode != wanted.Handle.Inode)
            {
                throw new NamespaceException(ErrorIds.JoinRefused, $"The child could not join {wanted}; it is in {wanted.Type.KernelName()}:[{inode}].", Remedy);
            }
        }
    }

    // The uid in a joined user namespace is not known beforehand.
    private void CheckIds(SpawnGate gate) => gate.UserId = JoinedIds.CheckActual(gate, _request);

    private static NamespaceException? Refused(LinuxException failure) =>
        new(ErrorIds.JoinRefused, $"{failure.Path} could not be joined.", failure.NativeErrorCode == LibC.EPERM ? Remedy : null, failure);
}
