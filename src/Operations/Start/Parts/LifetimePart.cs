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

    /// <summary>A process group of its own, so that the terminal's signals go past it.</summary>
    internal bool OwnProcessGroup { get; init; }
}

/// <summary>How long the child lives: not longer than the session while it waits, and afterwards as was asked for.</summary>
internal sealed class LifetimePart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        switch (stage)
        {
            case StartStage.Begin when steps.HasGates:
                DieWith(steps, LibC.SIGKILL);
                steps.Add("close", LibCExports.close, [SpawnDescriptor.GateOpener], mayFail: true);
                break;
            case StartStage.Enter when steps.HasLastGate && NewNamespacesPart.NeedsSecondClone(_request):
                DieWith(steps, LibC.SIGKILL);
                break;
            case StartStage.Settle when steps.HasLastGate:
                // Set again: a change of ids has taken it back.
                DieWith(
                    steps,
                    _request.ParentDeathSignal ?? LibC.SIGKILL,
                    _request.ParentDeathSignal is int signal ? $"the end of the session sends the program {SignalName.Of(signal)}" : null);
                break;
            case StartStage.Leave:
                if (steps.HasGates && _request.ParentDeathSignal is null)
                {
                    DieWith(steps, 0);
                }

                if (_request.OwnProcessGroup)
                {
                    steps.Add("setpgid", LibCExports.setpgid, [0, 0], mayFail: true);
                }

                break;
        }
    }

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate == StartGate.Last && _request.ParentDeathSignal is not null)
        {
            // The kernel sends nothing for a session that has died before the signal was set.
            yield return new GateWork("is seen to be there still", null);
        }
    }

    private static void DieWith(StepList steps, int signal, string? text = null) => steps.Add("prctl", LibCExports.prctl, [LibC.PR_SET_PDEATHSIG, signal], text);
}
