using System.Collections.Generic;
using System.Globalization;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Groups;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The limits of the program and its children together.</summary>
    internal ControlGroupLimits Limits { get; init; } = new();
}

/// <summary>
/// Limits the program by a control group of its own. The child waits at a gate before its first step that depends on a wish, until the session has made
/// the group and moved the child into it. CLONE_INTO_CGROUP would need clone3(2), which no libc has a function for: only machine code could start on the
/// stack of such a child.
/// </summary>
internal sealed class LimitsPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    // The kernel kills every process that shares memory with one that it kills for want of memory: the session must not be one of them.
    internal override PartNeeds Needs => IsAsked(_request) ? PartNeeds.PrivateMemory : PartNeeds.None;

    /// <summary>Whether the child gets a group.</summary>
    internal static bool IsAsked(SpawnRequest request) => !request.Limits.IsEmpty;

    internal override void Validate()
    {
        if (IsAsked(_request))
        {
            if (_request.ControlGroups.Count > 0)
            {
                throw RequestRules.Invalid("Limits give the program a control group of its own, so it cannot join the target's.", "Leave out the limits, or -JoinCgroup.");
            }

            GroupPlace.Find(_request.Limits);
        }
    }

    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files)
    {
        if (IsAsked(_request) && !SystemdScope.IsInCharge)
        {
            yield return GroupPlace.Find(_request.Limits).Forecast(_request.Limits);
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.Outside && IsAsked(_request))
        {
            steps.Add(ChildStep.Gate($"the session moves the child into a new {(SystemdScope.IsInCharge ? "scope of systemd" : "control group")} ({_request.Limits})", Limit));
        }
    }

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate == StartGate.Last && IsAsked(_request))
        {
            yield return new GateWork("looks whether the program is in its control group", Check);
        }
    }

    private void Limit(SpawnGate gate)
    {
        GroupPlace place = GroupPlace.Find(_request.Limits);
        if (SystemdScope.IsInCharge)
        {
            gate.Group = SystemdScope.Make(gate, place, _request.Limits);
            return;
        }

        gate.Group = GroupMaker.Make(place, _request.Limits);
        int errno = gate.Group.Write("cgroup.procs", gate.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (errno != 0)
        {
            throw GroupPlace.Refused("The program could not be moved into its control group", errno, gate.Group.Path);
        }
    }

    private static void Check(SpawnGate gate)
    {
        if (gate.Group?.Contains(gate.ProcessId) != true)
        {
            throw GroupPlace.Refused("The program is not in its control group, from which another process has moved it", LibC.EBUSY, gate.Group?.Path ?? string.Empty);
        }
    }
}
