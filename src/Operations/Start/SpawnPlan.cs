using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Operations.Start;

/// <summary>The steps that start one program, in order. Made by <see cref="SpawnPlanner"/>, run by <see cref="Spawner"/>.</summary>
internal sealed class SpawnPlan : ChildPlan
{
    internal required SpawnRequest Request { get; init; }

    /// <summary>Describes the start for -WhatIf.</summary>
    internal string DescribeAction()
    {
        string types = Request.Types.Names;
        return types.Length == 0 ? "Start a process" : $"Start a process in new namespaces ({types})";
    }

    /// <summary>The plan for people, one line a step.</summary>
    internal IEnumerable<string> Describe()
    {
        string types = CloneTypes.Count == 0 ? "no new namespace" : "new " + CloneTypes.Names;
        string held = IsHeld ? ", which the kernel kills when the session has ended (PIDFD_AUTOKILL)" : string.Empty;
        yield return $"{(NewerFlags == 0 ? "clone" : "clone3")}: {types}{(HasPrivateMemory ? ", with memory of its own" : string.Empty)}{held}";
        foreach (ChildStep step in Steps.Where(step => step.Text is not null))
        {
            yield return step.Kind == ChildStepKind.Gate ? $"wait: {step.Text}" : $"{step.Call}: {step.Text}";
        }

        yield return $"execve: {Programs[0]}{(Programs.Count > 1 ? $" (or the first of {Programs.Count - 1} more in PATH)" : string.Empty)}";
    }
}
