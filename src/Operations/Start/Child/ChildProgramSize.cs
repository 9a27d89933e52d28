using LinuxNamespaces.Kernel.Contexts;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>How much room a plan takes as a <see cref="ChildProgram"/>.</summary>
internal static unsafe class ChildProgramSize
{
    // The calls of one step: errno is cleared, an argument is passed on, the step itself, its check in two; then the first process's way out.
    private const int MostCallsOfStep = 6;

    // The room for a reaper, and for unmapping before it: there are few libraries whose memory stays.
    private const int MostCallsOfInit = 80;

    /// <summary>How many calls a plan has at most.</summary>
    internal static int Calls(ChildPlan plan) =>
        ((plan.Steps.Count + plan.Programs.Count + 1) * MostCallsOfStep) + SignalDispositions.Count + 1 + (plan.StaysAsReaper ? MostCallsOfInit : 0);

    /// <summary>How much memory a plan takes at most.</summary>
    internal static long Bytes(ChildPlan plan)
    {
        long strings = plan.Environment.Bytes.Length + ((plan.Environment.Count + 1L) * sizeof(nint));
        foreach (string text in plan.Arguments)
        {
            strings += MeasureText(text);
        }

        foreach (string text in plan.Programs)
        {
            strings += MeasureText(text);
        }

        foreach (ChildStep step in plan.Steps)
        {
            foreach (StepArgument argument in step.Arguments)
            {
                strings += argument.Value switch
                {
                    string text => MeasureText(text),
                    byte[] bytes => bytes.Length + 24,
                    _ => 0,
                };
            }
        }

        return strings + ContextChain.MeasureMemory(Calls(plan)) + (plan.Steps.Count * 64L) + (64 * 1024) + (plan.StaysAsReaper ? ReaperLoop.MemorySize : 0)
            + (plan.NewerFlags != 0 ? ForkChain.MemorySize : 0);
    }

    private static long MeasureText(string text) => (3L * text.Length) + 24;
}
