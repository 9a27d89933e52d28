using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start;

/// <summary>What will be done to start one program, in order. Made by <see cref="SpawnPlanner"/>, run by <see cref="Spawner"/>.</summary>
internal sealed class SpawnPlan
{
    internal required SpawnRequest Request { get; init; }

    /// <summary>The new namespaces the first clone makes.</summary>
    internal required IReadOnlyList<NamespaceType> CloneTypes { get; init; }

    /// <summary>The child gets memory of its own: where it may be looked at by others before it runs the program.</summary>
    internal required bool HasPrivateMemory { get; init; }

    /// <summary>The child is made with the session's own descriptors, of which its first step keeps the standard three, as its own.</summary>
    internal bool SharesDescriptors { get; init; }

    internal required IReadOnlyList<ChildStep> Steps { get; init; }

    /// <summary>The files to try, in order.</summary>
    internal required IReadOnlyList<string> Programs { get; init; }

    /// <summary>Its arguments, the name it is called by first.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Its environment.</summary>
    internal required EnvironmentBlock Environment { get; init; }

    /// <summary>Another thread must be there to open gates while the one that makes the child is suspended.</summary>
    internal bool HasGates => Steps.Any(step => step.Kind == ChildStepKind.Gate);

    /// <summary>What -WhatIf says will be done.</summary>
    internal string DescribeAction()
    {
        string types = string.Join(", ", Request.Types.Order().Select(type => type.KernelName()));
        return types.Length == 0 ? "Start a process" : $"Start a process in new namespaces ({types})";
    }

    /// <summary>The plan for people, one line a step.</summary>
    internal IEnumerable<string> Describe()
    {
        string types = CloneTypes.Count == 0 ? "no new namespace" : "new " + string.Join(", ", CloneTypes.Select(type => type.KernelName()));
        yield return $"clone: {types}{(HasPrivateMemory ? ", with memory of its own" : string.Empty)}";
        foreach (ChildStep step in Steps.Where(step => step.Text is not null))
        {
            yield return step.Kind == ChildStepKind.Gate ? $"wait: {step.Text}" : $"{step.Call}: {step.Text}";
        }

        yield return $"execve: {Programs[0]}{(Programs.Count > 1 ? $" (or the first of {Programs.Count - 1} more in PATH)" : string.Empty)}";
    }
}
