using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;
using System.Linq;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>Everything the machine needs to run a child: how it is made, its steps in order, and its program.</summary>
internal class ChildPlan
{
    /// <summary>The new namespaces the first clone makes.</summary>
    internal required NamespaceTypeSet CloneTypes { get; init; }

    /// <summary>Flags that only clone3(2) takes, which then makes the child; 0 for none.</summary>
    internal ulong NewerFlags { get; init; }

    /// <summary>The kernel ends the child with the session, and waits for it.</summary>
    internal bool IsHeld => (NewerFlags & LibC.CLONE_PIDFD_AUTOKILL) != 0;

    /// <summary>The child gets memory of its own: where it may be looked at by others before it runs the program.</summary>
    internal required bool HasPrivateMemory { get; init; }

    /// <summary>The child is made with the session's own descriptors, of which its first step keeps the standard three, as its own.</summary>
    internal bool SharesDescriptors { get; init; }

    /// <summary>The child does not become the program: it stays, in memory of its own, as the program's parent.</summary>
    internal bool StaysAsReaper => Steps.Any(step => step.Kind == ChildStepKind.Reap);

    /// <summary>The child closes all three standard descriptors on its way, and gets them back at its end.</summary>
    internal bool FreesStandardStreams { get; init; }

    internal required IReadOnlyList<ChildStep> Steps { get; init; }

    /// <summary>The files to try, in order.</summary>
    internal required IReadOnlyList<string> Programs { get; init; }

    /// <summary>Its arguments, the name it is called by first.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Its environment.</summary>
    internal required EnvironmentBlock Environment { get; init; }

    /// <summary>Another thread must be there to open gates while the one that makes the child is suspended.</summary>
    internal bool HasGates => Steps.Any(step => step.Kind == ChildStepKind.Gate);
}
