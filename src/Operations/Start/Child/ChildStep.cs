using System;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// One thing a child does before it runs the program: a libc function with its arguments. A plan is a list of these; what
/// it takes to run them in a process without managed code is <see cref="ChildProgram"/>'s.
/// </summary>
internal sealed class ChildStep
{
    private readonly string? _text;

    internal ChildStep(string call, nint function, params StepArgument[] arguments)
    {
        Call = call;
        Function = function;
        Arguments = arguments;
    }

    internal ChildStepKind Kind { get; private init; }

    /// <summary>The call as in its manual page.</summary>
    internal string Call { get; }

    internal nint Function { get; }

    internal StepArgument[] Arguments { get; }

    /// <summary>A description for people; null for steps that every child has and that cannot fail.</summary>
    internal string? Text
    {
        get => _text ?? Describe?.Invoke();
        init => _text = value;
    }

    /// <summary>The same, made only when somebody asks for it.</summary>
    internal Func<string>? Describe { get; init; }

    /// <summary>The path or other argument named in its error.</summary>
    internal string? Subject { get; init; }

    /// <summary>The child goes on where this fails.</summary>
    internal bool MayFail { get; init; }

    /// <summary>The next steps do no harm where this has failed: it is enough to look after one of them.</summary>
    internal bool IsCheckedLater { get; init; }

    /// <summary>Fails only where a step before it has failed, which is the failure then: nothing is to be looked at.</summary>
    internal bool IsUnchecked { get; init; }

    /// <summary>Makes the error of the module's own where the step fails for a reason that can be named.</summary>
    internal Func<LinuxException, NamespaceException?>? Explain { get; init; }

    /// <summary>The work of the session while the child waits here.</summary>
    internal Action<SpawnGate>? AtGate { get; private init; }

    /// <summary>The CLONE_* flags of a second clone.</summary>
    internal int CloneFlags { get; private init; }

    /// <summary>A point where the child waits until the session has done something for it.</summary>
    internal static ChildStep Gate(string text, Action<SpawnGate> action) => new("read", 0, []) { Kind = ChildStepKind.Gate, Text = text, AtGate = action };

    /// <summary>
    /// From here on a second process, whose parent is the session too, runs the steps; the first waits until it runs the program, and ends.
    /// </summary>
    internal static ChildStep Clone(int flags, string text, Func<LinuxException, NamespaceException?> explain) =>
        new("clone", 0, []) { Kind = ChildStepKind.Clone, CloneFlags = flags, Text = text, Explain = explain };

    /// <summary>From here on a child of this process runs the steps; this process stays as its reaper, and ends when it does.</summary>
    internal static ChildStep Reap(string text, Func<LinuxException, NamespaceException?> explain) => new("clone", 0, []) { Kind = ChildStepKind.Reap, Text = text, Explain = explain };
}
