using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>
/// One subject of a start. A part owns everything about its wishes: their checks, the forecast, the steps, the work at a gate, the words
/// for a failure, and what the child must have for them. Nothing else in the module needs to know a wish.
/// </summary>
internal abstract class StartPart
{
    /// <summary>The needs of this part.</summary>
    internal virtual PartNeeds Needs => PartNeeds.None;

    /// <summary>Flags of clone3(2) that this part needs.</summary>
    internal virtual ulong CloneFlags => 0;

    /// <summary>Throws for the first wish that contradicts itself or cannot be.</summary>
    /// <exception cref="NamespaceException">InvalidRequest.</exception>
    internal virtual void Validate()
    {
    }

    /// <summary>Whether a path may mean something else to the child than to the session.</summary>
    internal virtual bool Hides(string path) => false;

    /// <summary>
    /// The failures that can be seen before anything is started, in the words of the failure. A forecast changes nothing and promises nothing:
    /// the kernel decides, at the start.
    /// </summary>
    internal virtual IEnumerable<NamespaceException?> Forecast(SessionFiles files) => [];

    /// <summary>Adds the steps of one stage.</summary>
    internal virtual void AddSteps(StartStage stage, StepList steps)
    {
    }

    /// <summary>The session's work while the child waits at a gate. A gate at which no part has work is left out.</summary>
    internal virtual IEnumerable<GateWork> WorkAt(StartGate gate) => [];
}
