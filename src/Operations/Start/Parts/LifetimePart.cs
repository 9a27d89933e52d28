using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The signal the program gets when the session ends.</summary>
    internal int? ParentDeathSignal { get; init; }

    /// <summary>PID 1 of the new pid namespace is a reaper, and the program its child.</summary>
    internal bool HasReaper { get; init; }

    /// <summary>A process group of its own, so that the terminal's signals go past it.</summary>
    internal bool OwnProcessGroup { get; init; }

    /// <summary>A session of its own without a terminal: neither the terminal's signals nor its input reach the program.</summary>
    internal bool OwnSession { get; init; }
}

/// <summary>How long the child lives: not longer than the session while it waits, and afterwards as was asked for.</summary>
internal sealed class LifetimePart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    // Not where a second process goes on: the kernel lets none that it ends so make a brother.
    private readonly bool _isHeld = request.ParentDeathSignal == LibC.SIGKILL && !request.HasReaper
        && !NewNamespacesPart.NeedsSecondClone(request) && HeldChild.CanBeMade(request.NoNewPrivileges);

    internal override ulong CloneFlags => _isHeld ? HeldChild.Flags(_request.NoNewPrivileges) : 0;

    // A reaper stays, where it can be looked at by what it reaps.
    internal override PartNeeds Needs => _request.HasReaper ? PartNeeds.PrivateMemory : PartNeeds.None;

    internal override void Validate()
    {
        RequestRules.Require(_request.Types, NamespaceType.Pid, _request.HasReaper, "-Init");
        if (_request.HasReaper && NewNamespacesPart.NeedsSecondClone(_request))
        {
            throw RequestRules.Invalid("-Init needs a pid namespace that is made at once: not with -Join, -Owner or groups to drop.", "Leave -Init out, or start a shell inside.");
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        switch (stage)
        {
            case StartStage.Begin when _isHeld:
                if (steps.HasGates)
                {
                    CloseOpener(steps);
                }

                break;
            case StartStage.Begin when steps.HasGates:
                DieWith(steps, LibC.SIGKILL);
                CloseOpener(steps);
                break;
            case StartStage.Enter when steps.HasLastGate && NewNamespacesPart.NeedsSecondClone(_request):
                DieWith(steps, LibC.SIGKILL);
                break;
            case StartStage.Settle when steps.HasLastGate && !_isHeld:
                // Set again: a change of ids has taken it back.
                DieWith(
                    steps,
                    LibC.SIGKILL,
                    _request.ParentDeathSignal is int signal ? $"the end of the session sends the program {SignalName.Of(signal)}" : null);
                break;
            case StartStage.Leave:
                if (steps.HasGates && !_isHeld && _request.ParentDeathSignal != LibC.SIGKILL)
                {
                    DieWith(steps, 0);
                }

                if (_request.HasReaper)
                {
                    steps.Add(ChildStep.Reap("go on in a child, with this process as its reaper", new NewNamespacesPart(_request).SecondRefused));
                }

                if (_request.OwnSession)
                {
                    steps.Add("setsid", LibCExports.setsid, [], mayFail: true);
                }
                else if (_request.OwnProcessGroup)
                {
                    steps.Add("setpgid", LibCExports.setpgid, [0, 0], mayFail: true);
                }

                break;
        }
    }

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate == StartGate.Last && !_isHeld && (_request.ParentDeathSignal is not null || _request.HasReaper))
        {
            // The kernel sends nothing for a session that has died before the signal was set.
            yield return new GateWork("is seen to be there still", Guard);
        }
    }

    // The kernel's own way is one signal for each thread of the session, and none for a program that has gained privileges.
    private void Guard(SpawnGate gate)
    {
        if (_request.ParentDeathSignal is int signal && (signal != LibC.SIGKILL || ProgramPart.GainsPrivileges(_request)))
        {
            gate.Guard = DeathGuard.Start(gate.Process, signal);
        }
    }

    // The child would hold its own gate open.
    private static void CloseOpener(StepList steps) => steps.Add("close", LibCExports.close, [SpawnDescriptor.GateOpener], mayFail: true);

    private static void DieWith(StepList steps, int signal, string? text = null) => steps.Add("prctl", LibCExports.prctl, [LibC.PR_SET_PDEATHSIG, signal], text);
}
