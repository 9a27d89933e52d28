using System;
using System.Collections.Generic;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>The steps of a child while its parts add to them, and what is known of the child as a whole.</summary>
internal sealed class StepList(ChildDescriptors descriptors, PartNeeds needs, bool hasFirstGate, bool hasLastGate)
{
    private readonly List<ChildStep> _steps = [];
    private readonly PartNeeds _needs = needs;

    /// <summary>The steps so far.</summary>
    internal IReadOnlyList<ChildStep> Steps => _steps;

    /// <summary>The descriptors of the child.</summary>
    internal ChildDescriptors Descriptors { get; } = descriptors;

    /// <summary>The number of the next file the child opens.</summary>
    internal int Scratch => Descriptors.Scratch;

    /// <summary>Whether the child waits at any gate.</summary>
    internal bool HasGates => hasFirstGate || HasLastGate;

    /// <summary>Whether the child waits at the last gate.</summary>
    internal bool HasLastGate { get; } = hasLastGate;

    /// <summary>Whether any part has that need.</summary>
    internal bool Need(PartNeeds need) => (_needs & need) != 0;

    /// <summary>Puts a step before others, which may already be there.</summary>
    internal void Insert(int index, ChildStep step) => _steps.Insert(index, step);

    /// <summary>Adds a step.</summary>
    internal void Add(ChildStep step) => _steps.Add(step);

    /// <summary>Adds a call of libc.</summary>
    internal void Add(
        string call,
        nint function,
        StepArgument[] arguments,
        string? text = null,
        string? subject = null,
        bool mayFail = false,
        bool isCheckedLater = false,
        Func<LinuxException, NamespaceException?>? explain = null,
        bool isUnchecked = false,
        Func<string>? describe = null) =>
        _steps.Add(new ChildStep(call, function, arguments) { Text = text, Describe = describe, Subject = subject, MayFail = mayFail, IsCheckedLater = isCheckedLater, IsUnchecked = isUnchecked, Explain = explain });
}
