using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start;

/// <summary>
/// Turns a request into the steps of a child: asks each part of <see cref="StartParts"/>, stage by stage. Only its part knows the meaning of
/// a wish.
/// </summary>
internal static class SpawnPlanner
{
    private static readonly StartStage[] s_stages = Enum.GetValues<StartStage>();

    /// <summary>Makes the plan, or says why there can be none.</summary>
    /// <exception cref="NamespaceException">The request contradicts itself or cannot be met.</exception>
    internal static SpawnPlan Create(SpawnRequest request)
    {
        SpawnSupport.Require();
        StartPart[] parts = StartParts.Of(request);
        PartNeeds needs = PartNeeds.None;
        ulong newerFlags = 0;
        foreach (StartPart part in parts)
        {
            part.Validate();
            needs |= part.Needs;
            newerFlags |= part.CloneFlags;
        }

        List<GateWork> first = WorkAt(parts, StartGate.First);
        List<GateWork> last = WorkAt(parts, StartGate.Last);
        needs |= first.Count + last.Count > 0 ? PartNeeds.SessionDescriptors : PartNeeds.None;
        ChildDescriptors descriptors = new((needs & PartNeeds.SessionDescriptors) == 0 && StandardStreams.AreOpen);
        StepList steps = new(descriptors, needs, first.Count > 0, last.Count > 0);
        foreach (StartStage stage in s_stages)
        {
            foreach (StartPart part in parts)
            {
                part.AddSteps(stage, steps);
            }

            switch (stage)
            {
                case StartStage.Map:
                    AddGate(steps, "the session writes ", first);
                    break;
                case StartStage.Settle:
                    AddGate(steps, "the session ", last);
                    break;
            }
        }

        return new SpawnPlan
        {
            Request = request,
            CloneTypes = NewNamespacesPart.MadeByClone(request),
            NewerFlags = newerFlags,
            HasPrivateMemory = (needs & PartNeeds.PrivateMemory) != 0,
            SharesDescriptors = descriptors.AreOwn,
            FreesStandardStreams = (needs & PartNeeds.MoreScratch) != 0,
            Steps = steps.Steps,
            Programs = ProgramPart.Candidates(request),
            Arguments = [ProgramPart.CalledName(request), .. request.Arguments],
            Environment = request.Environment,
        };
    }

    private static List<GateWork> WorkAt(StartPart[] parts, StartGate gate)
    {
        List<GateWork> work = [];
        foreach (StartPart part in parts)
        {
            work.AddRange(part.WorkAt(gate));
        }

        return work;
    }

    private static void AddGate(StepList steps, string subject, List<GateWork> work)
    {
        if (work.Count > 0)
        {
            steps.Add(ChildStep.Gate(subject + string.Join(", ", work.Select(one => one.Text)), gate =>
            {
                foreach (GateWork one in work)
                {
                    one.Do?.Invoke(gate);
                }
            }));
        }
    }
}
